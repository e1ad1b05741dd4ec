"""How good the predictions are, with intervals over patients."""
