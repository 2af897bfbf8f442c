"""A calendar's file that somebody uploaded: kept until a job has read it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.text import one_line
from team import jobs
from team.jobs import background_job
from team.models import BackgroundJob, User
from team.models.job import ACTIONS

from . import feed_pull, feed_words
from .feed_pull import MOST_BYTES, NotRead
from .models import Feed, Visibility
from .models.calendars import LONGEST_NAME
from .verbs import importing

JOB = "import-calendar"
BEHIND = timedelta(days=366)  # a file may tell of what was


class NotTaken(ValueError):
    """With a sentence that says why."""


def take(upload: UploadedFile, visibility: str, *, by: User) -> BackgroundJob:
    """Begin to import it. Raises NotTaken where it is too large, PermissionDenied."""
    importing.write_down.require(by)
    if not upload.size or upload.size > MOST_BYTES:
        raise NotTaken(feed_words.TOO_LARGE % {"most": MOST_BYTES // 1_000_000})
    wanted = Visibility(visibility)
    group = uuid.uuid4()
    path = path_of(str(group))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as kept:
        for piece in upload.chunks():
            kept.write(piece)
    name = one_line(upload.name or "", LONGEST_NAME) or _now("Calendar file")
    cursor = {"visibility": wanted.value}
    return jobs.start(JOB, f"{ACTIONS}{group}", by=by, name=name, cursor=cursor)


def path_of(group: str) -> Path:
    return Path(settings.VAR_DIR) / "imports" / f"{uuid.UUID(group)}.ics"


def of_files() -> Feed | None:
    """The calendar that stands for all uploaded files, once there was one."""
    return Feed.objects.filter(url="").order_by("pk").first()


@background_job(JOB, words=_("Importing %(name)s"))
def import_file(job: BackgroundJob) -> bool:
    path = path_of(job.group)
    by = job.by
    feed = of_files() or Feed.objects.create(url="", name=_now("Uploaded files"), created_by=by)
    feed.visibility = job.cursor["visibility"]
    now = timezone.now()
    if not path.exists():  # read already
        return False
    try:
        said, result = feed_pull.read_into(feed, path.read_bytes(), now=now, behind=BEHIND)
    except NotRead as error:
        Feed.objects.filter(pk=feed.pk).update(error=str(error)[:500], tried_at=now)
    else:
        Feed.objects.filter(pk=feed.pk).update(
            error="", tried_at=now, last_success_at=now, name=feed.name, **said
        )
        importing.write_down(result.added, result.changed, by=by, group=uuid.UUID(job.group))
        job.done = job.total = said["found"]
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return False
