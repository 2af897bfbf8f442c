"""Which messages of a thread are answers of one member to another, as far as a page tells, and
whose were credited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inbox.models import Conversation, Kind, Message
from members import credits
from members.models import FollowUp


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


def thanks_among(shown: Iterable[Message]) -> dict[int, FollowUp]:
    """By the ids of credited messages: what was planned to thank for them. A query where there are
    any."""
    credited = [each for each in shown if each.credited_at and not each.deleted_at]
    return credits.thanks_for(
        [(each.pk, each.author.member_id, each.sent_at) for each in credited if each.author]
    )


def name_the_credited(shown: Sequence[Message]) -> None:
    """Sets `credited_name` of the lines that tell of a credit. A query where an answer stands
    elsewhere."""
    lines = {
        line: line.event["message"]
        for line in shown
        if line.kind == Kind.EVENT and "message" in line.event
    }
    known = {each.pk: each for each in shown}
    if further := set(lines.values()) - known.keys():
        known |= Message.objects.select_related("author__member").in_bulk(further)
    for line, pk in lines.items():
        answer = known.get(pk)
        line.credited_name = str(answer.author.member) if answer and answer.author else ""
