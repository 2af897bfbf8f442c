"""A program of its own: one picture in, the sizes that are shown out, as WebP without metadata.

    python -I encode.py fit:1280x5120 fit:2560x10000 < picture > sizes
    python -I encode.py square:128 < picture > sizes

For each size it writes the length of a file (four bytes, the highest first) and the file; nothing
where the size before is as large already. It ends with REFUSED and a word on stderr where the
picture is none, is too large or is damaged. What it reads is hostile: the decoders of pictures are
written in C, so they run here, with limits on memory and time, and never in a process of the hub.
Nothing of the hub is imported.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import warnings

from PIL import Image, ImageCms, ImageOps

REFUSED = 3  # exit code
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
MOST_PIXELS = 30_000_000  # 120 MB while it is decoded
MOST_PIXELS_OF_JPEG = 100_000_000  # which is decoded at the size that is wanted, or little above
LONGEST_SIDE = 20_000
MOST_MEMORY = 1_000_000_000  # bytes of address space; Python and Pillow alone take 200 million
MOST_SECONDS = 10  # of CPU
QUALITY = 82
TURNS = {  # by EXIF's orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = [TURNS[number] for number in (5, 6, 7, 8)]


class Refused(Exception):
    """Not shown; says why in a word."""


def main() -> int:
    limit(resource.RLIMIT_AS, MOST_MEMORY)
    limit(resource.RLIMIT_CPU, MOST_SECONDS)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)  # pipes are no files
    try:
        files = encode(sys.stdin.buffer.read(), sys.argv[1:])
    except Refused as reason:
        print(reason, file=sys.stderr)
        return REFUSED
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        print("too-large", file=sys.stderr)
        return REFUSED
    except Exception as error:  # each decoder raises what it likes on a damaged file
        print(f"damaged ({type(error).__name__})", file=sys.stderr)
        return REFUSED
    for file in files:
        sys.stdout.buffer.write(len(file).to_bytes(4, "big") + file)
    return 0


def limit(kind: int, most: int) -> None:
    """Where the system knows such a limit."""
    try:
        resource.setrlimit(kind, (most, most))
    except (OSError, ValueError):
        print(f"no limit {kind}", file=sys.stderr)


def encode(data: bytes, sizes: list[str]) -> list[bytes]:
    """One file a size, b"" where it would be the same as the one before. Of what moves, the first
    picture."""
    wanted = [(kind, pair(box)) for kind, _colon, box in (size.partition(":") for size in sizes)]
    image = decode(data, max(box for _kind, box in wanted))
    files: list[bytes] = []
    before = (0, 0)
    for kind, box in wanted:
        if kind == "square":
            shown = on_white(ImageOps.fit(image, (min(box[0], *image.size),) * 2))
        else:
            shown = image.copy()
            shown.thumbnail(box, Image.Resampling.LANCZOS)
        files.append(written(shown) if shown.size != before else b"")
        before = shown.size
    return files


def decode(data: bytes, box: tuple[int, int]) -> Image.Image:
    """Upright, in sRGB, with transparency where it has some, no larger than `box`."""
    image = opened(data)
    turn = TURNS.get(orientation_of(image))
    if turn in SIDEWAYS:
        box = box[::-1]
    if image.format == "JPEG":
        scale = jpeg_scale(image.size, box)
        image.draft("RGB", (image.width // scale, image.height // scale))
    if image.width * image.height > MOST_PIXELS:
        raise Refused("too-large")
    image.load()
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode != "CMYK" or not profile:
        image = image.convert(mode)
    image.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = in_srgb(image, profile, mode)
    return image.transpose(turn) if turn is not None else image


def opened(data: bytes) -> Image.Image:
    """Its head alone is read. Raises Refused."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS_OF_JPEG
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.UnidentifiedImageError:
        raise Refused("no-picture") from None
    if max(image.size) > LONGEST_SIDE:
        raise Refused("too-large")
    return image


def orientation_of(image: Image.Image) -> int:
    """How the camera was held, as EXIF numbers it."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # what else is wrong with its EXIF is no matter
        return 1


def jpeg_scale(size: tuple[int, int], box: tuple[int, int]) -> int:
    """1, 2, 4 or 8: how many times smaller a JPEG may be decoded, and must be, if it is large."""
    ratio = max(size[0] / box[0], size[1] / box[1])
    scale = max(each for each in (1, 2, 4, 8) if each == 1 or each <= ratio)
    while scale < 8 and size[0] * size[1] > MOST_PIXELS * scale**2:
        scale *= 2
    return scale


def in_srgb(image: Image.Image, profile: bytes | None, mode: str) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(image, source, target, outputMode=mode)
            image = changed or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that can't be read: the colours are a little off
    return image.convert(mode)


def on_white(image: Image.Image) -> Image.Image:
    """A face hides what stands behind it."""
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def written(image: Image.Image) -> bytes:
    """Without what a camera or a program wrote into it: place, name, device."""
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    output = io.BytesIO()
    clean.save(output, "WEBP", quality=QUALITY, method=2, exif=b"", icc_profile=b"", xmp=b"")
    return output.getvalue()


def pair(words: str) -> tuple[int, int]:
    """Of "1280x5120" or "128"."""
    wide, _x, high = words.partition("x")
    return int(wide), int(high or wide)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # no clean-up of what a hostile file left in memory
