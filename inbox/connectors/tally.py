"""What became of each thing that a platform gave: read, unreadable, or left out and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from inbox.connectors.base import Incoming, Page, Problem


@dataclass
class Tally:
    """Every thing is counted in exactly one of the three, so that a page adds up."""

    items: list[Incoming] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)  # code of Ignored -> how many

    @property
    def fetched(self) -> int:
        return len(self.items) + len(self.problems) + sum(self.ignored.values())

    def ignore(self, code: str, count: int = 1) -> None:
        if count:
            self.ignored[code] = self.ignored.get(code, 0) + count

    def page(self, **rest: Any) -> Page:
        """`rest`: the other fields of a Page, such as its cursor."""
        return Page(
            items=self.items,
            problems=self.problems,
            ignored=self.ignored,
            fetched=self.fetched,
            **rest,
        )
