"""What keeps a reply from being written. The verb refuses by it, and pages ask it beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import approaches
from inbox.connectors.base import Connector
from inbox.models import Conversation, Message
from inbox.variables import unfilled
from members import contact

if TYPE_CHECKING:
    from team.models import User

LONGEST = 100_000  # characters; platforms allow far fewer


class ReplyRefused(Exception):
    """A reply that can't be written: a sentence for whoever wants to."""


def problem(conversation: Conversation, text: str, to: Message | None, user: User) -> str:
    """A sentence about `user`'s reply to `to`, or "" where it may go."""
    if blocked := why_blocked(conversation, user):
        return blocked
    if not text.strip():
        return _("Write a reply first.")
    if variable := unfilled(text):
        return variable
    if to and (to.deleted_at or to.conversation_id != conversation.pk):
        return answered_is_gone()
    if to and (refused := may_not_reach(to, user) or approaches.why_not_again(to, user)):
        return refused
    return _too_long(conversation, text, to)


def why_blocked(conversation: Conversation, user: User) -> str:
    """Why `user` can write no reply there, whatever it says; else ""."""
    source, kind = conversation.source, connector_of(conversation)
    if not user.can_reply:
        return _("Your role can’t send replies. Ask a manager to reply, or leave a note.")
    if kind is None or not kind.capabilities.send:
        return _("This source is read-only. Open the original to reply there.")
    if source.is_ended and user.can_manage_sources:
        return _("This source is disconnected. Reconnect it, or leave a note.")
    if source.is_ended:
        return _("This source is disconnected. Ask an admin to reconnect it, or leave a note.")
    return conversation.reply_blocked


def answered_is_gone() -> str:
    return _("The message you’re replying to was deleted. Select another one.")


def may_not_reach(answered: Message, user: User | None) -> str:
    """Why nobody may write to the author of this message, or not this user; else ""."""
    return contact.why_not(answered.author.member, user) if answered.author else ""


def connector_of(conversation: Conversation) -> type[Connector] | None:
    """None where the package that brought the connector is gone."""
    try:
        return conversation.source.connector_class
    except LookupError:
        return None


def length_there(conversation: Conversation, text: str, to: Message | None) -> int:
    """How long a reply to `to` is by the platform's own rule; None: to whoever waits."""
    if connector_of(conversation) is None:
        return len(text)
    to = to or conversation.answerable()
    return conversation.source.connector().length(text, to.reply_ref if to else {})


def most_there(conversation: Conversation) -> int | None:
    """The limit of the account there, else of the platform; None where there is none."""
    kind = connector_of(conversation)
    return conversation.source.max_length or (kind.capabilities.max_length if kind else None)


def _too_long(conversation: Conversation, text: str, to: Message | None) -> str:
    most = most_there(conversation) or LONGEST
    over = length_there(conversation, text, to) - most
    if over <= 0:
        return ""
    said = ngettext(
        "%(n)s character over this platform’s limit. Shorten it, then send again.",
        "%(n)s characters over this platform’s limit. Shorten it, then send again.",
        over,
    )
    return said % {"n": over}
