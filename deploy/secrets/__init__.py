"""Passwords that the deployment makes for itself."""
