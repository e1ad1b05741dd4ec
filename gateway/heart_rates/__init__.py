"""Heart rates: what videos of the face say of them."""
