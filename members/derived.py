"""Keeping derived rows up to date, and making all of them anew.

`update` works out whoever something changed for, `rebuild` drops everything and works out everybody
as if for the first time: what comes of it must be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from community_hub.lib import prepared_sql, table_statistics
from team import hours

from . import bond_pass, hooks, outreach_pass, rhythm_pass
from .models import Activity, Bond, DerivedRun, Member, Outreach, Rhythm, SoleContact, StaleMember

NAME = "relationships"
BATCH = 1_000  # members
OVERLAP = 1_000  # lines that may be on their way while the first run begins
LOCK = 5_302_117  # of PostgreSQL's advisory locks: one run at a time

_CHANGED = """
select member_id from members_activity where id > %(after)s
union select member_id from members_stalemember
union select member_id from members_rhythm where due_on <= %(today)s
union select k.member_id from members_rhythm k join members_member m on m.id = k.member_id
    where (m.is_bot or m.user_id is not null) and k.last_active_on is not null
"""


@dataclass(frozen=True)
class DerivedStep:
    """Further rows that `rebuild` makes anew: `drop` takes them away, `work_out` makes all."""

    name: str
    drop: Callable[[], None]
    work_out: Callable[[], None]


further_steps: list[DerivedStep] = []


def update() -> int:
    """Work out those for whom something changed since the last run; how many there were. Everybody
    at the first run, and after the hub moved to another timezone."""
    run, zone = _run(), _zone()
    newest = Activity.objects.aggregate(newest=Max("pk"))["newest"] or 0
    is_first = run.zone != zone
    members = _everybody() if is_first else _changed(run.through_before)
    if len(members) > BATCH:  # as after an import
        table_statistics.analyse_what_grew()
    _work_out(members, zone)
    run.through_before = max(0, newest - OVERLAP) if is_first else run.through
    run.through, run.zone = newest, zone
    run.save()
    return len(members)


def rebuild() -> int:
    """Drop and make everything anew; how many members there are. What people set stays."""
    with transaction.atomic():
        _lock()
        Bond.objects.all().delete()
        SoleContact.objects.all().delete()
        Outreach.objects.all().delete()
        Rhythm.objects.filter(cadence_days=None, contact_due_on=None).delete()
        Rhythm.objects.update(
            active_days=0,
            median_gap=None,
            last_active_on=None,
            quiet_since=None,
            came_back_on=None,
            due_on=None,
        )
        DerivedRun.objects.filter(name=NAME).delete()
        for step in further_steps:
            step.drop()
    worked = update()
    for step in further_steps:
        step.work_out()
    return worked


def work_out(members: Sequence[int]) -> None:
    """These, at once: for what a person did and looks at next."""
    _work_out(members, _zone())


# Below ------------------------------------------------------------------------------------------


def _work_out(members: Sequence[int], zone: str) -> None:
    for batch in _batches(members):
        with transaction.atomic():
            _lock()
            StaleMember.objects.filter(member__in=batch).delete()
            rhythm_pass.work_out(batch, _today(), zone)
            bond_pass.work_out(batch, zone)
            outreach_pass.work_out(batch, zone)


def _changed(after: int) -> list[int]:
    statements = [_CHANGED, *(each.touched for each in hooks.bond_contributions if each.touched)]
    with connection.cursor() as cursor:
        cursor.execute(" union ".join(statements), {"after": after, "today": _today()})
        return sorted(pk for (pk,) in cursor.fetchall())


def _everybody() -> list[int]:
    return list(Member.objects.order_by("pk").values_list("pk", flat=True))


def _run() -> DerivedRun:
    return DerivedRun.objects.filter(name=NAME).first() or DerivedRun(name=NAME)


def _batches(members: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(members), BATCH):
        yield members[start : start + BATCH]


def _lock() -> None:
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])


def _today() -> date:
    return hours.of_hub().local().date()


def _zone() -> str:
    return str(hours.of_hub().zone)
