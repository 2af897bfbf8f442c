"""Undo of what is too much for a request: a job that goes through a group's actions."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from community_hub.lib.keyset import counted

from . import actions, jobs
from .jobs import background_job
from .models import Action, BackgroundJob, User
from .models.job import ACTIONS

AT_ONCE = 2_000  # actions that are undone within a request
STEP = 500
UNDO = "undo"


def is_much(group: uuid.UUID) -> bool:
    waiting = Action.objects.filter(group=group, undone_at__isnull=True)
    return counted(waiting, AT_ONCE + 1) > AT_ONCE


def start(group: uuid.UUID, *, by: User) -> BackgroundJob:
    return jobs.start(UNDO, f"{ACTIONS}{group}", by=by)


@background_job(UNDO, words=_("Undoing"))
def undo_step(job: BackgroundJob) -> bool:
    """Newest first. `cursor["before"]`: the last action that was looked at; what could not be
    undone stays."""
    waiting = Action.objects.filter(group=job.group, undone_at__isnull=True)
    if job.total is None:
        job.total = waiting.count()
    if before := job.cursor.get("before"):
        waiting = waiting.filter(pk__lt=before)
    rows = list(waiting.select_for_update().order_by("-pk")[:STEP])
    if not rows or job.by is None or not job.by.is_active:
        return False
    still = actions.undoable(rows)
    actions.undo_actions([row for row in rows if row.pk in still], by=job.by)
    job.done += len(rows)
    job.cursor = {"before": rows[-1].pk}
    return True
