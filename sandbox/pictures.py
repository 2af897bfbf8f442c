"""The pictures of the practice sites, drawn when they are asked for: what people show in their
posts, and the faces of some of them. Nothing is stored."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2s
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = (1600, 1000)
PAPER, INK, LINE, ACCENT, WARM = "#f6f1e7", "#2c2a26", "#c9c0ae", "#1f6f72", "#b4552d"
FACES = ("#1f6f72", "#b4552d", "#6a4c93", "#3d7a3f", "#9a7b1c", "#2f5d9b")
ONE_IN = 3  # of how many people one shows a face
Draw = Callable[["ImageDraw"], None]


def has_face(handle: str) -> bool:
    return _number(handle) % ONE_IN == 0


def face_path(site: str, handle: str) -> str:
    return reverse("sandbox:picture", args=[site, f"face-{handle}"])


def names() -> list[str]:
    return list(PICTURES)


@lru_cache(maxsize=32)
def drawn(name: str) -> bytes | None:
    """A PNG; None where there is no picture of this name."""
    if name.startswith("face-"):
        return _png((256, 256), _face(name.removeprefix("face-")))
    scene = PICTURES.get(name)
    return _png(SIZE, scene) if scene else None


def _png(size: tuple[int, int], scene: Draw) -> bytes:
    from PIL import Image, ImageDraw  # no process needs it before somebody looks

    image = Image.new("RGB", size, PAPER)
    scene(ImageDraw.Draw(image))
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def _number(words: str) -> int:
    return int.from_bytes(blake2s(words.encode(), digest_size=4).digest(), "big")


def _face(handle: str) -> Draw:
    """Rings and a wave, in two colours that stay with the handle."""
    number = _number(handle)
    ground, line = FACES[number % 6], FACES[(number // 6 + 1 + number % 6) % 6]

    def scene(draw: ImageDraw) -> None:
        draw.rectangle((0, 0, 256, 256), fill=ground)
        for ring in range(3 + number % 3):
            edge = 20 + ring * 26
            draw.ellipse((edge, edge, 256 - edge, 256 - edge), outline=PAPER, width=8)
        points = [
            (x, 128 + 40 * math.sin(x / 256 * math.tau * (1 + number % 4))) for x in range(257)
        ]
        draw.line(points, fill=line if line != ground else INK, width=14)

    return scene


def _frame(draw: ImageDraw, title: str) -> None:
    draw.rectangle((40, 40, 1560, 960), outline=LINE, width=4)
    draw.text((80, 70), title, fill=INK, font_size=44)


def _manual_page(draw: ImageDraw) -> None:
    _frame(draw, "Polyphon Six - Manual, chapter 2: Voices")
    for knob, label in enumerate(("TUNE", "SHAPE", "CUTOFF", "RESONANCE", "ATTACK", "RELEASE")):
        x = 200 + knob * 240
        draw.ellipse((x - 70, 230, x + 70, 370), outline=INK, width=6, fill="#e7dfcd")
        angle = math.radians(-220 + knob * 45)
        end = (x + 60 * math.cos(angle), 300 + 60 * math.sin(angle))
        draw.line((x, 300, *end), fill=WARM, width=8)
        draw.text((x, 400), label, fill=INK, font_size=30, anchor="ma")
    for line in range(8):
        draw.rectangle((120, 520 + line * 50, 1480 - line % 3 * 160, 536 + line * 50), fill=LINE)


def _latch(draw: ImageDraw) -> None:
    """What a logic analyser shows: the keys go up, the notes go on."""
    _frame(draw, "Latch off, rev C: both keys up at 412 ms, gate stays high")
    for row, (label, ends) in enumerate(
        (("Key C3", 640), ("Key G3", 655), ("Gate", 1480), ("Latch LED", 0))
    ):
        y = 300 + row * 170
        draw.text((80, y - 50), label, fill=INK, font_size=36)
        low, high = y + 50, y - 50
        points = [(300, low), (380, low)]
        if ends:
            points += [(380, high), (ends, high)]
            points += [(ends, low)] if ends < 1400 else []
        points += [(1500, points[-1][1])]
        draw.line(points, fill=WARM if label == "Gate" else ACCENT, width=8)
    draw.line((648, 180, 648, 900), fill=LINE, width=4)


def _spectrum(draw: ImageDraw) -> None:
    """2.3 and 2.4 of the same patch, one over the other."""
    _frame(draw, "Same patch, same note: 2.3.1 (green) and 2.4 (orange)")
    for colour, cut in ((ACCENT, 7.0), (WARM, 4.2)):
        points = []
        for x in range(120, 1500, 4):
            octave = (x - 120) / 150
            level = 1 / (1 + math.exp((octave - cut) * 1.8)) * (0.8 + 0.2 * math.cos(octave * 9))
            points.append((x, 880 - 640 * level))
        draw.line(points, fill=colour, width=7)
    draw.line((120, 890, 1500, 890), fill=INK, width=4)


PICTURES: dict[str, Draw] = {
    "manual-page": _manual_page,
    "latch": _latch,
    "spectrum": _spectrum,
}
