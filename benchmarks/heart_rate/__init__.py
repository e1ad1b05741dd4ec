"""Heart rate from video beside `vitallens` in one run: frames per second from decoded frames, error, and confidence."""
