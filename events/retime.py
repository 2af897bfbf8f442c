"""What becomes of the dates of a series when it is at another time, or repeats otherwise: which
date goes where, which are left out, and what the series is from then on. Nothing is saved here.

The first date stays the first, the second the second: a series of Tuesdays that becomes one of
Thursdays keeps each of its dates, with its people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import local_time
from . import series as rules
from .checks import NotPossible
from .models import Event, Series


@dataclass
class Plan:
    """`rows`: the dates that stay. `times`: by id, their new times. `series`: fields of the series.
    `made_until`: the day of the last of them, where dates have to be made anew from there on."""

    rows: list[Event]
    times: dict[int, dict[str, Any]] = field(default_factory=dict)
    left_out: list[Event] = field(default_factory=list)
    series: dict[str, Any] = field(default_factory=dict)
    made_until: date | None = None


def plan(
    series: Series,
    was: Event,
    rows: list[Event],
    own: dict[str, Any],
    repeat: rules.Repeat | None,
) -> Plan:
    """`was`: the date that somebody edits, `own`: its new times; `rows`: all that this is about, in
    the order of the series. Raises NotPossible."""
    if not own and (repeat is None or repeat.rule(_local(was)) == series.rule):
        return Plan(rows)
    if was.moved:
        said = _("This date was moved by itself. Change the others on one of them.")
        raise NotPossible(said, "starts_at")
    zone = own.get("timezone", was.timezone)
    start = own.get("starts_at", was.starts_at)
    length = own.get("ends_at", was.ends_at) - start
    local = local_time.in_place(start, zone)
    rule = _rule(series, was, rows, local, repeat)
    place = next(n for n, row in enumerate(rows) if row.pk == was.pk)
    locals_ = rules.around(rule, local, place, len(rows))
    stays = [_is_in(rule, each, n) for n, each in enumerate(locals_)]
    kept = [row for row, it in zip(rows, stays, strict=True) if it]
    times = {
        row.pk: _times(each, zone, length)
        for row, each, it in zip(rows, locals_, stays, strict=True)
        if it and not row.moved
    }
    fields = {
        "rule": rule,
        "starts_local": locals_[0].strftime(local_time.MINUTES),
        "minutes": int(length.total_seconds() // 60),
        "timezone": zone,
    }
    last = max(each for each, it in zip(locals_, stays, strict=True) if it)
    left_out = [row for row, it in zip(rows, stays, strict=True) if not it]
    return Plan(kept, times, left_out, fields, last.date())


def _rule(
    series: Series, was: Event, rows: list[Event], local: datetime, repeat: rules.Repeat | None
) -> str:
    """From the first of `rows` on."""
    if repeat is None:
        done = Event.objects.filter(series=series, recurrence_id__lt=rows[0].recurrence_id).count()
        return rules.shifted(series.rule, _local(was), local, done)
    rule = repeat.rule(local)
    if repeat.until and repeat.until < local.date():
        raise NotPossible(_("The series ends before it starts."), "until")
    if not rules.begins_with(rule, local):
        said = _("%(day)s is not one of the days it repeats on. Choose that day as well.")
        raise NotPossible(said % {"day": date_format(local, "l")}, "weekdays")
    return rule


def _is_in(rule: str, local: datetime, number: int) -> bool:
    """Before the end of the rule; the first date always is."""
    repeat = rules.read(rule)
    if number == 0:
        return True
    if repeat.count is not None:
        return number < repeat.count
    return repeat.until is None or local.date() <= repeat.until


def _times(local: datetime, zone: str, length: timedelta) -> dict[str, Any]:
    start = local_time.nearest(local, zone)
    return {"starts_at": start, "ends_at": start + length, "timezone": zone}


def _local(event: Event) -> datetime:
    return local_time.in_place(event.starts_at, event.timezone)
