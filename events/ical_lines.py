"""A calendar from outside, taken apart: its own properties, its timezones and its events.

Events are read one by one after that, so that a broken one costs only itself; and timezones never
reach the icalendar library, which would keep them for all calendars that this process reads.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

MOST_LINES = 1_000_000
LONGEST = 100_000  # characters of one line: a longer one is a picture, or an attack
_NAME = re.compile(
    r"[A-Za-z0-9-]+(;[A-Za-z0-9-]+=(\"[^\"]*\"|[^\";:]*)(,(\"[^\"]*\"|[^\";:]*))*)*:"
)
_FOLD = re.compile(r"(?:\r\n|\n|\r)[ \t]")
_END = re.compile(r"\r\n|\n|\r")
# What is not read costs nothing: invitations of hundreds, files as text.
_UNREAD = re.compile(r"(ATTENDEE|ATTACH|X-ALT-DESC|COMMENT|CONTACT|CATEGORIES)[;:]", re.IGNORECASE)


class NotACalendar(ValueError):
    """What there is instead, as a sentence."""


@dataclass
class Parts:
    """`top`: the calendar's own properties by name. `zones`, `events`: the lines of each, without
    BEGIN and END. `broken`: how many lines were left out, by reason."""

    top: dict[str, str] = field(default_factory=dict)
    zones: list[list[str]] = field(default_factory=list)
    events: list[list[str]] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)


def take_apart(data: bytes) -> Parts:
    """Raises NotACalendar."""
    lines = _END.split(_FOLD.sub("", _decoded(data)))
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:50]):
        raise NotACalendar("no calendar")
    parts, stack = Parts(), list[str]()
    current: list[str] | None = None
    for raw in lines[:MOST_LINES]:
        line = raw.strip("\ufeff \t")
        upper = line[:40].upper()
        if upper.startswith("BEGIN:"):
            stack.append(upper[6:].strip())
            if stack[-1] == "VEVENT":  # one that was not ended is let go
                stack = ["VCALENDAR", "VEVENT"]
                current = []
            elif stack[-1] == "VTIMEZONE":
                current = []
            elif current is not None and stack[-2:-1] == ["VTIMEZONE"]:
                current.append(line)
            continue
        if upper.startswith("END:"):
            name = upper[4:].strip()
            if name in ("VEVENT", "VTIMEZONE") and current is not None:
                (parts.events if name == "VEVENT" else parts.zones).append(current)
                current = None
            if name in stack:
                del stack[len(stack) - 1 - stack[::-1].index(name) :]
            continue
        if line:
            _sort_in(line, stack, current, parts)
    return parts


def _sort_in(line: str, stack: list[str], current: list[str] | None, parts: Parts) -> None:
    inside = stack[-1] if stack else ""
    if current is not None and inside in ("VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"):
        if len(line) > LONGEST:
            parts.broken["long-line"] += 1
        elif not _NAME.match(line):
            parts.broken["line"] += 1
        elif inside != "VEVENT" or not _UNREAD.match(line):
            current.append(line)
    elif inside == "VCALENDAR":
        head, _colon, value = line.partition(":")
        parts.top.setdefault(head.partition(";")[0].upper(), value.strip())


def _decoded(data: bytes) -> str:
    """UTF-8 by the rule; what some programs write instead is read as Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\x00", "")


def value_of(lines: list[str], name: str) -> str:
    """Of the first property of that name, as it is written; "" where there is none."""
    for line in lines:
        head, _colon, value = line.partition(":")
        if head.partition(";")[0].upper() == name:
            return value.strip()
    return ""
