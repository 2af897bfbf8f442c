"""An entry and its document as the hub's values: texts, dates, attachments, problems. No HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.translation import gettext as _

from inbox.connectors.base import Attachment, Format, Problem
from inbox.connectors.feed.document import Document, Enclosure, Entry

CLOCKS_DIFFER = timedelta(minutes=10)


def body_of(entry: Entry, names: list[str]) -> str:
    """A message has one author: of an entry that several wrote, the text names them all."""
    body = entry.body or entry.title
    if len(names) < 2:
        return body
    byline = _("By %(names)s") % {"names": ", ".join(names)}
    if entry.body and entry.body_format == Format.HTML:
        return f"{body}<p>{escape(byline)}</p>"
    return f"{body}\n\n{byline}"


def in_time(when: datetime | None, instead: datetime | None) -> datetime | None:
    """A date in the future would stand on top for ever: then the time it was first seen counts."""
    if when is None or when > datetime.now(UTC) + CLOCKS_DIFFER:
        return instead
    return when


def problems_of(document: Document) -> list[Problem]:
    found = [
        Problem(message=_("An entry could not be read: %(why)s") % {"why": why}, raw=raw)
        for why, raw in document.bad
    ]
    if document.broken:
        message = _("The feed is invalid (%(why)s). What could be read was imported.")
        raw = {"error": document.broken, "read": [entry.title for entry in document.entries[:50]]}
        found.append(Problem(message=message % {"why": document.broken}, raw=raw))
    return found


def plain_values(entry: Entry) -> dict[str, Any]:
    """The entry as JSON values: what a person sees where it could not be stored."""
    dates = {"published": entry.published, "updated": entry.updated}
    return asdict(entry) | {
        **{name: when.isoformat() if when else None for name, when in dates.items()},
        "authors": [asdict(author) for author in entry.authors],
        "enclosures": [asdict(part) for part in entry.enclosures],
    }


def dates_of(document: Document) -> list[datetime]:
    dates = [in_time(entry.published, None) for entry in document.entries]
    return [when for when in dates if when]


def newest(document: Document) -> str:
    dates = dates_of(document)
    return max(dates).isoformat() if dates else ""


def gap_of(
    document: Document, keys: list[str], cursor: Mapping[str, Any]
) -> tuple[datetime, datetime] | None:
    """A feed holds its last entries only: when none of them is known, some may have passed."""
    if not cursor.get("seen") or not keys or any(key in cursor["seen"] for key in keys):
        return None
    dates = dates_of(document)
    begins = datetime.fromisoformat(cursor.get("newest") or cursor["since"])
    ends = min(dates) if dates else datetime.now(UTC)
    return (begins, ends) if ends > begins else None


def attachment(part: Enclosure) -> Attachment:
    major = part.mime.partition("/")[0]
    return Attachment(
        external_id=part.url,
        kind=major if major in ("image", "video", "audio") else "file",
        url=part.url,
        filename=part.title or urlsplit(part.url).path.rpartition("/")[2],
        mime=part.mime,
        size=part.size,
    )
