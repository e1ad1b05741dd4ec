"""From the colours of skin to the pulse: the published projections, each by name, and their fusion."""
