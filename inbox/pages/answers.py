"""Which messages of a thread are answers of one member to another, as far as a page tells."""

from __future__ import annotations

from collections.abc import Iterable

from inbox.models import Conversation, Kind, Message


def is_of_team(message: Message) -> bool:
    author = message.author
    if author is None:
        return False
    return author.is_us or author.member.user_id is not None or author.member.is_bot


def answers_among(
    shown: Iterable[Message], conversation: Conversation, *, is_whole: bool
) -> set[int]:
    """The ids of those whose author may be credited, of messages in their order. Where it is not
    the whole thread somebody asked further up: then whoever did not ask last may have answered."""
    found: set[int] = set()
    asker = conversation.preview_by.member_id if conversation.preview_by else 0
    askers = set() if is_whole else {asker}
    is_first = is_whole
    for message in shown:
        if message.kind != Kind.INBOUND:
            continue
        author = message.author
        member = author.member_id if author else 0
        if author and askers - {member} and not message.deleted_at and not is_of_team(message):
            found.add(message.pk)
        if (is_first or message.mention_reason) and not is_of_team(message):
            askers.add(member)
        is_first = False
    return found
