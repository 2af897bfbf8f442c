"""The rhythm of one member, from the days on which they were active: arithmetic, no database.

Days are numbers (date.toordinal()). docs/relationships.md says what each value means.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

WINDOW = 180  # days, today among them
LEAST_DAYS = 5  # active ones in the window, before anybody can go quiet
LEAST_GAP = 14  # days
TIMES = 3  # the median gap


@dataclass(frozen=True)
class RhythmValues:
    """As the fields of Rhythm."""

    active_days: int = 0
    median_gap: float | None = None
    last_active: int | None = None
    quiet_since: int | None = None
    came_back: int | None = None
    due: int | None = None


def rhythm_on(today: int, days: Sequence[int]) -> RhythmValues:
    """`days`: all on which they were ever active, ascending, each once. Those after today, from
    clocks that go wrong, are not looked at."""
    days = days[: bisect_right(days, today)]
    if not days:
        return RhythmValues()
    window = days[bisect_right(days, today - WINDOW) :]
    last, gap = days[-1], _median_gap(window)
    is_quiet = _is_quiet(window, gap, today)
    came_back = _came_back(today, days)
    changes = [day + WINDOW for day in window[:1]]
    if came_back is not None:
        changes.append(came_back + WINDOW)
    if len(window) >= LEAST_DAYS and not is_quiet:
        changes.append(last + int(_threshold(gap)) + 1)
    return RhythmValues(
        active_days=len(window),
        median_gap=gap,
        last_active=last,
        quiet_since=last if is_quiet else None,
        came_back=came_back,
        due=min(changes, default=None),
    )


def _median_gap(window: Sequence[int]) -> float | None:
    gaps = [later - day for day, later in itertools.pairwise(window)]
    return float(median(gaps)) if gaps else None


def _threshold(gap: float | None) -> float:
    """Quiet when the gap is over it."""
    return max(LEAST_GAP, TIMES * (gap or 0))


def _is_quiet(window: Sequence[int], gap: float | None, today: int) -> bool:
    return len(window) >= LEAST_DAYS and today - window[-1] > _threshold(gap)


def _came_back(today: int, days: Sequence[int]) -> int | None:
    """The newest day of the window on which they were active after having been quiet."""
    for place in range(len(days) - 1, 0, -1):
        day = days[place]
        if day <= today - WINDOW:
            return None
        if day - days[place - 1] > LEAST_GAP + 1 and _was_quiet(days[:place], day - 1):
            return day
    return None


def _was_quiet(days: Sequence[int], until: int) -> bool:
    """Whether they were on any day after the last of these, `until` at the latest.

    The gap grows by the day while the window loses its oldest days: of the days on which it holds
    the same ones, only the last need be looked at."""
    last = days[-1]
    first = bisect_left(days, last + LEAST_GAP + 1 - WINDOW + 1)
    for oldest in range(first, len(days) - LEAST_DAYS + 1):
        window = days[oldest:]
        day = min(window[0] + WINDOW - 1, until)
        if _is_quiet(window, _median_gap(window), day):
            return True
        if day == until:
            return False
    return False
