"""People in care."""
