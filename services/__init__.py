"""The workers: each takes messages from its queue, runs one model, and writes one result."""
