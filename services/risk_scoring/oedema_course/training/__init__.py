"""Fitting and judging models of the oedema's course; nothing here serves."""
