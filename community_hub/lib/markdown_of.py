"""Markdown of clean HTML, for words of ours that somebody sends again: links, lists, quotations and
code stay what they are; what Markdown has no sign for stays as its words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_AROUND = {"b": "**", "strong": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "code": "`"}
_BLOCKS = {"p", "div", "blockquote", "pre", "ul", "ol", "table", "details", "dl", "hr"}
_LINES = {"tr", "dt", "dd", "summary"}
_SPECIAL = re.compile(r"([\\`*\[\]]|(?<!\w)_|_(?!\w))")
_GAPS = re.compile(r"\n{3,}")


def markdown_of(html: str) -> str:
    """`html` is what html.clean() returned."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return _GAPS.sub("\n\n", "\n".join(map(str.rstrip, writer.text.split("\n")))).strip("\n")


class _Writer(HTMLParser):
    """`lists`: the numbers of the items so far, None in a list without numbers. `prefix`: what each
    line begins with, in a quotation or an item."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.prefix = ""
        self.begun = 0  # where the words of the quotation, item or heading begin
        self.lists: list[int | None] = []
        self.indents: list[int] = []  # of the items that are open
        self.links: list[str] = []
        self.in_code = self.is_fenced = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._line()
        elif tag == "li":
            self._item()
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            self.text += "["
        elif tag == "pre":
            self._block()
            self._add("```\n")
            self.in_code = self.is_fenced = True
        elif tag in ("ul", "ol"):
            self._line() if self.lists else self._block()
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "blockquote":
            self._block()
            self.prefix += "> "
            self._begin("> ")
        elif re.fullmatch("h[1-6]", tag):
            self._block()
            self._begin("#" * int(tag[1]) + " ")
        elif tag in _BLOCKS:
            self._block()
        elif tag in _LINES:
            self._line()
        elif tag in _AROUND and not self.in_code:
            self.text += _AROUND[tag]
            self.in_code = tag == "code"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            self._end_link(self.links.pop())
        elif tag == "pre":
            self.in_code = self.is_fenced = False
            self.text = self.text.rstrip("\n") + "\n"
            self._add("```")
            self._block()
        elif tag == "li" and self.indents:
            self.prefix = self.prefix[: -self.indents.pop()]
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
            if not self.lists:
                self._block()
        elif tag == "blockquote":
            self.text = self.text.rstrip("> \n")
            self.prefix = self.prefix[:-2]
            self._block()
        elif re.fullmatch("h[1-6]", tag) or tag in _BLOCKS:
            self._block()
        elif tag in _AROUND and (tag == "code" or not self.in_code) and not self.is_fenced:
            self.text += _AROUND[tag]
            self.in_code = False

    def handle_data(self, data: str) -> None:
        if self.in_code:
            self._add(data)
            return
        at_start = not self.text or self.text.endswith(("\n", self.prefix or "\n"))
        words = _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", data))
        self.text += words.lstrip() if at_start else words

    def _end_link(self, address: str) -> None:
        head, _open, words = self.text.rpartition("[")
        plain = words.replace("\\", "")
        if not address or plain == address or plain.startswith("@"):
            self.text = head + (address if plain == address else words)
        else:
            self.text += f"]({address})"

    def _item(self) -> None:
        if self.text and not self.text.endswith(("\n", "\n" + self.prefix)):
            self._line()
        number = self.lists[-1] if self.lists else None
        mark = "- " if number is None else f"{number + 1}. "
        if number is not None:
            self.lists[-1] = number + 1
        self._begin(mark)
        self.indents.append(len(mark))
        self.prefix += " " * len(mark)

    def _begin(self, mark: str) -> None:
        self.text += mark
        self.begun = len(self.text)

    def _add(self, text: str) -> None:
        self.text += text.replace("\n", "\n" + self.prefix)

    def _line(self) -> None:
        self.text += "\n" + self.prefix

    def _block(self) -> None:
        """A blank line, unless one is there or nothing was said since the block around it began."""
        gap = f"\n{self.prefix.rstrip()}\n{self.prefix}"
        if self.text.strip("> \n") and len(self.text) != self.begun and not self.text.endswith(gap):
            self.text = self.text.rstrip(" ") + gap
