"""What a higher app wants to hear from this one: explicit lists, filled in its AppConfig."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Given a User: the tags in use in a higher app, and those in use where the user may see it.
tag_uses: list[Callable[[Any], tuple[Any, Any]]] = []
# Called with the id of a member who became staff, or stopped being one.
on_staff_changed: list[Callable[[int], None]] = []


def staff_changed(member_id: int) -> None:
    """Who owes an answer changes with it."""
    for hear in on_staff_changed:
        hear(member_id)
