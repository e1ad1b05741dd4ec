"""Imaging studies: receiving them and showing where they stand."""
