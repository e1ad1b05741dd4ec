"""The paper's network in torch, small parts to large; imported by training alone."""
