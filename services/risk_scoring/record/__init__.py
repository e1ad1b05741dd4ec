"""What the platform's tables hold of one patient, as the models and scores want it."""
