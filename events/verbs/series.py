"""What repeats: begun, kept ahead, edited date by date or together, ended; one Undo for each step.

Each date is an Event of its own, made up to a year ahead. What is edited together changes each of
them by the verb that changes one, so that every date keeps its own history, people and seats. Dates
that are over stay as they were. One that somebody moved keeps its own time when all are moved.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from events import local_time, retime
from events import series as rules
from events.checks import NotPossible
from events.models import Attendance, Event, EventTag, Series, State
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, put_fields_back, verb
from team.models import Action, User

from . import editing
from .editing import FIELDS

ON = "events.series"
THIS, FOLLOWING, ALL = "this", "following", "all"
SCOPES = {
    THIS: _("This date"),
    FOLLOWING: _("This date and those after"),
    ALL: _("All dates"),
}
TIMES = ("starts_at", "ends_at", "timezone")
# What a new date begins with; its times come from the rule.
KEPT = tuple(name for name in FIELDS if name not in TIMES)
trail_nouns.register(
    ON, trail_nouns.Noun(hidden=_("a series"), gone=_("a deleted series"), named="“%(name)s”")
)


# Begun and ended ----------------------------------------------------------------------------------


@one_by_one
def _undo_begin(action: Action, by: User) -> bool:
    """The first date stands alone again; the others go, but for those that people answered to."""
    row = Series.objects.select_for_update().filter(pk=action.object_id).first()
    if row is None:
        return False
    first = action.after["first"]
    others = Event.objects.present().filter(series=row).exclude(pk=first)
    answered = Attendance.objects.filter(event__in=others).values("event")
    others.exclude(pk__in=answered).update(removed_at=timezone.now())
    Event.objects.filter(pk=first).update(series=None, **action.before)
    Series.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    return True


@verb("begin", on=ON, right="can_edit_events", words=_("made a series of %(object)s"),
      undo=_undo_begin, lead_may_undo=True)  # fmt: skip
def begin(
    event: Event, repeat: rules.Repeat, *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """Of an event, which is the first date; the others are made up to a year ahead. NotPossible
    where the rule has not this day."""
    with transaction.atomic():
        event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
        start = local_time.in_place(event.starts_at, event.timezone)
        rule = repeat.rule(start)
        check(rule, start, repeat)
        fields = {
            "rule": rule,
            "starts_local": start.strftime(local_time.MINUTES),
            "minutes": _minutes(event),
            "timezone": event.timezone,
            "fields": _fields(event),
            "made_until": start.date(),
            "ended_at": None,
        }
        row, _is_new = Series.objects.update_or_create(uid=event.uid, defaults=fields)
        before = {"recurrence_id": event.recurrence_id}
        own = rules.recurrence_id(start, event.timezone)
        Event.objects.filter(pk=event.pk).update(series=row, recurrence_id=own)
        make_dates(row)
        return actions.record(
            "begin", [row], by=by, group=group, before=before, after={"first": event.pk}
        )


@verb("change", on=ON, right="can_edit_events", words=_("changed the series %(object)s"),
      undo=put_fields_back, lead_may_undo=True)  # fmt: skip
def change(row: Series, *, by: User, group: uuid.UUID | None = None, **fields: Any) -> Changes:
    """What dates are made from; the dates that are there stay as they are."""
    before = {name: _json(getattr(row, name)) for name in fields}
    after = {name: _json(value) for name, value in fields.items()}
    if before == after:
        return Changes()
    Series.objects.filter(pk=row.pk).update(**fields)
    before["made_until"] = _json(row.made_until)  # dates that are made since may be made again
    return actions.record("change", [row], by=by, group=group, before=before, after=after)


def check(rule: str, start: datetime, repeat: rules.Repeat) -> None:
    """Raises NotPossible."""
    if repeat.until and repeat.until < start.date():
        raise NotPossible(_now("The series ends before it starts."), "until")
    if not rules.begins_with(rule, start):
        said = _now("%(day)s is not one of the days it repeats on. Choose that day as well.")
        raise NotPossible(said % {"day": date_format(start, "l")}, "weekdays")


# Kept ahead ---------------------------------------------------------------------------------------


def make_all_dates() -> int:
    """Of every series, what a year ahead has and is not there yet; how many. Safe to run twice."""
    today = timezone.now().date()
    waiting = Series.objects.filter(ended_at__isnull=True, made_until__lt=rules.horizon(today))
    made = 0
    for pk in waiting.order_by("pk").values_list("pk", flat=True).iterator(200):
        with transaction.atomic():
            row = Series.objects.select_for_update().filter(pk=pk, ended_at__isnull=True).first()
            made += len(make_dates(row)) if row else 0
    return made


def make_dates(row: Series) -> list[Event]:
    """Those that are new, of a locked series or one that nobody else knows yet."""
    today = timezone.now().astimezone(local_time.zone_of(row.timezone)).date()
    until = rules.horizon(today)
    start = datetime.fromisoformat(row.starts_local)
    found = rules.between(row.rule, start, row.made_until, until)
    wanted = {event.recurrence_id: event for event in (_date_of(row, local) for local in found)}
    there = Event.objects.select_for_update(of=("self",)).filter(
        uid=row.uid, recurrence_id__in=list(wanted)
    )
    for event in there:
        new = wanted.pop(event.recurrence_id)
        if event.removed_at:  # the series was shorter for a while
            event.removed_at, event.starts_at, event.ends_at = None, new.starts_at, new.ends_at
            event.save(update_fields=["removed_at", "starts_at", "ends_at"])
    made = Event.objects.bulk_create(wanted.values())
    _give_many(row, made)
    is_full = len(found) >= rules.MOST
    row.made_until = found[-1].date() if is_full else max(until, row.made_until or until)
    row.save(update_fields=["made_until"])
    return made


def _date_of(row: Series, local: datetime) -> Event:
    fields = {name: value for name, value in row.fields.items() if name in KEPT}
    start = local_time.nearest(local, row.timezone)
    state = row.fields.get("state", State.DRAFT)
    return Event(
        **fields,
        uid=row.uid,
        recurrence_id=rules.recurrence_id(local, row.timezone),
        series=row,
        starts_at=start,
        ends_at=start + timedelta(minutes=row.minutes),
        timezone=row.timezone,
        state=state,
        published_at=timezone.now() if state == State.PUBLISHED else None,
        created_by_id=row.fields.get("created_by_id"),
    )


def _give_many(row: Series, events: Iterable[Event]) -> None:
    """Tags and co-hosts, where they are there still."""
    rows = list(events)
    tags = [EventTag(event=event, tag_id=pk) for event in rows for pk in row.fields.get("tags", [])]
    EventTag.objects.bulk_create(tags, ignore_conflicts=True)
    active = set(
        User.objects.filter(pk__in=row.fields.get("co_hosts", [])).values_list("pk", flat=True)
    )
    through = Event.co_hosts.through
    hosts = [through(event_id=event.pk, user_id=pk) for event in rows for pk in sorted(active)]
    through._default_manager.bulk_create(hosts, ignore_conflicts=True)


# Edited together ----------------------------------------------------------------------------------


def dates_in(event: Event, scope: str) -> list[Event]:
    """Those that a step is about, soonest first by what they were meant for: not those that are
    over, but for the one itself."""
    if scope == THIS or event.series_id is None:
        return [event]
    rows = Event.objects.present().filter(series=event.series_id)
    if scope == FOLLOWING:
        rows = rows.filter(recurrence_id__gte=event.recurrence_id)
    now = timezone.now()
    found = rows.order_by("recurrence_id", "pk")
    return [row for row in found if row.pk == event.pk or row.ends_at > now]


def edit(
    event: Event,
    scope: str,
    *,
    by: User,
    repeat: rules.Repeat | None = None,
    tags: Iterable[int] | None = None,
    co_hosts: Iterable[int] | None = None,
    file_ids: Iterable[int] | None = None,
    **fields: Any,
) -> Changes:
    """What differs from the date itself, of it alone or of others too; under one Undo. `repeat`:
    how it repeats from now on, None for as before; of one date alone it says nothing. Raises
    NotPossible, which says on which date."""
    told = Changes()
    with transaction.atomic():
        row = _locked(event)
        was = Event.objects.get(pk=event.pk)
        changed = {name: value for name, value in fields.items() if getattr(was, name) != value}
        own = {name: changed[name] for name in TIMES if name in changed}
        if scope == THIS:
            _edit_one(told, was, by, changed, tags, co_hosts, file_ids)
            if own and not was.moved:
                told.actions.extend(move(was, by=by, group=told.group).actions)
            return told
        many = {"tags": _differing(tags, _tags(was)), "co_hosts": _differing(co_hosts, _hosts(was))}
        plan = retime.plan(row, was, dates_in(was, scope), own, repeat)
        kept = {name: value for name, value in changed.items() if name not in TIMES}
        _edit_one(told, was, by, changed, tags, co_hosts, file_ids)
        for each in plan.rows:
            if each.pk != was.pk:
                _edit_one(told, each, by, {**kept, **plan.times.get(each.pk, {})}, **many)
        _leave_out(told, plan.left_out, by)
        new = {name: value for name, value in kept.items() if name in KEPT}
        new |= {name: list(value) for name, value in many.items() if value is not None}
        _keep(told, row, {**row.fields, **new}, plan, by)
    return told


def _edit_one(
    told: Changes,
    event: Event,
    by: User,
    fields: dict[str, Any],
    tags: Iterable[int] | None = None,
    co_hosts: Iterable[int] | None = None,
    file_ids: Iterable[int] | None = None,
) -> None:
    more = {"tags": tags, "co_hosts": co_hosts, "file_ids": file_ids}
    try:
        changes = editing.edit(event, by=by, group=told.group, **more, **fields)
    except NotPossible as error:
        day = date_format(timezone.localtime(event.starts_at), "j F Y")
        raise NotPossible(f"{day}: {error}", error.field) from None
    told.actions.extend(changes.actions)


@verb("move", on=editing.ON, right="can_edit_events", words=_("moved %(object)s by itself"),
      undo=put_fields_back, lead_may_undo=True)  # fmt: skip
def move(event: Event, *, by: User, group: uuid.UUID | None = None) -> Changes:
    """A date that has a time of its own from now on."""
    Event.objects.filter(pk=event.pk).update(moved=True)
    before, after = {"moved": False}, {"moved": True}
    return actions.record("move", [event], by=by, group=group, before=before, after=after)


def _leave_out(told: Changes, rows: Iterable[Event], by: User) -> None:
    """Dates that the series has no more: gone, or cancelled where people answered to them."""
    for each in rows:
        if Attendance.objects.filter(event=each).exists():
            changes = editing.cancel(each, by=by, group=told.group)
        else:
            changes = editing.remove(each, by=by, group=told.group)
        told.actions.extend(changes.actions)


def _keep(told: Changes, row: Series, fields: dict[str, Any], plan: retime.Plan, by: User) -> None:
    """What new dates begin with; those that the rule has now and had not before are made."""
    changes = change(row, by=by, group=told.group, fields=fields, **plan.series)
    told.actions.extend(changes.actions)
    if plan.made_until and row.ended_at is None:
        row.refresh_from_db()
        row.made_until = plan.made_until
        made = make_dates(row)
        told.actions.extend(actions.record("create", made, by=by, group=told.group).actions)


# Published and cancelled together -----------------------------------------------------------------


def publish(event: Event, scope: str, *, by: User) -> Changes:
    """Drafts and cancelled dates of the scope. Raises NotPossible."""
    return _to(event, scope, by, State.PUBLISHED)


def cancel(event: Event, scope: str, *, by: User) -> Changes:
    """With those after it, or all of them, the series ends: no more dates are made."""
    return _to(event, scope, by, State.CANCELLED)


def _to(event: Event, scope: str, by: User, state: State) -> Changes:
    step = editing.publish if state == State.PUBLISHED else editing.cancel
    told = Changes()
    with transaction.atomic():
        row = _locked(event) if event.series_id else None
        for each in dates_in(event, scope):
            told.actions.extend(step(each, by=by, group=told.group).actions)
        if row and scope != THIS:
            if state == State.PUBLISHED:
                new: dict[str, Any] = {"fields": {**row.fields, "state": state.value}}
            else:
                new = {"ended_at": timezone.now()}
            told.actions.extend(change(row, by=by, group=told.group, **new).actions)
    return told


# Another date -------------------------------------------------------------------------------------


def add_date(event: Event, starts_at: datetime, *, by: User) -> Changes:
    """A draft like the newest edit of the series, on a day that its rule has not. NotPossible where
    a date is at that time already."""
    with transaction.atomic():
        row = _locked(event)
        local = local_time.in_place(starts_at, row.timezone)
        key = rules.recurrence_id(local, row.timezone)
        if Event.objects.filter(uid=row.uid, recurrence_id=key).exists():
            raise NotPossible(_now("The series has a date at that time already."), "starts_at")
        fields = {name: value for name, value in row.fields.items() if name in KEPT}
        return editing.create(
            by=by,
            tags=row.fields.get("tags", []),
            co_hosts=row.fields.get("co_hosts", []),
            **fields,
            uid=row.uid,
            recurrence_id=key,
            series_id=row.pk,
            moved=True,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=row.minutes),
            timezone=row.timezone,
        )


# Below the verbs ----------------------------------------------------------------------------------


def _locked(event: Event) -> Series:
    """Of a date of one; Series.DoesNotExist for what stands alone."""
    return Series.objects.select_for_update().get(pk=event.series_id or 0)


def _fields(event: Event) -> dict[str, Any]:
    fields = {name: getattr(event, name) for name in KEPT}
    more = {"tags": _tags(event), "co_hosts": _hosts(event), "created_by_id": event.created_by_id}
    return {**fields, **more, "state": event.state}


def _minutes(event: Event) -> int:
    return int((event.ends_at - event.starts_at).total_seconds() // 60)


def _tags(event: Event) -> list[int]:
    return sorted(EventTag.objects.filter(event=event).values_list("tag", flat=True))


def _hosts(event: Event) -> list[int]:
    return sorted(event.co_hosts.values_list("pk", flat=True))


def _differing(wanted: Iterable[int] | None, had: list[int]) -> list[int] | None:
    ids = None if wanted is None else sorted(set(wanted))
    return None if ids is None or ids == had else ids


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
