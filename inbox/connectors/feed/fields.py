"""What feeds write in their fields, as plain values: dates, addresses, sizes, titles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # older dates are empty fields: 1970-01-01


def sane(when: datetime | None) -> datetime | None:
    if when is None:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when if when > OLDEST else None


def web_address(base: str, link: Any) -> str:
    """Absolute and of the web, or ""."""
    try:
        found = urljoin(base, link.strip()) if isinstance(link, str) and link else ""
        return found if urlsplit(found).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def base_address(url: str, link: Any) -> str:
    """What relative links begin at: the site's own address where the feed gives a good one."""
    return web_address(url, link) or url


def size(text: Any) -> int | None:
    digits = text if isinstance(text, str) else ""
    return int(digits) if digits.isdecimal() and len(digits) < 16 else None


def language(text: Any) -> str:
    return (text if isinstance(text, str) else "").lower().replace("_", "-").partition("-")[0][:8]


def text_of(data: Mapping[str, Any], name: str) -> str:
    return plain(str(data.get(name) or ""))


def plain(text: str) -> str:
    """A title without markup, on one line. A tag ends before the next one begins: a pattern that
    looks further needs the square of the time for many that never end."""
    return " ".join(unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", text)).split())
