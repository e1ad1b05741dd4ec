"""What patients were seen to do, from cameras, sensors and people."""
