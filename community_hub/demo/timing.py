"""When people write: more from month to month, less at night and at weekends, a lot on release."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

DAYS = 182
RELEASE = timedelta(days=6)  # firmware 2.4 came out so long ago
SPAM = (47, 41)  # days ago: the week of the spam wave
QUIET_SINCE = timedelta(days=70)  # Halvard's last post
# how much is written in each hour of the day, UTC
HOURS = (3, 2, 1, 1, 1, 2, 4, 8, 11, 12, 11, 11, 12, 11, 11, 12, 13, 14, 16, 19, 20, 18, 12, 6)
SETTLED = timedelta(hours=5)  # what is put together began at least so long ago


def starts(rng: Random, now: datetime, count: int) -> list[datetime]:
    """`count` moments in the last six months, the oldest first."""
    days = range(1, DAYS)
    picked = rng.choices(days, weights=[_busy(now, ago) for ago in days], k=count)
    return sorted(_moment(rng, now, ago) for ago in picked)


def _busy(now: datetime, ago: int) -> float:
    growth = 1.5 - ago / DAYS
    weekend = 0.7 if (now - timedelta(days=ago)).weekday() >= 5 else 1.0
    return growth * weekend * (1.6 if ago <= RELEASE.days else 1.0)


def _moment(rng: Random, now: datetime, ago: int) -> datetime:
    hour = rng.choices(range(24), weights=HOURS)[0]
    day = (now - timedelta(days=ago - 1)).replace(minute=0, second=0, microsecond=0)
    at = day.replace(hour=hour) + timedelta(seconds=rng.randrange(3600))
    return min(at, now - SETTLED - timedelta(seconds=rng.randrange(7200)))


def gap(rng: Random, slow: float = 1.0) -> timedelta:
    """From minutes to a day or two until somebody writes the next post."""
    return timedelta(minutes=min(rng.lognormvariate(4.2, 1.3) * slow, 4000) + 2)


def awake(rng: Random, at: datetime) -> datetime:
    """Most posts that would fall into the small hours wait for the morning."""
    if 0 < at.hour < 6 and rng.random() < 0.75:
        return at + timedelta(hours=7 - at.hour, minutes=rng.randrange(60))
    return at


def fit(times: list[datetime], now: datetime) -> list[datetime]:
    """Draw a conversation together so that it ends before `now`, each at a time of its own; the
    order stays."""
    first, last, latest = times[0], times[-1], now - timedelta(minutes=12)
    if last <= latest:
        return times
    early = (first.minute * 60 + first.second) / 3600  # 0 to 1, by chance and yet the same again
    end = latest - (latest - first) * 0.6 * early
    share = (end - first) / (last - first)
    return [first + (at - first) * share for at in times]
