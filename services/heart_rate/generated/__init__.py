"""Generated colour traces with a known pulse. Figures on them are figures on generated data, never clinical ones."""
