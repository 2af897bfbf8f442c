"""Lucide's icons, as SVG. Its own tag opens its archive of 1,700 icons for each: 11 ms, and a first
page has twenty."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

SVG = "http://www.w3.org/2000/svg"


def draw(name: str, size: int, **attributes: str) -> str:
    """`attributes` of the outer element. KeyError where there is no such icon."""
    root = ElementTree.fromstring(_archive().read(f"{name}.svg"))  # noqa: S314 - lucide's own
    for node in root.iter():
        node.tag = node.tag.removeprefix(f"{{{SVG}}}")
    root.attrib |= {"width": str(size), "height": str(size), **attributes}
    return ElementTree.tostring(root, encoding="unicode")


@lru_cache(maxsize=1)
def _archive() -> ZipFile:
    """In memory: processes that were forked would move each other's place in an open file."""
    return ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))
