"""Figures that a person looks at, as PNG files; matplotlib is asked for only when one is drawn."""
