"""Logs that can be followed from request to task, metrics, and health; never patient data."""
