"""What happens, told live to browsers."""
