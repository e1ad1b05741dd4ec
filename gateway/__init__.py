"""The only public door: a REST API, live events, and the browser page. It runs no model and imports no service."""
