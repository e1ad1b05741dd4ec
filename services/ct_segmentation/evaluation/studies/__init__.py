"""How good the network is where types, exact masks or millimetres are known: public sets and composed scans."""
