"""From a video file to a stream of upright RGB frames at their presentation times, in bounded memory."""
