"""How often strangers may answer: counted in Redis by network, by address and by event.

Behind a proxy the address is the one that the proxy names (see lib/forwarded.py); of IPv6 the
network of 64 bits that one household or server has counts as one.
"""

from __future__ import annotations

import hashlib
import ipaddress

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

# How many within how many seconds. Many may answer from one room at a meet-up.
A_NETWORK = (60, 600)
AN_ADDRESS = (6, 3600)  # mails to one address, whatever the event
AN_EVENT = (3000, 3600)  # mails: one that somebody has sent to thousands of strangers
A_LINK = (30, 600)  # changes by one personal link


def network_may(request: HttpRequest) -> bool:
    return _within("network", network_of(request), A_NETWORK)


def address_may(email: str) -> bool:
    return _within("address", email, AN_ADDRESS)


def event_may(event_id: int) -> bool:
    return _within("event", str(event_id), AN_EVENT)


def link_may(token: str) -> bool:
    return _within("link", token, A_LINK)


def network_of(request: HttpRequest) -> str:
    found = get_adapter().get_client_ip(request)
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return str(found)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def _within(what: str, who: str, limit: tuple[int, int]) -> bool:
    """Counts this one too. Keys hold no addresses, only what they hash to."""
    most, seconds = limit
    key = f"rsvp:{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, timeout=seconds):
        return True
    try:
        return bool(cache.incr(key) <= most)
    except ValueError:  # it ran out between the two
        cache.add(key, 1, timeout=seconds)
        return True
