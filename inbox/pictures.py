"""Which pictures a message has, and which of those on disk nobody may see any more."""

from __future__ import annotations

from typing import Any

from community_hub.lib import body_pictures
from community_hub.lib.pictures import keeping
from community_hub.lib.pictures.keeping import Wanted, name_of
from inbox.models import Message
from members import avatars
from members.models import Identity

MOST = 40  # of one message; what comes after them stays a link
OF_MESSAGE = "message"
CHUNK = 2000


def pictures_of(message: Message) -> dict[str, Wanted]:
    """By their names in the hub's own addresses: those of the body, then those attached, at most
    MOST. None of a deleted message."""
    if message.deleted_at:
        return {}
    found = [each.address for each in body_pictures.pictures(message.body_html)]
    found += [file["url"] for file in message.attachments if is_picture(file)]
    owner = f"{OF_MESSAGE}-{message.pk}"
    every = {name_of(address): Wanted(owner, address) for address in found}
    return dict(list(every.items())[:MOST])


def is_picture(file: dict[str, Any]) -> bool:
    """Of an attachment."""
    return file.get("kind") == "image" and bool(file.get("url"))


def forget_pictures() -> int:
    """Remove those on disk whose message or account is deleted; of how many."""
    messages = Message.objects.filter(deleted_at=None)
    kept = {OF_MESSAGE: messages, avatars.OWNER: Identity.objects.all()}
    gone = 0
    for kind, rows in kept.items():
        found = keeping.owners(kind)
        for at in range(0, len(found), CHUNK):
            there = set(rows.filter(pk__in=found[at : at + CHUNK]).values_list("pk", flat=True))
            for pk in set(found[at : at + CHUNK]) - there:
                keeping.forget(f"{kind}-{pk}")
                gone += 1
    return gone
