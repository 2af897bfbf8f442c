"""Text for a platform without Markdown: what goes out reads well plain, and is counted its way."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

URL = re.compile(r"https?://[^\s<>\"]+")
REMOTE_MENTION = re.compile(r"(?<![\w/])@(\w(?:[\w.-]*\w)?)@[\w.-]+\w")
URL_LENGTH = 23
CLOSING = {")": "(", "]": "[", "}": "{"}
BREAKS = re.compile(r"(?i)</p>\s*<p[^>]*>|<br\s*/?>|</(?:p|li|div|h\d|blockquote)>")


def to_plain(markdown: str) -> str:
    """Markdown as a person would type it on a platform that has none. A bracket that closes behind
    an address keeps a space from it: some servers link up to the next one, bracket and all."""
    lines: list[str] = []
    marks: list[str] = []  # what stands before a line: bullets, numbers, quote signs
    numbers: list[int] = []
    for token in MarkdownIt("commonmark", {"html": False}).parse(markdown):
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            numbers.append(int(token.attrs.get("start", 1)) if kind[0] == "o" else -1)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
            if not numbers:
                lines.append("")
        elif kind == "list_item_open":
            marks.append("- " if numbers[-1] < 0 else f"{numbers[-1]}. ")
            numbers[-1] += numbers[-1] >= 0
        elif kind == "blockquote_open":
            marks.append("> ")
        elif kind in ("list_item_close", "blockquote_close"):
            marks.pop()
            if kind[0] == "b":
                lines.append("")
        elif kind in ("inline", "fence", "code_block"):
            said = "".join(_inline(token.children or [])) if kind == "inline" else token.content
            lines += _marked(said.rstrip("\n").split("\n"), marks)
            if not numbers and "> " not in marks:
                lines.append("")
        elif kind == "hr":
            lines += ["---", ""]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return URL.sub(lambda found: " ".join(filter(None, ending(found[0]))), text)


def ending(found: str) -> tuple[str, str]:
    """An address, and what follows it from the first bracket that closes none of its own."""
    opened: list[str] = []
    for position, letter in enumerate(found):
        if letter in CLOSING.values():
            opened.append(letter)
        elif letter in CLOSING and (not opened or opened.pop() != CLOSING[letter]):
            return found[:position], found[position:]
    return found, ""


def _marked(said: list[str], marks: list[str]) -> list[str]:
    """Each line behind the marks; a bullet or number stands once and indents what follows."""
    out = []
    for line in said:
        out.append("".join(marks) + line)
        marks[:] = [mark if mark == "> " else " " * len(mark) for mark in marks]
    return out


def _inline(tokens: list[Token]) -> Iterator[str]:
    """A link becomes "words (address)", or its address alone where the words say the same."""
    words, target = "", ""
    for token in tokens:
        piece = token.content
        if token.type in ("softbreak", "hardbreak"):
            piece = "\n"
        elif token.type == "image":
            piece = f"{token.content} ({token.attrs.get('src', '')})".strip()
        elif token.type == "link_open":
            words, target = "", str(token.attrs.get("href", ""))
            continue
        elif token.type == "link_close":
            plain = target.removeprefix("mailto:")
            yield plain if words in ("", target, plain) else f"{words} ({plain})"
            words, target = "", ""
            continue
        if target:
            words += piece
        else:
            yield piece


def count(text: str, url_length: int = URL_LENGTH) -> int:
    """Length as Mastodon counts: graphemes, each URL as `url_length`, a remote mention by its
    local part. See https://docs.joinmastodon.org/user/posting/#text"""
    text = URL.sub(lambda found: _counted(found[0], url_length), text)
    return graphemes(REMOTE_MENTION.sub(r"@\1", text))


def _counted(found: str, url_length: int) -> str:
    """No address ends in a full stop or the like, so that counts by itself.
    https://github.com/twitter/twitter-text/blob/master/js/src/regexp/validUrlPathEndingChars.js"""
    address, _ = ending(found)
    while not (address[-1].isalnum() or address[-1] in "=_#/+-&)"):
        address = address[:-1]
    return "x" * url_length + found[len(address) :]


def graphemes(text: str) -> int:
    """Characters as a person sees them: combining marks, joined emoji and flags count once.

    The main rules of https://unicode.org/reports/tr29/, without Hangul jamo and Indic conjuncts.
    """
    total, joined, flag = 0, False, False
    previous = ""
    for char in text:
        extends = (
            unicodedata.category(char) in ("Mn", "Me", "Mc")
            or char in "\u200d\ufe0f"
            or "\U0001f3fb" <= char <= "\U0001f3ff"
            or "\U000e0020" <= char <= "\U000e007f"
        )
        is_flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        second_half = is_flag and flag
        line_end = char == "\n" and previous == "\r"
        if not (extends and total) and not joined and not second_half and not line_end:
            total += 1
        flag = is_flag and not second_half
        joined = char == "\u200d" and total > 0
        previous = char
    return total


def strip_tags(markup: str) -> str:
    """The words of a piece of HTML, for bios and comparisons; never shown as HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", BREAKS.sub("\n", markup))).strip()


def essence(text: str) -> str:
    """What two renderings of one post have in common: no spaces, mentions without their host."""
    return re.sub(r"\s+", "", REMOTE_MENTION.sub(r"@\1", text)).casefold()
