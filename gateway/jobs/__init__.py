"""Work in flight."""
