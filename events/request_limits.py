"""How often one address may ask for what strangers may read."""

from __future__ import annotations

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

WINDOW = 60  # seconds


def is_too_often(request: HttpRequest, what: str, most: int) -> bool:
    """Counts this request: whether it is one more than `most` in this minute, from its address."""
    address = get_adapter().get_client_ip(request)
    key = f"events:{what}:{address}:{int(time.time()) // WINDOW}"
    if cache.add(key, 1, 2 * WINDOW):
        return most < 1
    try:
        return cache.incr(key) > most
    except ValueError:  # it ran out between the two
        return False
