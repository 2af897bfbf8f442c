"""Every measure, defined once: page, mail, export and API read these and no others."""

from __future__ import annotations

from . import load, people, responses
from .values import Measure

MEASURES: tuple[Measure, ...] = responses.MEASURES + people.MEASURES
REPORTS = {**people.REPORTS, **load.REPORTS}


def measure(key: str) -> Measure | None:
    return next((it for it in MEASURES if it.key == key), None)
