"""What surrounds every request: tracing, headers, the last catch of errors."""
