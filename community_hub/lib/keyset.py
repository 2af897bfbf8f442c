"""A place in an ordered list: the moment and the number of a row, so that it is exact although two
rows share a second. It travels through addresses, so whatever comes back is looked at."""

from __future__ import annotations

from datetime import UTC, datetime


def cursor(at: datetime | None, pk: int) -> str:
    return f"{at.isoformat() if at else ''}_{pk}"


def place(text: str) -> tuple[datetime, int] | None:
    """None where it cannot be read, or names a moment or a number that no row can have."""
    moment, _sep, number = text.rpartition("_")
    try:
        at, pk = datetime.fromisoformat(moment), int(number)
        return (at.astimezone(UTC), pk) if at.tzinfo and 0 < pk < 2**63 else None
    except (ValueError, OverflowError):
        return None
