"""Findings, risks and heart rates as FHIR R4 (4.0.1): in bundles, and each resource for itself."""
