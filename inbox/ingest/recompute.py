"""Kept fields brought up to date apart from ingest: who is staff changed, and the nightly check."""

from __future__ import annotations

import random

from django.db import transaction

from inbox.ingest.message_lines import log_team_replies, remove_former_replies
from inbox.models import Conversation, Message
from inbox.models.kept_fields import KEPT, recompute, recompute_in_steps


def recompute_after_staff_change(member_id: int) -> None:
    """A colleague's native answers count as the team's, in every thread where they wrote, and stand
    in the log of whom they answered."""
    wrote = Message.objects.filter(author__member=member_id)
    recompute_in_steps(wrote.values_list("conversation_id", flat=True))
    ids = list(wrote.values_list("pk", flat=True))
    log_team_replies(ids)
    remove_former_replies(ids)


def repair_drift(most: int = 1000) -> dict[int, list[str]]:
    """Mend a random sample of conversations; which of them were wrong, and in which fields.

    Anything in the answer is a bug somewhere: every road that changes a message recomputes.
    """
    with transaction.atomic():
        newest = Conversation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        wanted = random.sample(range(1, newest + 1), min(most, newest))
        sample = Conversation.objects.filter(pk__in=wanted).order_by("pk")
        before = {row["id"]: row for row in sample.select_for_update().values("id", *KEPT)}
        recompute(before)
        after = {row["id"]: row for row in sample.values("id", *KEPT)}
    return {
        pk: [name for name in KEPT if before[pk][name] != row[name]]
        for pk, row in after.items()
        if before[pk] != row
    }
