"""Heart rate from a face video and from wearables: a number that is right, or none and the reason."""
