"""Files that people attach: checked by their content, kept outside of what is served, handed out
with the permission of what they belong to. The one place for all apps.

    files/9c/9c1f0d2b7a6e…    named by its content, so that the same file is there once

An app says in `readers` who may read the files of its owners. Somebody uploads a file for
themselves (`keep`); the verb that saves what it was uploaded for takes it over (`claim`).
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.pictures.encoding import encode
from community_hub.lib.pictures.failures import NotShown, TooBig
from community_hub.lib.text import one_line

from . import notifications
from .models import File, User

MOST_BYTES = 15_000_000  # of one file
MOST_FILES = 20  # of one owner, and of what a user has not saved yet
PICTURE = "image/webp"
PDF = "application/pdf"
TEXT = "text/plain"
TYPES = (PICTURE, PDF, TEXT)
PICTURE_SIZE = ("fit:2560x10000",)
FORGOTTEN = timedelta(days=2)  # what was uploaded and never saved
UNDO = timedelta(days=30)  # what was removed comes back with an Undo so long
UPLOADING = 60 * 60.0  # seconds in which an upload is surely written down
# What an archive begins with, a broken one too: ZIP (Office files are that), the end of an empty
# one, a part of many; RAR.
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"Rar!\x1a\x07")
# No words have these; tabs, line ends, form feeds and the colours of a terminal they may have.
_CODES = re.compile("[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# What a picture begins with, that can be read: PNG, JPEG, GIF, WebP, AVIF.
_AVIF = (b"ftypavif", b"ftypavis")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


@dataclass(frozen=True)
class Reader:
    """`kind`: what an owner's key begins with, "encounter". `may_read`: given a User and the number
    behind it, whether they may read what the file belongs to."""

    kind: str
    may_read: Callable[[Any, int], bool]


readers: list[Reader] = []  # of all apps above, filled in their AppConfig


class Readable(Protocol):
    def read(self, most: int, /) -> bytes: ...


class NotKept(ValueError):
    """Refused, with a sentence that says why and what to do."""


# Kept ---------------------------------------------------------------------------------------------


def keep(stream: Readable, name: str, *, by: User) -> File:
    """A file that was uploaded, until something is saved with it. Raises NotKept."""
    name = one_line(Path(name.replace("\\", "/")).name, 200) or _("file")
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise NotKept(too_large(name))
    kind, data = _checked(data, name)
    mine = owner_of(by)
    found = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one upload after the other
        waiting = File.objects.filter(owner=mine)
        if waiting.exclude(hash=found).count() >= MOST_FILES:
            said = _("That’s more than %(n)d files. Save these first.")
            raise NotKept(said % {"n": MOST_FILES})
        _write(found, data)
        row, _made = File.objects.update_or_create(
            owner=mine,
            hash=found,
            defaults={"name": name, "size": len(data), "type": kind, "by": by, "removed_at": None},
        )
    return row


def too_large(name: str) -> str:
    said = _("“%(name)s” is larger than %(most)d MB. Make it smaller, or attach a link.")
    return said % {"name": name, "most": MOST_BYTES // 1_000_000}


def _checked(data: bytes, name: str) -> tuple[str, bytes]:
    """Its type by what is in it, whatever it is called, and the bytes to keep. Raises NotKept."""
    if not data:
        raise NotKept(_("“%(name)s” is empty.") % {"name": name})
    if data.startswith(_PICTURES) or data[8:12] == b"WEBP" or data[4:12] in _AVIF:
        return PICTURE, _picture(data, name)
    if data.startswith(b"%PDF-"):
        return PDF, data
    if _is_text(data):
        return TEXT, data
    raise NotKept(_why_not(data) % {"name": name})


def _why_not(data: bytes) -> str:
    if data.startswith(_ARCHIVES):
        return _("“%(name)s” is an archive or an Office file. Attach it as a PDF or a picture.")
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1"):
        return _("“%(name)s” is a HEIC picture. Attach it as a JPEG.")
    if b"<svg" in data[:2000].lower():
        return _("“%(name)s” is an SVG, which can hold scripts. Attach it as a PNG.")
    return _("“%(name)s” can’t be attached. Attach a picture, a PDF or a text file.")


def _picture(data: bytes, name: str) -> bytes:
    """Written anew, without what a camera or a program wrote into it."""
    try:
        return encode(data, PICTURE_SIZE)[0]
    except TooBig:
        said = _("“%(name)s” has too many pixels. Make the picture smaller.")
        raise NotKept(said % {"name": name}) from None
    except NotShown:
        said = _("“%(name)s” is damaged: it can’t be read as a picture.")
        raise NotKept(said % {"name": name}) from None


def _is_text(data: bytes) -> bool:
    """Plain words: no code that a browser would run."""
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    begin = words.lstrip()[:500].lower()
    return not _CODES.search(words) and not begin.startswith("<") and "<svg" not in begin


def _write(found: str, data: bytes) -> None:
    """At once or not at all."""
    path = path_of(found)
    if path.exists():
        path.touch()  # in use again, whoever is about to delete it
        return
    for part in (path.parent.parent, path.parent):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    unfinished.replace(path)


def path_of(found: str) -> Path:
    """Of the bytes with this hash."""
    return Path(settings.VAR_DIR) / "files" / found[:2] / found


# Taken over by what they were uploaded for, in its transaction ------------------------------------


def owner_of(user: User) -> str:
    """Of what a user has uploaded and not saved with anything yet."""
    return f"user:{user.pk}"


def claim(ids: Iterable[int], owner: str, *, by: User, scope: str = "") -> None:
    """What `by` uploaded belongs to `owner` from now on; anything else is left alone."""
    mine = File.objects.filter(pk__in=list(ids), owner=owner_of(by)).order_by("pk")
    for row in mine[:MOST_FILES]:
        there = File.objects.filter(owner=owner, hash=row.hash)
        if there.update(removed_at=None, name=row.name):
            row.delete()
        else:
            row.owner, row.scope = owner, scope
            row.save(update_fields=["owner", "scope"])


def keep_only(ids: Iterable[int], owner: str, *, by: User, scope: str = "") -> None:
    """Of the owner's files these; those that `by` uploaded are taken over."""
    wanted = list(ids)
    present(owner).exclude(pk__in=wanted).update(removed_at=timezone.now())
    claim(wanted, owner, by=by, scope=scope)


def restore(ids: Iterable[int], owner: str) -> None:
    """These and no others, as an Undo has it."""
    wanted = list(ids)
    present(owner).exclude(pk__in=wanted).update(removed_at=timezone.now())
    File.objects.filter(owner=owner, pk__in=wanted).update(removed_at=None)


def discard(row: File, *, by: User) -> None:
    """Uploaded by mistake: gone, where nothing was saved with it yet."""
    if row.owner == owner_of(by):
        _delete(File.objects.filter(pk=row.pk))


# Read ---------------------------------------------------------------------------------------------


def present(*owners: str) -> QuerySet[File]:
    """In the order in which they came."""
    return File.objects.filter(owner__in=owners, removed_at__isnull=True).order_by("pk")


def ids_of(owner: str) -> list[int]:
    return list(present(owner).values_list("pk", flat=True))


def readable(pk: int, user: User) -> File | None:
    """The file, where this user may read what it belongs to, and see where that comes from."""
    row = File.objects.filter(pk=pk, removed_at__isnull=True).first()
    if row is None or not notifications.may_see(user, row.scope):
        return None
    kind, _colon, number = row.owner.partition(":")
    if kind == "user":
        return row if row.owner == owner_of(user) else None
    reader = next((each for each in readers if each.kind == kind), None)
    return row if reader and reader.may_read(user, int(number)) else None


def download_name(row: File) -> str:
    """With the ending of what it is, which may not be what it was called."""
    ending = {PICTURE: ".webp", PDF: ".pdf", TEXT: ".txt"}[row.type]
    return Path(row.name).stem[:150] + ending


# Forgotten ----------------------------------------------------------------------------------------


def forget(owner: str) -> None:
    """What they belonged to is no more."""
    _delete(File.objects.filter(owner=owner))


def forget_old() -> int:
    """What was uploaded and never saved, and what was removed so long ago that no Undo brings it
    back; how many."""
    now = timezone.now()
    unsaved = Q(owner__startswith="user:", at__lt=now - FORGOTTEN)
    removed = Q(removed_at__lt=now - UNDO)
    return _delete(File.objects.filter(unsaved | removed), older_than=UPLOADING)


def _delete(rows: QuerySet[File], older_than: float = 0) -> int:
    """Their bytes too, where no other file has the same, and nobody has uploaded them again within
    so many seconds."""
    hashes = list(rows.values_list("hash", flat=True))
    rows.delete()
    shared = set(File.objects.filter(hash__in=hashes).values_list("hash", flat=True))
    for found in set(hashes) - shared:
        path = path_of(found)
        if path.exists() and path.stat().st_mtime < time.time() - older_than:
            path.unlink(missing_ok=True)
    return len(hashes)
