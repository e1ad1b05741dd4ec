"""The rate over time: a path through the spectra of the windows that a heart could follow."""
