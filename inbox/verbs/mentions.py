"""@mentions of colleagues in notes: who is meant, and telling them."""

from __future__ import annotations

import re
from collections import Counter

from django.utils.translation import gettext as _

from inbox.models import Conversation, Kind, Message
from team.models import Notification, User
from team.notifications import notify, withdraw

NOTES = 50  # of a conversation, the newest, in which somebody may be mentioned as well


def mentioned(text: str, conversation: Conversation) -> list[User]:
    """The colleagues whom `text` names after an @, by full name, or by first name where only one
    has it. Only who may see the conversation."""
    return named_in(text, can_be_mentioned(conversation)) if "@" in text else []


def named_in(text: str, users: list[User]) -> list[User]:
    first_names = Counter(user.first_name.casefold() for user in users)
    found = []
    for user in users:
        names = [user.name]
        if first_names[user.first_name.casefold()] == 1:
            names.append(user.first_name)
        pattern = "|".join(re.escape(name) for name in names if name)
        if pattern and re.search(rf"(?<!\w)@(?:{pattern})(?!\w)", text, re.IGNORECASE):
            found.append(user)
    return found


def can_be_mentioned(conversation: Conversation) -> list[User]:
    active = User.objects.active()
    source = conversation.source
    seen = active.admitted_to(source.scope) if source.restricted else active
    return list(seen.order_by("name", "pk")[:500])


def tell_mentioned(conversation: Conversation, text: str, *, by: User) -> None:
    users = mentioned(text, conversation)
    if users:
        notify(
            "mention", users, _about(conversation), _words(conversation, by),
            conversation.get_absolute_url(), scope=conversation.source.scope, by=by,
        )  # fmt: skip


def withdraw_mentions(note: Message) -> None:
    """The note is taken away: whom it alone mentioned is told no more; whom another one mentions
    too, of that one. Who has read it keeps it."""
    conversation = note.conversation
    if "@" not in note.body_source:
        return
    users = can_be_mentioned(conversation)
    gone = named_in(note.body_source, users)
    with_mention = conversation.messages.filter(kind=Kind.NOTE, body_source__contains="@")
    others = with_mention.exclude(pk=note.pk).select_related("by").order_by("-pk")[:NOTES]
    by_user: dict[User, User] = {}
    for other in others:
        for user in named_in(other.body_source, gone):
            if other.by and other.by != user:
                by_user.setdefault(user, other.by)
    withdraw("mention", _about(conversation), [user for user in gone if user not in by_user])
    unread = Notification.objects.unread().filter(kind="mention", about=_about(conversation))
    for user, by in by_user.items():
        unread.filter(user=user).update(text=_words(conversation, by))


def _about(conversation: Conversation) -> str:
    """Apart from what else is told of a conversation: that stays when a note is undone."""
    return f"mentions:{conversation.pk}"


def _words(conversation: Conversation, by: User) -> str:
    said = _("%(who)s mentioned you in “%(what)s”") % {"who": by, "what": str(conversation)[:120]}
    return said[:300]
