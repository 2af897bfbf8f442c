"""Pictures as other servers send them: good ones, and ones that mean harm."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PAGE = b"<!doctype html><title>Sign in</title><p>Please sign in."


def picture(
    kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any
) -> bytes:
    """Its left half is red, the right blue."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (size[0] // 2, 0, size[0], size[1]))
    output = io.BytesIO()
    image.convert(mode).save(output, kind, **options)
    return output.getvalue()


def photo_of_a_place() -> bytes:
    """A JPEG that was taken with the camera on its side, and says where and with what."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it to the right
    exif[0x010F] = "Camera of Ines"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    return picture("JPEG", exif=exif, comment=b"At home", quality=95)


def chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(width: int, height: int, packed: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def bomb() -> bytes:
    """25 KB that would be 25 million pixels, and then as much again for each of many rows."""
    return png(15_000, 15_000, zlib.compress(bytes(15_001) * 100, 9))


def packed_text() -> bytes:
    """A small picture with 200 MB of text in 200 KB."""
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9))
    good = picture()
    return good[:33] + text + good[33:]


def moving(frames: int, size: tuple[int, int] = (20, 20)) -> bytes:
    """A GIF whose first picture is red, the others blue."""
    colours = [0, *(number % 2 + 1 for number in range(frames - 1))]
    pictures = [Image.new("P", size, colour) for colour in colours]
    for each in pictures:
        each.putpalette([200, 30, 30, 30, 30, 200, 30, 30, 201] + [0] * 759)
    output = io.BytesIO()
    pictures[0].save(output, "GIF", save_all=True, append_images=pictures[1:], duration=20)
    return output.getvalue()
