"""What this app asks of a higher one: explicit lists, filled in its AppConfig."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# Given a User, a subquery of one column: scopes they may not see. None where there are none.
hidden_scopes: list[Callable[[Any], Any]] = []


@dataclass(frozen=True)
class HealthLine:
    """What an app says of itself on the page of the hub's health: what it is about, how it is, and
    the address where it is mended. `slug` names it in /metrics."""

    slug: str
    name: str
    words: str
    address: str
    is_bad: bool = False


# Lines of the health page, in a fixed number of queries.
health_lines: list[Callable[[], Iterable[HealthLine]]] = []
