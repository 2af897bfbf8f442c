"""What is wrong with a query, said to the person who typed it."""

from __future__ import annotations

import re

_NEGATED = re.compile(r"(-|(?<![^\s(])NOT\s+)+\Z")
SHOWN = 60  # characters of what was typed that a sentence repeats


class Mistake(Exception):
    """A query that can't be understood, or a value that can't be looked for.

    `sentence` is plain and translated. `start` and `end` say where in the text it stands, so that
    `text[start:end]` can be marked. `corrected` is the whole query as it was probably meant, ""
    where there is no guess. Code that judges only a value raises `Mistake(sentence)`, with
    `instead` where it knows a better value: the language adds the place and the corrected query.
    """

    def __init__(
        self,
        sentence: str,
        start: int = 0,
        end: int = 0,
        corrected: str = "",
        *,
        instead: str = "",
        elsewhere: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.start = start
        self.end = end
        self.corrected = corrected
        self.instead = instead
        self.elsewhere = elsewhere

    def __str__(self) -> str:
        return self.sentence


def without(text: str, start: int, end: int) -> str:
    """The text without a piece and the "-" or NOT right before it, its neighbours still apart;
    brackets have no space inside."""
    before, after = _NEGATED.sub("", text[:start]).rstrip(), text[end:].lstrip()
    apart = before and after and not before.endswith("(") and not after.startswith(")")
    return f"{before} {after}" if apart else before + after
