"""What a higher app wants to hear from this one: an explicit list, filled in its AppConfig."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Member

on_staff_changed: list[Callable[[Member], None]] = []


def staff_changed(member: Member) -> None:
    """A member became staff, or stopped being one: who owes an answer changes with it."""
    for hear in on_staff_changed:
        hear(member)
