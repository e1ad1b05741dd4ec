"""Risk scoring: from what is known of a patient to probabilities, scores and alerts, each with its reasons."""
