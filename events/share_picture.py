"""The picture that a shared link shows: drawn here, so that no page of ours loads one from outside.

Loads Pillow: import it in the function that draws.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from community_hub.lib.text import one_line

from .models import Event
from .when_words import place_of, when_of

SIZE = (1200, 630)
MARGIN = 80
PAPER, INK, QUIET, ACCENT = "#fbf9f5", "#2a241d", "#6a6157", "#1d6f73"
# Of Debian's fonts-dejavu-core; without it the one that comes with Pillow, which has Latin alone.
BOLD, PLAIN = "DejaVuSans-Bold.ttf", "DejaVuSans.ttf"
MOST_LINES = 3


def png_of(event: Event, team: str) -> bytes:
    """Cover words, title, date and place, 1200 by 630 pixels. About 40 ms."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 24, SIZE[1]), fill=ACCENT)
    width = SIZE[0] - 2 * MARGIN
    y = MARGIN
    if event.cover_words:
        y = _write(draw, y, event.cover_words, _font(BOLD, 34), ACCENT, width, 1) + 18
    title = one_line(event.title, 160)
    size = 76 if len(title) <= 40 else 60 if len(title) <= 90 else 48
    _write(draw, y, title, _font(BOLD, size), INK, width, MOST_LINES)
    when = when_of(event)
    lines = [when.day, f"{when.clock} ({when.zone_words})", place_of(event)]
    y = SIZE[1] - MARGIN - 46 * sum(map(bool, lines)) - 52
    for line in filter(None, lines):
        y = _write(draw, y, one_line(line, 120), _font(PLAIN, 34), INK, width, 1)
    _write(draw, SIZE[1] - MARGIN - 20, team, _font(BOLD, 26), QUIET, width, 1)
    kept = BytesIO()
    # few colours: a third of the bytes
    image.quantize(64).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _font(name: str, size: int) -> Any:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return ImageFont.load_default(size)


def _write(
    draw: ImageDraw.ImageDraw, y: int, text: str, font: Any, fill: str, width: int, most: int
) -> int:
    """At most so many lines; where it goes on."""
    for line in _lines(text, font, width, most):
        draw.text((MARGIN, y), line, font=font, fill=fill)
        y += int(font.size * 1.28)
    return y


def _lines(text: str, font: Any, width: int, most: int) -> list[str]:
    """Broken at spaces, or within a word that is longer than a line; what does not fit ends in
    an ellipsis."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most:
        fits = _fitting(rest, font, width)
        if len(lines) == most - 1 and fits < len(rest):
            lines.append(rest[: _fitting(rest, font, width - font.size)].rstrip() + "…")
            break
        cut = rest.rfind(" ", 0, fits + 1) if fits < len(rest) else fits
        cut = cut if cut > 0 else fits
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return lines


def _fitting(text: str, font: Any, width: float) -> int:
    """How many characters of it fit; one at least."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= width else (low, middle - 1)
    return low
