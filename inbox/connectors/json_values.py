"""JSON from a platform as the values that a connector expects; what is odd counts as absent.

Nothing here walks into what it is given, so that JSON nested thousands deep is only one odd value.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def text(value: Any) -> str:
    """A string that UTF-8 can hold; a whole number as it is written; everything else as nothing."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    number = whole_number(value)
    return "" if number is None else str(number)


def whole_number(value: Any) -> int | None:
    """A number that fits into 64 bits, also one that is written as a string."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and abs(value) < 2**63 else None


def record(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def records(value: Any) -> list[Json]:
    """The objects of a list; nothing where it is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
