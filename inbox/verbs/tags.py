"""Put a tag on conversations, and take it off."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, ConversationTag
from members import tag_verbs, trail_words
from members.models import Tag
from team import actions
from team.actions import Changes, verb
from team.models import Action, User

from .state_changes import announce


def _undo(batch: Sequence[Action], by: User) -> set[int]:
    added = [row for row in batch if row.verb == "tag" and row.after["added"]]
    for tag in {row.after["tag"] for row in added}:
        tagged = [row.object_id for row in added if row.after["tag"] == tag]
        ConversationTag.objects.filter(conversation__in=tagged, tag=tag).delete()
    tag_verbs.remove_unused({row.after["tag"] for row in added if row.after.get("made")})
    removed = [row for row in batch if row.verb == "untag"]
    there = set(
        Tag.objects.filter(pk__in={row.before["tag"] for row in removed}).values_list(
            "pk", flat=True
        )
    )
    ConversationTag.objects.bulk_create(
        [
            ConversationTag(conversation_id=row.object_id, tag_id=row.before["tag"])
            for row in removed
            if row.before["tag"] in there
        ],
        ignore_conflicts=True,
    )
    announce(Conversation.objects.filter(pk__in=[row.object_id for row in batch]))
    return {row.pk for row in batch}


@verb(
    "tag",
    on="inbox.conversation",
    right="can_tag",
    words=_("tagged %(object)s"),
    undo=_undo,
    lead_may_undo=True,
    details=trail_words.tags,
)
def tag(
    conversations: Iterable[Conversation], name: str, *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """ValueError when the name is blank. Undo leaves it where it was before."""
    rows = list(conversations)
    with transaction.atomic():
        named, made = Tag.found_or_made(name)
        had = ConversationTag.objects.filter(conversation__in=rows, tag=named)
        before = set(had.values_list("conversation_id", flat=True))
        ConversationTag.objects.bulk_create(
            [ConversationTag(conversation=row, tag=named) for row in rows], ignore_conflicts=True
        )
        announce(rows)
        return actions.record(
            "tag", rows, by=by, group=group,
            after=lambda row: {"tag": named.pk, "added": row.pk not in before, "made": made},
        )  # fmt: skip


@verb(
    "untag",
    on="inbox.conversation",
    right="can_tag",
    words=_("removed a tag from %(object)s"),
    undo=_undo,
    lead_may_undo=True,
    details=trail_words.tags,
)
def untag(
    conversations: Iterable[Conversation], tag: Tag, *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """Those that have it not are left alone: undo would put it there."""
    with transaction.atomic():
        tagged = ConversationTag.objects.filter(conversation__in=list(conversations), tag=tag)
        rows = [row.conversation for row in tagged.select_related("conversation")]
        tagged.delete()
        announce(rows)
        return actions.record("untag", rows, by=by, before={"tag": tag.pk}, group=group)
