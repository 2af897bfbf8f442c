"""The mails that the hub wrote into a folder, where no mail server is configured: a newcomer, and
whoever tries the demo, reads them inside the hub."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from community_hub.lib import html

MOST = 100
LONGEST = 1_000_000  # bytes of one file
RULER = b"-" * 79 + b"\n"  # Django's file backend ends each mail with it


@dataclass(frozen=True)
class Letter:
    name: str  # of its file
    to: str
    subject: str
    at: datetime
    text: str
    html: str  # clean


def is_there() -> bool:
    return "filebased" in settings.EMAIL_BACKEND


def newest() -> list[Letter]:
    """At most MOST, the newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    if not is_there() or not folder.is_dir():
        return []
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    found: list[Letter] = []
    for file in files[:MOST]:
        found += reversed(letters_in(file))
    return found[:MOST]


def letters_in(file: Path) -> list[Letter]:
    with file.open("rb") as opened:
        raw = opened.read(LONGEST)
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return [_letter(part, file.name, at) for part in raw.split(RULER) if part.strip()]


def _letter(raw: bytes, name: str, at: datetime) -> Letter:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    sent = message["date"].datetime if message["date"] else None
    return Letter(
        name=name,
        to=str(message["to"] or ""),
        subject=str(message["subject"] or ""),
        at=sent.astimezone(UTC) if sent and sent.tzinfo else at,
        text=_part(message, "plain"),
        html=html.clean(_part(message, "html")),
    )


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body(preferencelist=(subtype,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        return ""
