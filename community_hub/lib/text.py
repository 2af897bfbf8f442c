"""Plain text from outside: what the database refuses, and what would mislead a reader."""

from __future__ import annotations

import re
from typing import Any

# Characters that turn the direction of what follows or stand for nothing: fine inside a body,
# which is isolated on the page, but a way to disguise a name or a subject.
_MISLEADING = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")


def storable(text: str) -> str:
    """Without NUL and other control characters, and without lone surrogates, which PostgreSQL
    and UTF-8 refuse."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", text)


def one_line(text: str, limit: int) -> str:
    """A name or a subject: one line of visible text, at most `limit` characters."""
    text = _MISLEADING.sub("", storable(text))
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def web_address(text: str, limit: int = 1000) -> str:
    """An address that may become a link on a page; "" for any other scheme."""
    text = storable(text).strip()
    return text[:limit] if text.lower().startswith(("https://", "http://")) else ""


def storable_json(value: Any) -> Any:
    """The same value with every string made storable, for a jsonb column."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): storable_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def number(text: str | None) -> int:
    """An id or a size as a form or an address gives it; 0 where it is none or does not fit."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0
