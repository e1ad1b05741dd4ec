"""From a row in the outbox to a running job, and back to a row."""
