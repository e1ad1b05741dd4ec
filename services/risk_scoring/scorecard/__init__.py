"""Additive models as they are served: coefficients in JSON beside a manifest, answered by numpy alone."""
