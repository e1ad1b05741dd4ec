"""Early stroke risk at the bedside: what cameras, monitors and staff see, as one score with its reasons."""
