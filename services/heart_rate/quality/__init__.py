"""What speaks for and against an estimate, and the one confidence and reason that follow."""
