"""What more than one connector's tests share: the practice sites, served over real HTTP."""

from tests.sandbox.fixtures import served, sites

__all__ = ["served", "sites"]
