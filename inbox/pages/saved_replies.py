"""Saved replies as they are offered: on their page by folder, and beside a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Case, F, Value, When
from django.db.models.functions import Lower

from inbox.models import Conversation, SavedReply

from .variables import Facts

if TYPE_CHECKING:
    from team.models import User

MOST = 500  # on the page
MOST_OFFERED = 200  # in a conversation


@dataclass
class Folder:
    """`name`: "" for those in none."""

    name: str
    replies: list[SavedReply] = field(default_factory=list)


def by_folder(user: User) -> list[Folder]:
    """Those in no folder first, then by the names of the folders and of the replies."""
    seen = SavedReply.objects.visible_to(user).current().select_related("owner")
    folders: dict[str, Folder] = {}
    for reply in seen.order_by(Lower("folder"), Lower("title"), "language", "pk")[:MOST]:
        folders.setdefault(reply.folder.lower(), Folder(reply.folder)).replies.append(reply)
    return list(folders.values())


def offered(conversation: Conversation, user: User) -> list[SavedReply]:
    """In the language that is spoken there first, then what is used most."""
    spoken = language_of(conversation)
    rank = Case(When(language=spoken, then=0), When(language="", then=1), default=Value(2))
    seen = SavedReply.objects.visible_to(user).current().annotate(rank=rank)
    order = ("rank", F("used_count").desc(), Lower("title"), "pk")
    return list(seen.order_by(*order)[:MOST_OFFERED])


def language_of(conversation: Conversation) -> str:
    """The code of the language of the message that a reply would go to; "" where not known."""
    asked = conversation.answerable()
    return asked.language[:2] if asked else ""


def facts_of(conversation: Conversation, user: User) -> Facts:
    asked = conversation.answerable()
    return Facts(conversation, user, asked.author.member if asked and asked.author else None)
