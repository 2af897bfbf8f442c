"""What is measured, beside its budget; and how fast the machine is that measures.

Machines differ by a factor of three. So the budgets of what Python does are those of a reference
machine, on which the yardstick takes 0.8 seconds, and are stretched by what it takes here.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

REFERENCE = 0.8  # seconds of the yardstick on the reference machine
# A script's own code, whose names are global: in a function it takes half as long. That this is
# what the reference was measured with was seen on a commit whose page took 105 ms at 1.15 s there:
# where this takes 0.82 s it takes 73 ms.
_COUNTING = compile("x = 0\nfor i in range(10_000_000):\n    x += i * i", "yardstick", "exec")


@dataclass(frozen=True)
class Figure:
    """`budget` is scaled already; None: measured without one. `at_least`: more is better."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    at_least: bool = False

    @property
    def ok(self) -> bool:
        if self.budget is None:
            return True
        return self.value >= self.budget if self.at_least else self.value <= self.budget

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "budget": None if self.budget is None else round(self.budget, 3),
            "ok": self.ok,
        }

    def __str__(self) -> str:
        mark = "      " if self.budget is None else "kept  " if self.ok else "MISSED"
        text = f"{mark}  {self.name:44s} {self.value:10.2f} {self.unit}"
        if self.budget is None:
            return text
        return f"{text}   ({'at least' if self.at_least else 'at most'} {self.budget:.1f})"


@dataclass(frozen=True)
class Machine:
    """`yardstick` in seconds, `round_trip` of a `select 1` in milliseconds."""

    yardstick: float
    round_trip: float

    @classmethod
    def measured(cls) -> Machine:
        return cls(yardstick(), round_trip())

    @property
    def scale(self) -> float:
        return self.yardstick / REFERENCE

    def figures(self) -> list[Figure]:
        return [
            Figure("yardstick", self.yardstick, "s"),
            Figure("select 1, there and back", self.round_trip, "ms"),
        ]


def yardstick() -> float:
    """The best of three: whatever else the machine does makes it slower, never faster."""
    return min(_count() for _ in range(3))


def _count() -> float:
    begun = time.perf_counter()
    exec(_COUNTING, {})  # noqa: S102 - our own words
    return time.perf_counter() - begun


def round_trip(rounds: int = 200) -> float:
    took = []
    with connection.cursor() as cursor:
        for _ in range(rounds):
            begun = time.perf_counter()
            cursor.execute("select 1")
            cursor.fetchone()
            took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def middle_and_high(took: Iterable[float]) -> tuple[float, float]:
    """p50 and p95."""
    values = sorted(took)
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]
