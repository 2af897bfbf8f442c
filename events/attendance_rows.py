"""A list of people as it was uploaded: kept as UTF-8, read row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from community_hub.lib.placeholder_names import is_placeholder
from community_hub.lib.text import one_line

from .attendance_columns import CAME, KEYS, answer_of, moment_of, network_of, was_there
from .models import Answer

MOST_BYTES = 20_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_GUESTS = 50
PIECE = 1 << 16
EMAIL = "email"  # the network of addresses

# Why a row is left out, by the names that Broken has.
REASONS = {
    "nobody": _("There’s neither an email address nor an account"),
    "email": _("The email address can’t be right"),
    "answer": _("The answer isn’t known"),
    "guests": _("The number of guests can’t be right"),
    "checked_in": _("Whether they came is not known"),
    "row": _("The row can’t be read"),
    "twice": _("Listed before"),
}


class NotAList(ValueError):
    """With a sentence."""


@dataclass(frozen=True)
class Broken:
    """`line`: of the file, from 1. `said`: what stands there, where that helps."""

    line: int
    reason: str
    said: str = ""


@dataclass(frozen=True)
class Person:
    """`network` and `key`: by what somebody is known. `came_at`: None where they did not come, or
    nobody noted it; the event's start where the list does not say when."""

    line: int
    network: str
    key: str
    name: str
    answer: str
    guests: int
    came: bool
    came_at: datetime | None
    answered_at: datetime | None


def keep(pieces: Iterable[bytes], path: Path) -> None:
    """Raises NotAList where it is too large. What UTF-16 or Windows wrote becomes UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw, size = path.with_suffix(".raw"), 0
    try:
        with raw.open("wb") as out:
            for piece in pieces:
                size += len(piece)
                if size > MOST_BYTES:
                    raise NotAList(_("This file is too large. Up to 20 MB can be imported."))
                out.write(piece)
        encoding = _encoding_of(raw)
        with (
            raw.open(encoding=encoding, errors="replace", newline="") as old,
            path.open("w", encoding="utf-8", newline="") as new,
        ):
            while words := old.read(PIECE):
                new.write(words.replace("\x00", ""))
    finally:
        raw.unlink(missing_ok=True)


def header_of(path: Path) -> list[str]:
    """Raises NotAList."""
    first = next(iter(_rows(path)), None)
    if first is None or isinstance(first, Broken) or len(first[1]) < 2:
        raise NotAList(_("This file isn’t a list. Export it as CSV."))
    if len(first[1]) > MOST_COLUMNS:
        raise NotAList(_("This list has too many columns."))
    return [one_line(name, 100) for name in first[1]]


def people(
    path: Path, columns: dict[str, int], source: str, zone: tzinfo
) -> Iterator[Person | Broken]:
    """Each row below the header. `zone`: of moments that name none."""
    rows = iter(_rows(path))
    next(rows, None)
    for row in rows:
        if isinstance(row, Broken):
            yield row
        elif any(cell.strip() for cell in row[1]):
            yield _person(row[0], row[1], columns, source, zone)


def _person(
    line: int, cells: Sequence[str], columns: dict[str, int], source: str, zone: tzinfo
) -> Person | Broken:
    def cell(name: str) -> str:
        at = columns.get(name)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    network, key, reason = _known_by(cell("email"), cell("account"), source)
    if reason:
        return Broken(line, reason, one_line(cell("email") or cell("name"), 100))
    answer = answer_of(cell("answer"))
    if answer is None:
        return Broken(line, "answer", one_line(cell("answer"), 100))
    guests = cell("guests") or "0"
    if not guests.isdecimal() or len(guests) > 3 or int(guests) > MOST_GUESTS:
        return Broken(line, "guests", one_line(guests, 100))
    there = was_there(cell("checked_in"), zone)
    if there is None:
        return Broken(line, "checked_in", one_line(cell("checked_in"), 100))
    came = answer == CAME or there
    name = cell("name") or f"{cell('first_name')} {cell('last_name')}"
    return Person(
        line,
        network,
        key,
        "" if is_placeholder(name) else one_line(name, 200),
        Answer.GOING if came else answer,
        int(guests),
        came,
        moment_of(cell("checked_in"), zone) if came else None,
        moment_of(cell("answered_at"), zone),
    )


def _known_by(email: str, account: str, source: str) -> tuple[str, str, str]:
    """Network and key, or why there are none."""
    if email:
        address = email.removeprefix("mailto:").lower()
        try:
            validate_email(address)
        except ValidationError:
            return "", "", "email"
        return EMAIL, address, ""
    account = one_line(account, 200)
    return (network_of(source), account, "") if account else ("", "", "nobody")


def has_keys(columns: dict[str, int]) -> bool:
    return any(name in columns for name in KEYS)


# Below ------------------------------------------------------------------------------------------


def _rows(path: Path) -> Iterator[tuple[int, list[str]] | Broken]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(path))
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Broken(reader.line_num, "row")
                continue
            yield reader.line_num, cells


def _delimiter(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        first = file.readline(PIECE)
    return max(",;\t", key=first.count)


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        begin = file.read(400)
        if begin[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        if begin.count(b"\x00") > len(begin) // 4:
            return "utf-16-le" if begin[1:2] == b"\x00" else "utf-16-be"
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            while text.read(PIECE):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
