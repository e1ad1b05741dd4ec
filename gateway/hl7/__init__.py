"""Findings as HL7 v2.5.1 messages."""
