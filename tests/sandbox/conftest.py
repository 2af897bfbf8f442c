"""The three practice sites, and the server that serves them."""

from tests.sandbox.fixtures import served, sites

__all__ = ["served", "sites"]
