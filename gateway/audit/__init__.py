"""The record of who did what, and proof that it was not changed."""
