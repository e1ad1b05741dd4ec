"""What orchestrators and Prometheus ask."""
