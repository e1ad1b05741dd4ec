"""Vital signs from monitors, wearables and people."""
