"""The text of a query with the place of a mistake in it."""

from __future__ import annotations

from typing import NamedTuple

from .mistakes import SHOWN, Mistake
from .parser import INVISIBLE


class Marked(NamedTuple):
    """`wrong` is what the mistake is about; `before` and `after` are what stands beside it. A long
    one is cut, which "…" says; an invisible character is shown as U+FFFD. `start` and `end`: where
    `wrong` stands in the text, as browsers count (in UTF-16)."""

    before: str
    wrong: str
    after: str
    start: int
    end: int


def marked(mistake: Mistake, text: str) -> Marked | None:
    """None for a mistake that has no place in the text."""
    start, end = mistake.start, min(mistake.end, len(text))
    if not 0 <= start < end:
        return None
    seen = INVISIBLE.sub(lambda found: "\ufffd" * len(found[0]), text)
    before, wrong, after = seen[:start], seen[start:end], seen[end:]
    return Marked(
        before if len(before) <= SHOWN else f"…{before[-SHOWN:]}",
        _beginning(wrong),
        _beginning(after),
        _utf16(text[:start]),
        _utf16(text[:end]),
    )


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
