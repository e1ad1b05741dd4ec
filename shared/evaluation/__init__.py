"""Report and bootstrap that every evaluate command of the platform shares; numpy alone."""
