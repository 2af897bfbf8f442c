"""What runs by the clock: `@scheduled` beside its function, and the table of runs.

    @scheduled(
        every=timedelta(seconds=5),
        name="inbox.tasks.deliver_due",
        label=_("Send replies that are due"),
    )
    def deliver_due() -> None: ...

The function becomes a Celery task of that name, and an entry of beat's schedule. A run by a worker
claims the job's row first: of two beats that start it at once one does it, and a job that is still
running is not started again until its `timeout` has passed. A direct call is a plain call.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import TYPE_CHECKING, Any

import structlog
from celery import current_app, shared_task
from celery.schedules import crontab
from django.db import DatabaseError, connection, transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

log = structlog.get_logger(__name__)
TIMEOUT = timedelta(minutes=5)  # CELERY_TASK_TIME_LIMIT: a worker ends it by then
# For a job that takes a moment, and that two may do at once: where its worker is killed, the next
# round is not far away.
SHORT = timedelta(seconds=20)
ENDED = "Its worker ended it: it ran out of time, or the worker was stopped."
GRACE = timedelta(minutes=1)  # a start that is later than this, or a tenth of `every`, was missed


class RunStatus(TextChoices):
    FAILED = "failed", _("Failed")
    UNFINISHED = "unfinished", _("Didn’t finish")
    MISSED = "missed", _("Missed")
    RUNNING = "running", _("Running")
    OK = "ok", _("OK")
    NOT_RUN = "not_run", _("Not run yet")

    @property
    def level(self) -> str:
        """How it is coloured; "" for neither."""
        return {"failed": "bad", "unfinished": "bad", "missed": "warn", "ok": "good"}.get(self, "")


@dataclass(frozen=True)
class Job:
    """`label`: what it does, on screen. `at`: the time of day in UTC, for one that runs daily."""

    name: str
    label: str | _StrPromise
    every: timedelta
    at: clock | None
    timeout: timedelta


@dataclass(frozen=True)
class Run:
    """What the table knows of a job; None where it has not run yet. `took` in seconds. `seen_at`:
    since when it is in the schedule."""

    job: Job
    seen_at: datetime
    started_at: datetime | None = None
    succeeded_at: datetime | None = None
    took: float | None = None
    error: str = ""
    running_until: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.running_until is not None and self.running_until > timezone.now()

    @property
    def never_ended(self) -> bool:
        """It was started, did not end, and its time is over."""
        return self.running_until is not None and not self.is_running

    @property
    def next_at(self) -> datetime | None:
        if self.started_at is None:
            return None
        if self.job.at is None:
            return self.started_at + self.job.every
        return _at(self.job.at, self.started_at + timedelta(days=1))

    @property
    def is_missed(self) -> bool:
        """Also where it never started since it was seen in the schedule."""
        due = self.next_at or self._first_at
        late = max(GRACE, self.job.every / 10)
        return not self.is_running and timezone.now() > due + late

    @property
    def _first_at(self) -> datetime:
        if self.job.at is None:
            return self.seen_at + self.job.every
        today = _at(self.job.at, self.seen_at)
        return today if today > self.seen_at else today + timedelta(days=1)

    @property
    def status(self) -> RunStatus:
        if self.error:
            return RunStatus.FAILED
        if self.never_ended:
            return RunStatus.UNFINISHED
        if self.is_missed:
            return RunStatus.MISSED
        if self.is_running:
            return RunStatus.RUNNING
        return RunStatus.OK if self.started_at else RunStatus.NOT_RUN

    @property
    def is_well(self) -> bool:
        return self.status in (RunStatus.OK, RunStatus.RUNNING, RunStatus.NOT_RUN)


def _at(at: clock, day: datetime) -> datetime:
    """That time of the day, both in UTC."""
    return datetime.combine(day.astimezone(UTC).date(), at, tzinfo=UTC)


_jobs: dict[str, Job] = {}


def scheduled(
    *,
    every: timedelta,
    name: str,
    label: str | _StrPromise,
    at: clock | None = None,
    timeout: timedelta = TIMEOUT,
) -> Callable[[Callable[[], None]], Any]:
    """ValueError where the name is taken."""

    def register(function: Callable[[], None]) -> Any:
        if name in _jobs:
            raise ValueError(f"There is a job {name} already")
        _jobs[name] = job = Job(name, label, every, at, timeout)

        def task(self: Any) -> None:
            if self.request.called_directly:
                function()
            else:
                run(job, function)

        task.__doc__ = function.__doc__
        return shared_task(name=name, bind=True)(task)

    return register


def beat_schedule() -> dict[str, dict[str, Any]]:
    """For Celery. What was not run in time is let go: the next round finds whatever is due."""
    return {
        job.name: {
            "task": job.name,
            "schedule": crontab(hour=str(job.at.hour), minute=str(job.at.minute))
            if job.at
            else job.every.total_seconds(),
            "options": {} if job.at else {"expires": max(15.0, job.every.total_seconds())},
        }
        for job in _jobs.values()
    }


def run(job: Job, function: Callable[[], None]) -> bool:
    """False where another one does it. What the function raises is written down and raised."""
    token = _claim(job)
    if token is None:
        return False
    begun = time.monotonic()
    try:
        function()
    except BaseException as error:
        words = ENDED if isinstance(error, SystemExit) else f"{type(error).__name__}: {error}"
        _finish(job, token, time.monotonic() - begun, words)
        raise
    _finish(job, token, time.monotonic() - begun, "")
    return True


_CLAIM = """
insert into community_hub_jobrun as r (name, seen_at, started_at, running_until, token, error)
values (%(name)s, %(now)s, %(now)s, %(until)s, %(token)s, '')
on conflict (name) do update set
    started_at = excluded.started_at, running_until = excluded.running_until,
    token = excluded.token
where (r.running_until is null or r.running_until < excluded.started_at)
  and (r.started_at is null
       or r.started_at <= excluded.started_at - make_interval(secs => %(least)s))
returning xmax = 0 as is_new
"""


def _claim(job: Job) -> uuid.UUID | None:
    """Not twice within half of its interval, whoever starts it."""
    now, token = timezone.now(), uuid.uuid4()
    values: dict[str, Any] = {
        "name": job.name,
        "now": now,
        "until": now + job.timeout,
        "token": token,
        "least": job.every.total_seconds() / 2,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        claimed = cursor.fetchone()
    if claimed and claimed[0]:  # of a hub, or a job, that is new: others may be as well
        _write_down_new(now)
    return token if claimed else None


_NEW = """
insert into community_hub_jobrun (name, seen_at, token, error)
select name, %(now)s, gen_random_uuid(), '' from unnest(%(names)s::text[]) as name
on conflict (name) do nothing
"""


def _write_down_new(now: datetime) -> None:
    """Since when each job is in the schedule: one that never starts is missed from then on."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW, {"now": now, "names": list(_jobs)})


_FINISH = """
update community_hub_jobrun set
    running_until = null, took = %(took)s, error = %(error)s,
    succeeded_at = case when %(error)s = '' then %(now)s else succeeded_at end
where name = %(name)s and token = %(token)s
"""


def _finish(job: Job, token: uuid.UUID, took: float, error: str) -> None:
    values: dict[str, Any] = {
        "name": job.name,
        "token": token,
        "took": took,
        "error": error[:2000].replace("\0", ""),
        "now": timezone.now(),
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FINISH, values)
    except DatabaseError as failure:
        log.warning("run not written down", job=job.name, error=str(failure))


def runs() -> list[Run]:
    """Of every job, by label: one query, and one more where a job is new."""
    current_app.loader.import_default_modules()  # a web process has not read the tasks yet
    columns = "name, seen_at, started_at, succeeded_at, took, error, running_until"
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns} from community_hub_jobrun")  # noqa: S608 - our own words
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    now = timezone.now()
    if not rows.keys() >= _jobs.keys():
        _write_down_new(now)
    return [Run(job, *rows.get(job.name, (now,))) for job in sorted(_jobs.values(), key=_label)]


def _label(job: Job) -> str:
    return str(job.label)
