"""What several services must agree on about the body's signals; plain Python."""
