"""Long work outside the request, in steps that are safe to repeat.

    @background_job("delete-source", words=_("Deleting %(name)s"))
    def delete_source(job: BackgroundJob) -> bool: ...

A step does a bounded piece (a second at most), moves `job.done` and `job.cursor` on, and answers
whether there is more. It runs in one transaction with the job's row locked: what a killed worker
had not committed is done again, and no two workers do the same step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community_hub.lib import queue

from .models import BackgroundJob, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

log = structlog.get_logger(__name__)

TURN = 10.0  # seconds: then other tasks get their turn
RETRY_FIRST, RETRY_LAST = timedelta(seconds=10), timedelta(hours=1)
MOST_SHOWN = 20
KEPT = timedelta(days=30)  # how long a finished job's row is kept

Step = Callable[[BackgroundJob], bool]


@dataclass(frozen=True)
class Kind:
    """`words` say on screen what is being done; %(name)s in them, to what."""

    name: str
    words: str | _StrPromise
    step: Step


_kinds: dict[str, Kind] = {}


def background_job(name: str, *, words: str | _StrPromise) -> Callable[[Step], Step]:
    """ValueError where the name is taken."""

    def register(step: Step) -> Step:
        kind = Kind(name, words, step)
        if _kinds.setdefault(name, kind) is not kind:
            raise ValueError(f"there is a job {name} already")
        return step

    return register


def start(
    kind: str,
    about: str,
    *,
    by: User | None,
    name: str = "",
    delay: timedelta = timedelta(),
    cursor: dict[str, Any] | None = None,
) -> BackgroundJob:
    """Begin it when the transaction commits, or `delay` later. One that is under way begins anew
    from its first step. `name`: what `about` is called now, if the kind's words say it. `cursor`:
    what the first step finds there. KeyError for a kind that is not registered."""
    kind = _kinds[kind].name
    run_at = timezone.now() + delay
    fresh: dict[str, Any] = {
        "by": by, "name": name[:120], "cursor": cursor or {}, "done": 0, "total": None,
        "failures": 0, "last_error": "", "run_at": run_at, "begun_at": None,
    }  # fmt: skip
    job, _created = BackgroundJob.objects.update_or_create(
        kind=kind, about=about, finished_at=None, defaults=fresh
    )
    queue.enqueue("team.tasks.run_job", job.pk, countdown=delay.total_seconds() or None)
    return job


def cancel(kind: str, about: str) -> bool:
    """Whether it was still to begin, and now will not."""
    waiting = BackgroundJob.objects.unfinished().filter(
        kind=kind, about=about, begun_at__isnull=True
    )
    return bool(waiting.delete()[0])


def stop(about: str, *, by: User) -> int:
    """End what is under way on this thing, after the step that it is at; how many there were. What
    was done stays. Others than leads stop only what they began."""
    running = BackgroundJob.objects.visible_to(by).unfinished().filter(about=about)
    return running.update(finished_at=timezone.now())


def unfinished(about: str) -> BackgroundJob | None:
    """The job under way, or to come, on this thing; the oldest of several."""
    return BackgroundJob.objects.unfinished().filter(about=about).order_by("pk").first()


def begun_by(user: User, *, since: datetime) -> list[BackgroundJob]:
    """What this user began and is under way, or was begun since then; the newest first."""
    mine = BackgroundJob.objects.filter(by=user)
    shown = mine.filter(Q(finished_at__isnull=True) | Q(created_at__gte=since))
    return list(shown.order_by("-pk")[:MOST_SHOWN])


def words_of(job: BackgroundJob) -> str:
    """A kind that this version does not know is shown by its name."""
    kind = _kinds.get(job.kind)
    return str(kind.words).replace("%(name)s", job.name or job.about) if kind else job.kind


def run(pk: int, *, seconds: float = TURN) -> None:
    """Step after step until it is finished or its turn is over; then it is queued again."""
    until = time.monotonic() + seconds
    while (again := run_step(pk)) and time.monotonic() < until:
        pass
    if again:
        queue.enqueue("team.tasks.run_job", pk)


def run_step(pk: int) -> bool:
    """Whether there is more to do now. Raises nothing: a step that fails is logged, kept on the
    job's row and tried again later, the tenth time in a row an hour later."""
    try:
        with transaction.atomic():
            return _step(pk)
    except Exception as error:
        log.exception("background job failed", job=pk)
        _put_off(pk, f"{type(error).__name__}: {error}")
        return False


def due() -> list[int]:
    """The ids of jobs that may run now: what no worker was told of, or was left by a killed one."""
    waiting = BackgroundJob.objects.unfinished().filter(run_at__lte=timezone.now())
    return list(waiting.order_by("run_at").values_list("pk", flat=True)[:100])


def forget_finished() -> None:
    BackgroundJob.objects.filter(finished_at__lt=timezone.now() - KEPT).delete()


def _step(pk: int) -> bool:
    now = timezone.now()
    free = BackgroundJob.objects.unfinished().select_for_update(skip_locked=True)
    job = free.filter(pk=pk, run_at__lte=now).first()
    if job is None or job.kind not in _kinds:
        return False
    job.begun_at = job.begun_at or now
    job.run_at = now  # a step may put the next one off
    more = _kinds[job.kind].step(job)
    job.failures, job.last_error = 0, ""
    job.finished_at = None if more else timezone.now()
    job.save()
    return more and job.run_at <= timezone.now()


def _put_off(pk: int, error: str) -> None:
    job = BackgroundJob.objects.unfinished().filter(pk=pk).first()
    if job:
        job.failures += 1
        wait = min(RETRY_LAST, RETRY_FIRST * 2 ** min(job.failures - 1, 20))
        job.run_at, job.last_error = timezone.now() + wait, error[:2000]
        job.save(update_fields=["failures", "run_at", "last_error"])
