"""Whom a post of Discourse mentions, from its HTML."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from html.parser import HTMLParser

VOID = {"img", "br", "hr", "input", "source", "wbr", "meta", "link", "area", "col", "embed"}


def mentioned_names(cooked: str) -> set[str]:
    """The user names that a post mentions itself, not those inside what it quotes."""
    finder = _Mentions()
    with suppress(AssertionError):  # of the standard library's, at "<![" and anything but CDATA
        finder.feed(cooked)
    return finder.names


class _Mentions(HTMLParser):
    """Finds <a class="mention">@name</a>; skips quotes, as Discourse itself does."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._quotes: list[str] = []  # open tags since a quote began
        self._open = Counter[str]()  # how many of each are among them
        self._in_mention = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if self._quotes or tag == "blockquote" or (tag == "aside" and "quote" in classes):
            if tag not in VOID:
                self._quotes.append(tag)
                self._open[tag] += 1
        elif "mention" in classes:
            self._in_mention = tag

    def handle_endtag(self, tag: str) -> None:
        if self._open[tag]:
            closed = ""
            while closed != tag:
                closed = self._quotes.pop()
                self._open[closed] -= 1
        elif tag == self._in_mention:
            self._in_mention = ""

    def handle_data(self, data: str) -> None:
        name = data.strip()
        if self._in_mention and name.startswith("@"):
            self.names.add(name[1:].casefold())
