"""Saved replies as they are offered: on their page by folder, and to a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Lower

from community_hub.lib.language_names import NAMES, code_named, code_of
from inbox.models import Conversation, Message, SavedReply
from inbox.variables import Facts

if TYPE_CHECKING:
    from team.models import User

MOST = 500  # on the page
MOST_OFFERED = 200  # in a conversation
SENT = 1_000  # characters of each of their texts
BEFORE = 40  # of them before the words that were found


@dataclass
class Folder:
    """`name`: "" for those in none."""

    name: str
    replies: list[SavedReply] = field(default_factory=list)


class Offer(NamedTuple):
    """`text` is the one of the reply's texts that would be inserted."""

    reply: SavedReply
    text: SavedReply


@dataclass(frozen=True)
class Offers:
    """`words`: what was looked for. `has_more`: than a menu has. `is_part`: there may be more, also
    of their texts, so that whoever types on has to ask again."""

    rows: list[Offer]
    words: str = ""
    has_more: bool = False
    is_part: bool = False


def by_folder(user: User) -> list[Folder]:
    """Those in no folder first, then by the names of the folders and of the replies."""
    seen = SavedReply.objects.visible_to(user).current().firsts().prefetch_related("variants")
    folders: dict[str, Folder] = {}
    for reply in seen.order_by(Lower("folder"), Lower("title"), "language", "pk")[:MOST]:
        folders.setdefault(reply.folder.lower(), Folder(reply.folder)).replies.append(reply)
    return list(folders.values())


def offered(asked: Message | None, user: User, words: str = "") -> Offers:
    """What can be said to `asked`: in the language it is in first, then what is used most; of those
    that have `words` in their title or folder, in any of their texts or its language's name."""
    languages = languages_of(asked)
    spoken = languages[:1]
    variants = SavedReply.objects.current().filter(variant_of=OuterRef("pk"))
    rank = Case(
        When(Q(language__in=spoken) | Exists(variants.filter(language__in=spoken)), then=0),
        When(language="", then=1),
        default=Value(2),
    )
    seen = SavedReply.objects.visible_to(user).current().firsts().annotate(rank=rank)
    if words:
        wanted = words.casefold()
        codes = [code for code, name in NAMES.items() if wanted in name.casefold()]
        said = Q(text__icontains=words) | Q(language__in=codes)
        named = Q(title__icontains=words) | Q(folder__icontains=words)
        seen = seen.filter(named | said | Q(Exists(variants.filter(said))))
    order = ("rank", F("used_count").desc(), Lower("title"), "pk")
    found = list(seen.order_by(*order).prefetch_related("variants")[: MOST_OFFERED + 1])
    shown = found[:MOST_OFFERED]
    offers = [Offer(reply, reply.text_in(languages)) for reply in shown]
    is_cut = any(len(text.text) > SENT for reply in shown for text in reply.texts)
    has_more = len(found) > MOST_OFFERED
    return Offers(offers, words, has_more, is_part=bool(words) or is_cut or has_more)


def sent(text: str, words: str) -> str:
    """SENT characters of a text at most: the beginning, or where it has the words."""
    at = text.lower().find(words.lower()) if words else -1
    start = 0 if at + len(words) <= SENT else at - BEFORE
    end = start + SENT
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


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
