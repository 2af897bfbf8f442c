"""Whose X-Forwarded-* headers are believed: nobody's, unless BEHIND_PROXY says that a proxy stands
before the hub, and then only those of the addresses in FORWARDED_ALLOW_IPS.

Everything that reads such a header (Django for https, allauth for the address behind a wrong
password) sees them from those alone. uvicorn's own handling, which trusts 127.0.0.1 by default, is
off.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from typing import Any

Scope = dict[str, Any]


def filter_from_environment() -> Callable[[Scope], Scope]:
    """ValueError where FORWARDED_ALLOW_IPS holds something that is no address and no network."""
    if os.environ.get("BEHIND_PROXY", "0").lower() not in {"1", "true", "yes", "on"}:
        return without_forwarded
    named = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"
    if named.strip() == "*":
        return lambda scope: scope
    networks = [ipaddress.ip_network(part.strip(), strict=False) for part in named.split(",")]

    def filtered(scope: Scope) -> Scope:
        return scope if is_named(scope.get("client"), networks) else without_forwarded(scope)

    return filtered


def without_forwarded(scope: Scope) -> Scope:
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name != b"forwarded" and not name.startswith(b"x-forwarded-")
    ]
    return {**scope, "headers": headers}


def is_named(
    client: tuple[str, int] | None,
    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network],
) -> bool:
    try:
        address = ipaddress.ip_address(client[0]) if client else None
    except ValueError:
        return False
    return address is not None and any(address in network for network in networks)
