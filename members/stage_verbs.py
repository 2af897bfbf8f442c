"""What people decide about stages: that the rule decides again, and what the rule asks for."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from team import actions, jobs, trail_nouns
from team.actions import Changes, put_fields_back, verb
from team.jobs import background_job
from team.models import Action, BackgroundJob, User

from . import log, stage_rule, stage_words
from .log import Line
from .models import ActivityKind, Member, Milestones
from .stage_sql import NUMBERS
from .verbs import change_all, undo_kept_fields

REVIEW = "review-stages"
ABOUT = "stages"

trail_nouns.register(
    "members.milestones",
    trail_nouns.Noun(
        hidden=_("the milestones of stages"),
        gone=_("the milestones of stages"),
        named=_("the milestones of stages"),
    ),
)


@verb(
    "unpin-stage",
    on="members.member",
    right="can_edit_members",
    words=_("let the milestones decide on the stage of %(object)s"),
    undo=undo_kept_fields,
    lead_may_undo=True,
)
def unpin_stage(member: Member, *, by: User) -> Changes:
    """Their stage is that of the milestones from now on. Nothing changes for whoever is not pinned,
    or has no stage."""
    standing = stage_rule.standing_of(member)
    if standing is None:
        return Changes()
    after = {"stage": standing.by_rule, "stage_pinned": False}
    why = stage_words.by_rule(standing.activities, standing.days)
    with transaction.atomic():
        if not Member.objects.filter(pk=member.pk, stage_pinned=True).exists():
            return Changes()
        changes = change_all("unpin-stage", member, after, by, None)
        log.log_many(
            Line(
                member_id=action.object_id, kind=ActivityKind.STAGE, key=f"action:{action.pk}",
                scope="", actor_id=by.pk, summary=stage_words.summary(standing.by_rule, why),
            )
            for action in changes.actions
        )  # fmt: skip
    return changes


def _undo_milestones(batch: Sequence[Action], by: User) -> set[int]:
    done = set(put_fields_back(batch, by))
    if done:
        jobs.start(REVIEW, ABOUT, by=by)
    return done


@verb(
    "milestones",
    on="members.milestones",
    right="can_manage_team",
    words=_("changed %(object)s"),
    undo=_undo_milestones,
)
def set_milestones(given: Milestones, *, by: User) -> Changes:
    """They hold at once; who has another stage by them is moved by a job."""
    with transaction.atomic():
        now, _made = Milestones.objects.select_for_update().get_or_create(pk=1)
        before = {name: getattr(now, name) for name in NUMBERS}
        after = {name: getattr(given, name) for name in NUMBERS}
        if before == after:
            return Changes()
        Milestones.objects.filter(pk=1).update(**after)
        now.refresh_from_db()
        changes = actions.record("milestones", [now], by=by, before=before, after=after)
        jobs.start(REVIEW, ABOUT, by=by)
    return changes


@background_job(REVIEW, words=_("Updating stages"))
def review_step(job: BackgroundJob) -> bool:
    """The next members by id."""
    if job.total is None:
        job.total = Member.objects.count()
    checked, last = stage_rule.settle(job.cursor.get("after", 0))
    job.done += checked
    job.cursor = {"after": last}
    return bool(last)
