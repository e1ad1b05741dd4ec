"""Videos of patients: receiving them and showing where they stand."""
