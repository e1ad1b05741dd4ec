"""Haematoma expansion: what counts as one, and how likely one is."""
