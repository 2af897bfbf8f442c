"""The hub's own addresses. None depends on who asks, so each is found out once a process."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, reverse


def path(name: str, *args: int | str) -> str:
    """As `reverse(name, args=args)`, for names without a namespace."""
    return _reversed(settings.ROOT_URLCONF, get_script_prefix(), name, args)


@lru_cache(maxsize=4096)
def _reversed(_urlconf: str, _prefix: str, name: str, args: tuple[int | str, ...]) -> str:
    return reverse(name, args=args)
