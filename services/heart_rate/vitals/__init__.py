"""What a pulse wave tells beyond its rate: beats, their variability, and breathing."""
