"""Which addresses the hub may connect to: the internet's, and the origins that settings allow."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from community_hub.lib.name_lookup import look_up

DEFAULT_PORTS = {"http": 80, "https": 443}
# NAT64 (RFC 6052, RFC 8215), Teredo (RFC 4380), 6to4 (RFC 3056), its relays, and the one public
# address that clouds use for themselves: each could lead back into a private network.
TUNNELS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "fec0::/10",
    )
)


class BlockedAddress(httpx.ConnectError):
    """The host resolves to an address inside a private network; nothing was sent."""


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet may reach."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if any(ip.version == tunnel.version and ip in tunnel for tunnel in TUNNELS):
        return False
    refused = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_reserved
    return ip.is_global and not refused and not ip.is_multicast and not ip.is_unspecified


def origin_of(url: str) -> str:
    """scheme://host:port in lower case, the port always written out."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    port = parts.port or DEFAULT_PORTS.get(scheme, 0)
    return f"{scheme}://{(parts.hostname or '').lower()}:{port}"


def is_allowed_origin(url: str) -> bool:
    """Whether the settings exempt this exact origin from the address check."""
    allowed = getattr(settings, "HTTP_ALLOWED_ORIGINS", ())
    return origin_of(url) in {origin_of(entry) for entry in allowed}


def resolve_public(host: str, port: int, seconds: float | None) -> list[str]:
    """The public addresses of a host. Raises BlockedAddress when it has only others, and what
    look_up raises."""
    public = [address for address in look_up(host, port, seconds) if is_public(address)]
    if not public:
        raise BlockedAddress(f"{host} leads into a private network.")
    return public
