"""How the platform is put together and run; the only place that knows every part."""
