"""Whether bytes are a calendar as RFC 5545 has it: a small reader of our own, so that the library
that wrote them is not the one that finds them right."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Z0-9-]+(;[A-Z0-9-]+=(\"[^\"]*\"|[^\";:,]*))*:", re.IGNORECASE)
MOMENT = re.compile(r"\d{8}(T\d{6}Z?)?")


def unfolded(data: bytes) -> list[str]:
    """Its content lines. AssertionError where the lines themselves break the rules of 3.1."""
    assert data.endswith(b"\r\n")
    raw = data[:-2].split(b"\r\n")
    for line in raw:
        assert len(line) <= 75, line
        assert line, "an empty line"
        assert not set(line) & (set(range(32)) - {9} | {127}), line
    joined: list[bytes] = []
    for line in raw:
        if line[:1] in (b" ", b"\t"):
            joined[-1] += line[1:]
        else:
            joined.append(line)
    lines = [line.decode() for line in joined]
    for line in lines:
        assert NAME.match(line), line
    return lines


def entries(data: bytes) -> list[dict[str, str]]:
    """The VEVENTs, each by names of properties, parameters cut off; checks what 3.4 to 3.8 ask of
    a calendar, its events and its timezones."""
    lines = unfolded(data)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    top, events, zones = {}, [], set()
    stack: list[str] = []
    row: dict[str, str] = {}
    used: set[str] = set()
    has_rule = True
    for line in lines:
        head, _, value = line.partition(":")
        name, *params = head.split(";")
        if name == "BEGIN":
            stack.append(value)
            row = {}
        elif name == "END":
            assert stack.pop() == value
            if value == "VEVENT":
                events.append(row)
            elif value == "VTIMEZONE":
                assert has_rule, "a timezone without a rule"
            elif value in ("STANDARD", "DAYLIGHT"):
                assert {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= set(row)
                has_rule = True
        elif stack[-1] == "VCALENDAR":
            assert name not in top
            top[name] = value
        else:
            if name == "TZID":
                assert value not in zones
                zones.add(value)
                has_rule = False
            if stack[-1] == "VEVENT" and name != "ATTENDEE":
                assert name not in row, f"{name} twice"
            used.update(p.removeprefix("TZID=").strip('"') for p in params if p[:5] == "TZID=")
            row[name] = value
    assert top["VERSION"] == "2.0"
    assert top["PRODID"]
    assert used == zones, "each timezone that is used is told, and no other"
    for event in events:
        _check(event, top["METHOD"])
    assert len({event["UID"] for event in events}) == len(events)
    return events


def _check(event: dict[str, str], method: str) -> None:
    assert {"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY", "ORGANIZER"} <= set(event)
    assert event["DTSTAMP"].endswith("Z")
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        assert name not in event or MOMENT.fullmatch(event[name]), event[name]
    if "DTEND" in event:
        assert event["DTEND"] > event["DTSTART"]
        assert len(event["DTEND"]) == len(event["DTSTART"])
    assert event["STATUS"] in ("TENTATIVE", "CONFIRMED", "CANCELLED")
    assert event["ORGANIZER"].startswith("mailto:")
    assert ("ATTENDEE" in event) == (method in ("REQUEST", "CANCEL"))
    if method == "CANCEL":
        assert event["STATUS"] == "CANCELLED"
