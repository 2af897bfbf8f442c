"""Kept fields brought up to date apart from ingest: who is staff changed, and the nightly check."""

from __future__ import annotations

import random

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox import bond_contributions
from inbox.ingest import asks
from inbox.ingest.message_lines import log_team_replies, remove_former_replies
from inbox.models import Conversation, Message
from inbox.models.kept_fields import KEPT, recompute
from team import jobs
from team.jobs import background_job
from team.models import BackgroundJob

RECOMPUTE_MEMBER = "recompute-member"
FILL_ASKS = "fill-asks"
STEP = 200  # conversations


def recompute_after_staff_change(member_id: int) -> None:
    """A colleague's native answers count as the team's, in every thread where they wrote, and stand
    in the log of whom they answered. A job: there may be many."""
    jobs.start(RECOMPUTE_MEMBER, f"member:{member_id}", by=None)


@background_job(RECOMPUTE_MEMBER, words=_("Updating conversations"))
def recompute_member(job: BackgroundJob) -> bool:
    """The next STEP conversations that the member wrote in."""
    wrote = Message.objects.filter(author__member=int(job.about.removeprefix("member:")))
    theirs = wrote.order_by("conversation_id").values_list("conversation_id", flat=True).distinct()
    if job.total is None:
        job.total = theirs.count()
    batch = list(theirs.filter(conversation_id__gt=job.cursor.get("after", 0))[:STEP])
    if batch:
        recompute(batch)
        ids = list(wrote.filter(conversation__in=batch).values_list("pk", flat=True))
        log_team_replies(ids)
        remove_former_replies(ids)
        bond_contributions.changed_in(batch)
        job.done += len(batch)
        job.cursor = {"after": batch[-1]}
    return len(batch) == STEP


@background_job(FILL_ASKS, words=_("Working out response times"))
def fill_asks(job: BackgroundJob) -> bool:
    """The asks of the next STEP conversations, the newest first: those of before they were kept."""
    before = job.cursor.get("before")
    rest = Conversation.objects.filter(pk__lt=before) if before else Conversation.objects.all()
    if job.total is None:
        job.total = rest.order_by("-pk").values_list("pk", flat=True).first() or 0
    batch = list(rest.order_by("-pk").values_list("pk", flat=True)[:STEP])
    recompute(batch)
    if batch:
        job.cursor = {"before": batch[-1]}
        job.done = job.total - batch[-1]
    return len(batch) == STEP


def repair_drift(most: int = 1000) -> dict[int, list[str]]:
    """Mend a random sample of conversations; which of them were wrong, and in which fields.

    Anything in the answer is a bug somewhere: all code that changes a message recomputes.
    """
    with transaction.atomic():
        newest = Conversation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        wanted = random.sample(range(1, newest + 1), min(most, newest))
        sample = Conversation.objects.filter(pk__in=wanted).order_by("pk")
        before = {row["id"]: row for row in sample.select_for_update().values("id", *KEPT)}
        # while they are worked out for the first time, most are missing
        wrong_asks = asks.drifted(sample) if jobs.unfinished("asks") is None else []
        recompute(before)
        after = {row["id"]: row for row in sample.values("id", *KEPT)}
    wrong = {
        pk: [name for name in KEPT if before[pk][name] != row[name]]
        for pk, row in after.items()
        if before[pk] != row
    }
    for pk in wrong_asks:
        wrong.setdefault(pk, []).append("asks")
    return wrong
