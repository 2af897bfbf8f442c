"""Saved replies as they are offered: on their page by folder, and to a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Lower

from community_hub.lib.language_names import code_named, code_of
from inbox.models import Conversation, Message, SavedReply
from inbox.variables import Facts

if TYPE_CHECKING:
    from team.models import User

MOST = 500  # on the page
MOST_OFFERED = 200  # in a conversation


@dataclass
class Folder:
    """`name`: "" for those in none."""

    name: str
    replies: list[SavedReply] = field(default_factory=list)


class Offer(NamedTuple):
    """`text` is the one of the reply's texts that would be inserted."""

    reply: SavedReply
    text: SavedReply


def by_folder(user: User) -> list[Folder]:
    """Those in no folder first, then by the names of the folders and of the replies."""
    seen = SavedReply.objects.visible_to(user).current().firsts().prefetch_related("variants")
    folders: dict[str, Folder] = {}
    for reply in seen.order_by(Lower("folder"), Lower("title"), "language", "pk")[:MOST]:
        folders.setdefault(reply.folder.lower(), Folder(reply.folder)).replies.append(reply)
    return list(folders.values())


def offered(asked: Message | None, user: User) -> list[Offer]:
    """What can be said to `asked`: in the language it is in first, then what is used most."""
    languages = languages_of(asked)
    spoken = languages[:1]
    variants = SavedReply.objects.current().filter(variant_of=OuterRef("pk"), language__in=spoken)
    rank = Case(
        When(Q(language__in=spoken) | Exists(variants), then=0),
        When(language="", then=1),
        default=Value(2),
    )
    seen = SavedReply.objects.visible_to(user).current().firsts().annotate(rank=rank)
    order = ("rank", F("used_count").desc(), Lower("title"), "pk")
    replies = seen.order_by(*order).prefetch_related("variants")[:MOST_OFFERED]
    return [Offer(reply, reply.text_in(languages)) for reply in replies]


def languages_of(asked: Message | None) -> list[str]:
    """The codes of what an answer is best written in: the language of the message, then those that
    its author speaks; [] where none is known."""
    if asked is None:
        return []
    member = asked.author.member if asked.author else None
    spoken = [code_named(word) for word in member.languages] if member else []
    return [code for code in (code_of(asked.language), *spoken) if code]


def facts_of(conversation: Conversation, asked: Message | None, user: User) -> Facts:
    return Facts(conversation, user, asked.author.member if asked and asked.author else None)
