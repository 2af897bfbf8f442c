"""The practice sites over HTTP, as their own tests have them."""

from tests.sandbox.fixtures import served, sites

__all__ = ["served", "sites"]
