"""Fitting what is fitted: the confidence. Nothing here is needed to serve."""
