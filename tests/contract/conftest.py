from tests.fixtures.gateway import gateway

__all__ = ["gateway"]
