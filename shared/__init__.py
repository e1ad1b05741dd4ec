"""The vocabulary that every part of the platform speaks; it imports none of them."""
