"""Uploads: what receiving files has in common, whatever they are."""
