"""Readers of the public data sets, in the layouts that their authors ship; the data are never part of the project."""
