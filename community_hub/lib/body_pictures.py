"""How a clean body says that a picture stands there: as a link of its own, marked, with the
alternative text in brackets. html.py writes it; pages put the picture in its place."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

UNNAMED = "image"  # in the brackets of a picture without alternative text
LONGEST_ADDRESS = 2_000
_FILE = r"\.(?:png|jpe?g|gif|webp|avif)"
# Bodies from before pictures were shown have no mark: there the address has to say it.
_PICTURE = re.compile(
    r'<a (?:class="picture" href="([^"<>]+)"'
    rf'|href="(https?://[^"?#<>]+{_FILE}(?:\?[^"<>]*)?)")[^<>]*>\[([^<]*)\]</a>',
    re.IGNORECASE,
)
# An SVG has no mark: it is a document with scripts, and is never fetched.
_SVG = re.compile(
    r'<a (href="https?://[^"?#<>]+\.svgz?(?:[?#][^"<>]*)?"[^<>]*)>\[([^<]*)\]</a>', re.IGNORECASE
)
_PICTURE_FILE = re.compile(rf"{_FILE}\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """One picture of a body: where it is, and its alternative text ("" where it has none)."""

    address: str
    words: str


def pictures(html: str) -> list[Picture]:
    """Those of clean HTML, in their order."""
    return [_picture(found) for found in _PICTURE.finditer(html)]


def draw_pictures(html: str, draw: Callable[[Picture], str | None]) -> str:
    """Clean HTML with what `draw` makes of each picture (safe HTML) in place of its link; None
    leaves the link."""
    if "]</a>" not in html:
        return html

    def replaced(found: re.Match[str]) -> str:
        drawn = draw(_picture(found))
        return found[0] if drawn is None else drawn

    return _PICTURE.sub(replaced, html)


def explain_svgs(html: str, explain: Callable[[str, str], str]) -> str:
    """Clean HTML with what `explain` makes (safe HTML) of each picture that is an SVG. It takes the
    attributes of the link, as HTML, and the alternative text ("" where there is none)."""
    if "]</a>" not in html:
        return html

    def replaced(found: re.Match[str]) -> str:
        words = entities.unescape(found[2])
        return explain(found[1], "" if words == UNNAMED else words)

    return _SVG.sub(replaced, html)


def picture_link(address: str, words: str) -> str:
    """Marked where the hub may show it: never an SVG, which is a document with scripts."""
    marked = (
        address.lower().startswith(("https://", "http://"))
        and len(address) <= LONGEST_ADDRESS
        and not _path(address).lower().endswith((".svg", ".svgz"))
    )
    mark = 'class="picture" ' if marked else ""
    return f'<a {mark}href="{entities.escape(address)}">[{entities.escape(words or UNNAMED)}]</a>'


def is_picture_file(address: str) -> bool:
    """By the ending of its path."""
    return bool(_PICTURE_FILE.search(_path(address)))


def host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _picture(found: re.Match[str]) -> Picture:
    words = entities.unescape(found[3])
    return Picture(entities.unescape(found[1] or found[2]), "" if words == UNNAMED else words)


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""
