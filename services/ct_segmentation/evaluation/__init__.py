"""How good the shipped network is on a folder of labelled slices."""
