"""Reads the demo's words: topics, fragments, people, and the conversations written by hand."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "words"
SITES = ("forum", "microblog", "helpboard")
UNITS = {"d": 86_400, "h": 3600, "m": 60}
TOPIC_FILES = ("topics_questions", "topics_talk", "topics_languages")


@dataclass(frozen=True)
class Topic:
    """One subject and everything people say about it; the fields are explained in the files."""

    open: list[str]
    more: list[str]
    team: list[str]
    title: list[str] = field(default_factory=list)
    place: str = ""
    help: str = ""  # the help board's topic; empty: not asked there
    tag: str = ""
    lang: str = "en"
    since: str = ""
    before: str = ""
    first: bool = False  # somebody's first words
    ask: list[Any] = field(default_factory=list)  # of questions with their answers
    same: list[str] = field(default_factory=list)
    fix: list[str] = field(default_factory=list)
    thanks: list[str] = field(default_factory=list)
    say: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    slots: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_question(self) -> bool:
        return bool(self.fix)


@dataclass(frozen=True)
class Line:
    """A post of a hand-written conversation; `after` counts from the post before it."""

    handle: str
    body: str
    after: timedelta
    reply_to: int | None
    flags: frozenset[str]


@dataclass(frozen=True)
class Script:
    """A hand-written conversation; its first post was written `ago`."""

    place: str
    title: str
    ago: timedelta
    flags: frozenset[str]
    lines: list[Line]


@cache
def read_words(name: str) -> dict[str, Any]:
    with (WORDS / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def topics(site: str) -> list[Topic]:
    if site == "microblog":
        return [Topic(**_asks(row)) for row in read_words("topics_microblog")["topic"]]
    found = [Topic(**row) for name in TOPIC_FILES for row in read_words(name)["topic"]]
    return [topic for topic in found if site == "forum" or topic.help]


def _asks(row: dict[str, Any]) -> dict[str, Any]:
    """On the microblog `ask` only says that @polyphon is named, which the words show anyway."""
    return {name: value for name, value in row.items() if name != "ask"}


@cache
def scripts(site: str) -> list[Script]:
    text = (WORDS / f"threads_{site}.txt").read_text(encoding="utf-8")
    return [_script(block) for block in re.split(r"^== ", text, flags=re.M)[1:]]


def _script(block: str) -> Script:
    head, *posts = re.split(r"^--- ", block, flags=re.M)
    cells = [cell.strip() for cell in head.split("|")]
    flags: frozenset[str] = frozenset()
    if not _is_span(cells[-1]):
        flags = frozenset(cells.pop().split())
    ago = span(cells.pop())
    place, title = cells if cells else ("", "")
    return Script(place, title, ago, flags, [_line(post) for post in posts])


def _line(post: str) -> Line:
    head, _, body = post.partition("\n")
    handle, *marks = head.split()
    after, reply_to, flags = timedelta(), None, []
    for mark in _joined(marks):
        if mark.startswith("+"):
            after += span(mark[1:])
        elif mark.startswith(">"):
            reply_to = int(mark[1:]) - 1
        else:
            flags.append(mark)
    return Line(handle, body.strip(), after, reply_to, frozenset(flags))


def _joined(marks: list[str]) -> list[str]:
    """ "+11h 30m" is one span of time in two words."""
    return [f"+{mark}" if _is_span(mark) else mark for mark in marks]


def _is_span(text: str) -> bool:
    return re.fullmatch(r"(\d+[dhm] ?)+", text) is not None


def span(text: str) -> timedelta:
    """ "2d 4h" as a length of time."""
    parts = re.findall(r"(\d+)([dhm])", text)
    return timedelta(seconds=sum(int(count) * UNITS[unit] for count, unit in parts))
