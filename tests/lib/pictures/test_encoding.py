"""What becomes of a picture, and of what only says that it is one."""

import io
import time

import psutil
import pytest
from PIL import Image

from community_hub.lib.pictures import encoding
from community_hub.lib.pictures.encoding import encode
from community_hub.lib.pictures.failures import Refused

from . import samples

BODY = ("fit:1280x5120", "fit:2560x10000")
RED, BLUE = (200, 30, 30), (30, 30, 200)


def shown(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.format == "WEBP"
    return image


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=False))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("GIF", "P"),
        ("WEBP", "RGBA"),
        ("AVIF", "RGB"),
    ],
)
def test_pictures_of_every_common_kind_become_webp(kind, mode):
    small, large = encode(samples.picture(kind, mode=mode), BODY)
    image = shown(small)
    assert image.size == (60, 40)
    assert large == b""
    if mode in ("RGB", "RGBA", "P", "CMYK"):
        assert is_near(image.getpixel((5, 5)), RED)
        assert is_near(image.getpixel((55, 35)), BLUE)


def test_a_large_picture_has_a_small_and_a_large_version():
    small, large = map(shown, encode(samples.picture("JPEG", (5000, 3000)), BODY))
    assert small.size == (1280, 768)
    assert large.size == (2560, 1536)


def test_a_long_screenshot_keeps_its_width():
    assert shown(encode(samples.picture(size=(400, 4000)), BODY)[0]).size == (400, 4000)


def test_a_face_is_cut_to_a_square():
    (face,) = encode(samples.picture(size=(600, 300)), ("square:128",))
    assert shown(face).size == (64, 64)
    (face,) = encode(samples.picture(size=(600, 600)), ("square:128",))
    assert shown(face).size == (128, 128)


def test_a_photo_is_turned_upright_and_says_nothing_of_its_maker():
    data = samples.photo_of_a_place()
    assert b"Camera of Ines" in data
    (small, _large) = encode(data, BODY)
    image = shown(small)
    assert image.size == (40, 60)
    assert is_near(image.getpixel((20, 5)), RED)
    assert is_near(image.getpixel((20, 55)), BLUE)
    assert not image.getexif()
    assert image.info.keys().isdisjoint({"exif", "icc_profile", "xmp"})
    for word in (b"Camera", b"At home", b"EXIF", b"ICCP"):
        assert word not in small


def test_what_moves_is_shown_by_its_first_picture():
    begun = time.monotonic()
    (small, _large) = encode(samples.moving(2000), BODY)
    image = shown(small)
    assert getattr(image, "n_frames", 1) == 1
    assert is_near(image.getpixel((10, 10)), RED)
    assert time.monotonic() - begun < 5


def test_transparency_is_kept():
    image = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    output = io.BytesIO()
    image.save(output, "PNG")
    pixel = shown(encode(output.getvalue(), BODY)[0]).getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[3] == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (samples.SVG, "no-picture"),
        (samples.PAGE, "no-picture"),
        (b"", "no-picture"),
        (b"\x89PNG\r\n\x1a\n", "no-picture"),
        (samples.picture(size=(40_000, 2)), "too-large"),
        (samples.png(6_000, 6_000, b""), "too-large"),
        (samples.bomb(), "too-large"),
        (samples.picture(size=(300, 300))[:-400], "damaged"),
        (samples.picture("JPEG", (300, 300))[:-300], "damaged"),
        (samples.picture("WEBP", (300, 300))[:-20], "damaged"),
        (samples.picture("AVIF", (300, 300))[:-20], "damaged"),
        (samples.picture("GIF", (300, 300), "P")[:-300], "damaged"),
        (samples.packed_text(), "damaged"),
        (samples.picture("BMP"), "no-picture"),
        (samples.picture("TIFF"), "no-picture"),
        (samples.picture("PDF"), "no-picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no-picture"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_is_none_or_means_harm_is_refused(data, reason):
    begun = time.monotonic()
    with pytest.raises(Refused, match=reason):
        encode(data, BODY)
    assert time.monotonic() - begun < 10


def test_the_process_that_reads_a_picture_has_little_memory_and_time(monkeypatch, tmp_path):
    """Both limits are the system's, so that they hold whatever a decoder does."""
    asking = (
        "import resource as r; raise Refused(r.getrlimit(r.RLIMIT_AS) + r.getrlimit(r.RLIMIT_CPU))"
    )
    program = tmp_path / "encode.py"
    program.write_text(
        encoding.PROGRAM.read_text().replace("files = encode(", f"{asking}; encode(")
    )
    monkeypatch.setattr(encoding, "PROGRAM", program)
    with pytest.raises(Refused, match=r"\(1000000000, 1000000000, 10, 10\)"):
        encode(samples.picture(), BODY)


def test_one_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    program = tmp_path / "encode.py"
    program.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(encoding, "PROGRAM", program)
    monkeypatch.setattr(encoding, "MOST_SECONDS", 0.3)
    with pytest.raises(Refused, match="slow"):
        encode(samples.picture(), BODY)


def test_a_decoder_that_crashes_takes_nothing_along(monkeypatch, tmp_path):
    program = tmp_path / "encode.py"
    program.write_text("import os; os.abort()")
    monkeypatch.setattr(encoding, "PROGRAM", program)
    with pytest.raises(Refused):
        encode(samples.picture(), BODY)


def test_a_picture_of_sixteen_bits_is_shown():
    image = Image.new("I;16", (30, 30), 65_535)
    output = io.BytesIO()
    image.save(output, "PNG")
    assert is_near(shown(encode(output.getvalue(), BODY)[0]).getpixel((5, 5)), (255, 255, 255))


def test_nothing_of_a_picture_stays_in_memory():
    before = psutil.Process().memory_info().rss
    for _ in range(3):
        encode(samples.picture("PNG", (4000, 4000)), BODY)
    assert psutil.Process().memory_info().rss - before < 60_000_000
