"""What the box under a conversation says and allows: who will read it, how long it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from community_hub.lib import html
from inbox.connectors.base import Capabilities
from inbox.models import Conversation, Message
from inbox.models.message import CLOSED
from inbox.reply_rules import connector_of, most_there, why_blocked

if TYPE_CHECKING:
    from team.models import User


@dataclass(frozen=True)
class Composer:
    """`blocked` says why no reply can be written here; "" where one can. `to` is the message that
    was picked to be answered; without one the answer goes to whoever waits: message `asked`, by
    `asked_by`. Who will read it hangs on the message that is answered: all (`open_label`) or few
    (`closed_label`)."""

    open_label: str
    closed_label: str
    is_closed: bool
    asked_in_private: bool
    signed_as: str
    addressee: str
    asked: int | None
    asked_by: str
    to: int | None
    blocked: str
    can_note: bool
    reply: str
    note: str
    max_length: int | None
    unit: str

    @property
    def can_reply(self) -> bool:
        return not self.blocked

    @property
    def reply_label(self) -> str:
        return self.closed_label if self.is_closed else self.open_label

    @property
    def kind(self) -> str:
        """The side that is open at first: a note where only a note was begun, or can be."""
        return (
            "note"
            if self.can_note and (self.blocked or (self.note and not self.reply))
            else "reply"
        )

    @classmethod
    def of(
        cls,
        conversation: Conversation,
        user: User,
        drafts: dict[str, str],
        to: Message | None = None,
        asked: Message | None = None,
    ) -> Composer:
        source = conversation.source
        kind = connector_of(conversation)
        able = kind.capabilities if kind else Capabilities(send=False)
        asked = asked or conversation.answerable()
        asked_by = named(asked) if asked and able.send else ""
        return cls(
            open_label=_("Public reply · %(place)s") % {"place": source.name},
            closed_label=_("Private reply · %(place)s") % {"place": source.name},
            is_closed=is_closed(conversation, to or asked),
            asked_in_private=is_closed(conversation, asked),
            signed_as=source.account_label,
            addressee=named(to) if to else asked_by,
            asked=asked.pk if asked else None,
            asked_by=asked_by,
            to=to.pk if to else None,
            blocked=why_blocked(conversation, user),
            can_note=user.can_note,
            reply=drafts.get("reply", ""),
            note=drafts.get("note", ""),
            max_length=most_there(conversation),
            unit=able.length_unit,
        )


def named(message: Message) -> str:
    """Who wrote it, as an answer addresses them."""
    return str(message.author.member) if message.author else _("a deleted account")


def shown_there(conversation: Conversation, text: str, to: Message | None) -> str:
    """A reply to `to` as it will read on the platform, as clean HTML."""
    kind = connector_of(conversation)
    if kind is None or "markdown" in kind.capabilities.formats:
        return html.from_markdown(text)
    written = conversation.source.connector().written(text, to.reply_ref if to else {})
    return html.from_plain(written)


def is_closed(conversation: Conversation, answered: Message | None) -> bool:
    """Will only some read the answer over there? As Message.reply has it."""
    return answered.is_closed if answered else conversation.visibility in CLOSED
