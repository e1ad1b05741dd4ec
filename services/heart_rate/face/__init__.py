"""Where faces are in a stream of frames, and which face is whose."""
