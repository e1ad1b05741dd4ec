"""Which pixels of a face are skin, and what colour they have, region by region."""
