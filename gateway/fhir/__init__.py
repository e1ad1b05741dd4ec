"""Findings as FHIR R4 (4.0.1): one bundle per finding, and the resources in it for themselves."""
