"""The course of the perihaematomal oedema: volumes to expect at later hours, from the exams made so far."""
