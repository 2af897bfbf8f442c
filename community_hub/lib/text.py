"""Plain text from outside: what the database refuses, and what would mislead a reader."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any

from django.utils.translation import ngettext

# Characters that turn the direction of what follows or stand for nothing: fine inside a body,
# which is isolated on the page, but a way to disguise a name or a subject.
MISLEADING = "".join(
    map(chr, (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
)
_MISLEADING = re.compile(f"[{MISLEADING}]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
DEEPEST = 100  # levels of lists and objects; what lies deeper is kept as one string


def storable(text: str) -> str:
    """Without NUL and other control characters, and without lone surrogates, which PostgreSQL
    and UTF-8 refuse."""
    if text.isascii() and text.isprintable():  # most of what is asked: ids, addresses, handles
        return text
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", text)


def one_line(text: str, limit: int) -> str:
    """A name or a subject: one line of visible text, at most `limit` characters."""
    if text.isascii() and text.isprintable():  # most: of all space, it can have blanks alone
        text = (_SPACE.sub(" ", text) if "  " in text else text).strip()
    else:
        text = storable(text)
        if not text.isascii():
            text = _MISLEADING.sub("", text)
        text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


class TooLong(ValueError):
    """What a person typed is not cut: they are told by how much it is too long."""

    def __init__(self, over: int, most: int) -> None:
        said = ngettext(
            "That’s %(over)s character too long. Up to %(most)s fit.",
            "That’s %(over)s characters too long. Up to %(most)s fit.",
            over,
        )
        super().__init__(said % {"over": f"{over:,}", "most": f"{most:,}"})


def typed_line(text: str, limit: int) -> str:
    """One line of visible text that a person typed. Raises TooLong."""
    line = one_line(text, max(len(text), 1))
    if len(line) > limit:
        raise TooLong(len(line) - limit, limit)
    return line


def shortened(text: str, limit: int) -> str:
    """One line of at most `limit` characters that ends with a whole word, and "…" where more
    follows. One long word, or a script without spaces, is cut where it has to be."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    if not text[limit - 1].isspace() and " " in kept:
        kept = kept.rpartition(" ")[0]
    return kept.rstrip(" ,;:.–-") + "…"


def database_key(text: str, limit: int) -> str:
    """An id from outside as a key. One that is too long for the column, or in bytes for a row of
    an index, ends in a hash of the whole, so that two which begin alike stay two."""
    if len(text) <= limit and text.isascii() and text.isprintable():  # nearly always
        return text
    text = storable(text)
    if len(text) <= limit and len(text.encode()) <= 3 * limit:
        return text
    return f"{text[: limit // 2]}…{hashlib.sha256(text.encode()).hexdigest()}"


def web_address(text: str, limit: int = 1000) -> str:
    """An address that may become a link on a page; "" for any other scheme."""
    text = storable(text).strip()
    return text[:limit] if text.lower().startswith(("https://", "http://")) else ""


def storable_json(value: Any, depth: int = 0) -> Any:
    """The same value with every string made storable, for a jsonb column. Python's JSON reads NaN
    and Infinity, which no database takes: they become their names."""
    if isinstance(value, str):
        return storable(value)
    if depth >= DEEPEST and isinstance(value, dict | list | tuple):
        return _flattened(value)
    if isinstance(value, dict):
        return {storable(str(key)): storable_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return storable(str(value))


def number(text: str | None) -> int:
    """An id or a size as a form or an address gives it; 0 where it is none or does not fit."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _flattened(value: Any) -> str:
    try:
        return storable(json.dumps(value, default=str))
    except RecursionError:
        return "nested too deeply to be kept"
