"""Who may do what: every address with every method, one small file an app.

A new address needs a Endpoint in the file of its app; tests/test_role_matrix.py fails until it has
one, and says so.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .endpoints import Endpoint

HELPERS = {"endpoints", "world"}


def all_endpoints() -> list[Endpoint]:
    names = [m.name for m in iter_modules(__path__) if m.name not in HELPERS]
    return [
        endpoint for name in names for endpoint in import_module(f"{__name__}.{name}").ENDPOINTS
    ]
