"""Readers of the public head-CT sets, one file per set; each turns its own layout and codes into one common shape."""
