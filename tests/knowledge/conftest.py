from tests.flows.conftest import desk

__all__ = ["desk"]
