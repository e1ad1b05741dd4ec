"""The parts of a risk report, each from the facts and one model or score."""
