"""A list of people that was exported elsewhere, into the answers to an event.

Somebody is known by a whole address or an account's id, never by a name. A list that is imported
again changes what came from a list before, and nobody's own answer; who came is added to all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib.text import one_line
from members.models import Identity
from team import jobs
from team.jobs import background_job
from team.models import BackgroundJob, User
from team.models.job import ACTIONS

from .attendance_columns import recognise
from .attendance_rows import MOST_ROWS, Broken, NotAList, Person, has_keys, header_of, keep, people
from .calendar_words import zone_of
from .models import AttendanceImport, Event
from .verbs import imported_answers

JOB = "import-attendances"
STEP = 500  # rows
MOST_SHOWN = 50  # broken rows


@dataclass
class Preview:
    """`answers`: how many of each. `broken`: the first of the rows that are left out."""

    rows: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    came: int = 0
    guests: int = 0
    matched: int = 0
    new: int = 0
    left_out: int = 0
    broken: list[Broken] = field(default_factory=list)


def take(event: Event, upload: UploadedFile, *, by: User) -> AttendanceImport:
    """Keep the file, and see what it is. Raises NotAList, PermissionDenied."""
    imported_answers.take_over.require(by)
    row = AttendanceImport(event=event, by=by, name=one_line(upload.name or "", 200) or "CSV")
    try:
        keep(upload.chunks(), row.path)
        row.source, row.columns = recognise(header_of(row.path))
        row.rows = sum(1 for _ in islice(_all(row, {"email": 0}), MOST_ROWS + 1))
        if row.rows > MOST_ROWS:
            raise NotAList(_("This list is too long. Up to 20,000 people can be imported."))
    except (NotAList, UnicodeError):
        row.path.unlink(missing_ok=True)
        raise
    row.save()
    return row


def preview(row: AttendanceImport) -> Preview:
    """Two statements for each 500 people. Raises NotAList where the file is gone."""
    found, seen = Preview(), set[tuple[str, str]]()
    if not row.path.exists():
        raise NotAList(_("This file was deleted. Upload it again."))
    for batch in _batches(_all(row, row.columns)):
        persons = []
        for one in batch:
            found.rows += 1
            if isinstance(one, Person) and (one.network, one.key) in seen:
                one = Broken(one.line, "twice", one.key)
            if isinstance(one, Broken):
                found.left_out += 1
                found.broken.extend([one] if len(found.broken) < MOST_SHOWN else [])
                continue
            seen.add((one.network, one.key))
            persons.append(one)
            found.answers[one.answer] += 1
            found.came += one.came
            found.guests += one.guests
        known = known_members(persons)
        found.matched += len(known)
        found.new += len(persons) - len(known)
    return found


def known_members(persons: Sequence[Person]) -> dict[tuple[str, str], int]:
    """Ids of members, by network and key, of those who are known."""
    wanted = Q(pk__in=[])
    for network in {one.network for one in persons}:
        keys = [one.key for one in persons if one.network == network]
        wanted |= Q(network=network, external_id__in=keys)
    rows = Identity.objects.filter(wanted).values_list("network", "external_id", "member")
    return {(network, key): member for network, key, member in rows}


def confirm(row: AttendanceImport, *, by: User) -> BackgroundJob | None:
    """Begin; None where it was begun before."""
    imported_answers.take_over.require(by)
    with transaction.atomic():
        fresh = AttendanceImport.objects.filter(pk=row.pk, confirmed_at__isnull=True)
        if not has_keys(row.columns) or not fresh.update(confirmed_at=timezone.now()):
            return None
        return jobs.start(
            JOB, f"{ACTIONS}{row.group}", by=by, name=row.name, cursor={"import": row.pk, "row": 0}
        )


def discard(row: AttendanceImport) -> None:
    """Before it was begun."""
    if row.confirmed_at is None:
        row.path.unlink(missing_ok=True)
        row.delete()


@background_job(JOB, words=_("Importing %(name)s"))
def import_rows(job: BackgroundJob) -> bool:
    row = AttendanceImport.objects.select_related("event").filter(pk=job.cursor["import"]).first()
    if row is None or row.finished_at is not None or job.by is None:
        return False
    begin = job.cursor["row"]
    job.total = row.rows
    batch = list(islice(_all(row, row.columns), begin, begin + STEP))
    counts = Counter(row.result)
    persons = [one for one in batch if isinstance(one, Person)]
    counts["left_out"] += len(batch) - len(persons)
    counts.update(imported_answers.take_over(row.event, persons, by=job.by, group=row.group))
    row.result = dict(counts)
    job.done = begin + len(batch)
    job.cursor = {**job.cursor, "row": job.done}
    more = len(batch) == STEP
    if not more:
        row.finished_at = timezone.now()
        transaction.on_commit(lambda: row.path.unlink(missing_ok=True))
    row.save(update_fields=["result", "finished_at"])
    return more


def forget_files() -> None:
    """Those that nobody confirmed within a day; the row goes as well."""
    long_ago = timezone.now() - timedelta(days=1)
    for row in AttendanceImport.objects.filter(confirmed_at=None, created_at__lt=long_ago)[:500]:
        discard(row)


def _all(row: AttendanceImport, columns: dict[str, Any]) -> Iterator[Person | Broken]:
    return people(row.path, columns, row.source, zone_of(row.event.timezone))


def _batches(rows: Iterable[Person | Broken]) -> Iterator[list[Person | Broken]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, STEP)):
        yield batch
