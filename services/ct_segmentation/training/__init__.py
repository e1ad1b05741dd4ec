"""Data, labels, losses, loop and export of the CT network; never imported by what serves."""
