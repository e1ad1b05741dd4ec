"""The modified Rankin Scale 90 days after onset: from admission alone, and again when follow-up CTs are there."""
