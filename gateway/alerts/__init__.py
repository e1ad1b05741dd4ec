"""Calls for a person, from opened to closed."""
