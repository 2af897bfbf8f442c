"""When a platform says that one may ask again, in each of the ways in which they say it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import requests
from dateutil.parser import isoparse

Response = httpx.Response | requests.Response
DEFAULT_WAIT = timedelta(seconds=60)  # for a 429 that names no time


def retry_at(response: Response) -> datetime:
    """When a rate limit ends: Retry-After (seconds or a date), wait_seconds in the body, or
    X-RateLimit-Reset (epoch or ISO 8601), in this order."""
    now = datetime.now(UTC)
    wait = response.headers.get("Retry-After", "").strip()
    if seconds := _number(wait):
        return now + timedelta(seconds=seconds)
    if wait:
        try:
            return _aware(parsedate_to_datetime(wait))
        except (ValueError, TypeError):
            pass  # not a date either: the next header may say it
    if seconds := _wait_in(json_of(response)):
        return now + timedelta(seconds=seconds)
    reset = response.headers.get("X-RateLimit-Reset", "") or response.headers.get(
        "RateLimit-Reset", ""
    )
    return reset_time(reset) or now + DEFAULT_WAIT


def reset_time(text: str) -> datetime | None:
    """A reset header's time: seconds since 1970, seconds from now, or ISO 8601."""
    if number := _number(text.strip()):
        if number > 1_000_000_000:
            return datetime.fromtimestamp(min(number, 4_000_000_000), UTC)
        return datetime.now(UTC) + timedelta(seconds=number)
    try:
        return _aware(isoparse(text.strip()))
    except (ValueError, OverflowError):
        return None


def json_of(response: Response) -> Any:
    """The answer as JSON values; None where it is none."""
    try:
        return response.json()
    except (ValueError, RecursionError, httpx.HTTPError, httpx.StreamError):
        return None


def _wait_in(data: Any) -> float:
    """Seconds to wait as some platforms say it in the body."""
    if not isinstance(data, dict):
        return 0
    extras = data.get("extras")
    nested = extras.get("wait_seconds") if isinstance(extras, dict) else None
    for value in (nested, data.get("wait_seconds"), data.get("retry_after")):
        if seconds := _number(value):
            return seconds
    return (_number(data.get("retry_after_ms")) or 0) / 1000


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        return 0
    return min(number, 1e11) if math.isfinite(number) and number > 0 else 0


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=UTC)
