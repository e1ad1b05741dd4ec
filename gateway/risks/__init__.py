"""Risks of patients: computed, asked about, explained, and held against what came."""
