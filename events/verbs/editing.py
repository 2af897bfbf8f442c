"""Events themselves: made, edited, published, cancelled, removed, and all of it undone.

Dates of a series are edited together by ../series verbs, which call these for each date.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events import answers, change_notices, event_bonds, event_names
from events.checks import check
from events.models import Attendance, Event, EventTag, State
from team import actions, files, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

ON = "events.event"
trail_nouns.register(
    ON, trail_nouns.Noun(hidden=_("an event"), gone=_("a deleted event"), named="“%(name)s”")
)

# What a person edits. Those of CALENDAR stand in the calendars of who comes.
CALENDAR = (
    "title", "purpose", "starts_at", "ends_at", "timezone", "venue", "address", "link",
    "venue_link",
)  # fmt: skip
FIELDS = (
    *CALENDAR, "kind", "content", "cover_words", "notes", "host_id", "capacity", "most_guests",
    "visibility", "reminders", "thanks", "feedback", "greet_newcomers",
)  # fmt: skip

OF_BONDS = ("host_id", "co_hosts", "starts_at", "kind")  # what a bond by an event depends on


@one_by_one
def _undo_create(action: Action, by: User) -> bool:
    """Not once somebody has answered."""
    if Attendance.objects.filter(event=action.object_id).exists():
        return False
    there = Event.objects.present().filter(pk=action.object_id)
    return bool(there.update(removed_at=timezone.now()))


@verb("create", on=ON, right="can_edit_events", words=_("created %(object)s"),
      undo=_undo_create, lead_may_undo=True)  # fmt: skip
def create(
    *,
    by: User,
    tags: Iterable[int] = (),
    co_hosts: Iterable[int] = (),
    file_ids: Iterable[int] = (),
    group: uuid.UUID | None = None,
    **fields: Any,
) -> Changes:
    """A draft. `tags`, `co_hosts`: ids. The event is the object of the only action. NotPossible
    where something of it is not."""
    row = Event(**{"host_id": by.pk, **fields}, created_by=by)
    check(row)
    with transaction.atomic():
        row.save()
        _set_many(row, tags, co_hosts)
        files.claim(file_ids, row.files_key, by=by)
        return actions.record("create", [row], by=by, group=group)


@one_by_one
def _undo_edit(action: Action, by: User) -> bool:
    """Not where somebody changed it since, or what it had less of is taken by now."""
    row = (
        Event.objects.present().select_for_update(of=("self",)).filter(pk=action.object_id).first()
    )
    if row is None or row.version != action.after["version"]:
        return False
    before = dict(action.before)
    capacity = before.get("capacity", row.capacity)
    if capacity is not None and answers.taken(row.pk) > capacity:
        return False  # the seats were given away
    title, was = row.title, _state(row)
    _set_many(row, before.pop("tags"), before.pop("co_hosts"))
    files.restore(before.pop("files"), row.files_key)
    for name, value in before.items():
        setattr(row, name, _read(name, value))
    _save(row, action.after["changed"])
    change_notices.tell_of_move(row, was)
    event_names.renamed(row.pk, title, row.title)
    answers.give_seats(row)
    return True


@verb("edit", on=ON, right="can_edit_events", words=_("edited %(object)s"),
      undo=_undo_edit, lead_may_undo=True)  # fmt: skip
def edit(
    event: Event,
    *,
    by: User | None,
    tags: Iterable[int] | None = None,
    co_hosts: Iterable[int] | None = None,
    file_ids: Iterable[int] | None = None,
    group: uuid.UUID | None = None,
    **fields: Any,
) -> Changes:
    """Some of FIELDS; no Changes where nothing differs. `by`: None for an imported calendar. More
    seats go to who waits. NotPossible where something of it is not, such as fewer seats than people
    going."""
    with transaction.atomic():
        row = answers.lock(event.pk)
        before = _whole(row)
        for name, value in fields.items():
            setattr(row, name, value)
        check(row)
        _set_many(row, tags, co_hosts)
        if file_ids is not None and by is not None:
            files.keep_only(file_ids, row.files_key, by=by)
        after = _whole(row)
        if before == after:
            return Changes()
        changed = {name for name in after if after[name] != before[name]}
        _save(row, changed)
        change_notices.tell_of_move(row, before)
        event_names.renamed(row.pk, before["title"], row.title)
        answers.give_seats(row)
        kept = {name: before[name] for name in {*changed, "tags", "co_hosts", "files"}}
        said = {"version": row.version, "changed": sorted(changed)}
        return actions.record("edit", [row], by=by, group=group, before=kept, after=said)


def _undo_state(rows: Sequence[Action], by: User) -> set[int]:
    """Not where its state was changed since."""
    done = set()
    for action in rows:
        there = Event.objects.filter(pk=action.object_id, state=action.after["state"])
        was = {name: _read(name, value) for name, value in action.before.items()}
        if there.update(**was, **_heard()):
            change_notices.tell_of_state(
                Event.objects.get(pk=action.object_id), action.after["state"]
            )
            done.add(action.pk)
    return done


@verb("publish", on=ON, right="can_edit_events", words=_("published %(object)s"),
      undo=_undo_state, lead_may_undo=True)  # fmt: skip
def publish(event: Event, *, by: User | None, group: uuid.UUID | None = None) -> Changes:
    """A draft, or one that was cancelled, which takes answers from now on."""
    return _to(event, State.PUBLISHED, "publish", by, group, cancelled_at=None)


@verb("cancel", on=ON, right="can_edit_events", words=_("cancelled %(object)s"),
      undo=_undo_state, lead_may_undo=True)  # fmt: skip
def cancel(event: Event, *, by: User | None, group: uuid.UUID | None = None) -> Changes:
    """Everybody who is going, may come or waits is told; see change_notices."""
    return _to(event, State.CANCELLED, "cancel", by, group, cancelled_at=timezone.now())


@one_by_one
def _undo_remove(action: Action, by: User) -> bool:
    gone = Event.objects.filter(pk=action.object_id, removed_at__isnull=False)
    return bool(gone.update(removed_at=None))


@verb("remove", on=ON, right="can_edit_events", words=_("deleted %(object)s"),
      undo=_undo_remove, lead_may_undo=True)  # fmt: skip
def remove(event: Event, *, by: User, group: uuid.UUID | None = None) -> Changes:
    """A draft, or what nobody answered to; what people go to is cancelled instead: NotPossible."""
    with transaction.atomic():
        row = answers.lock(event.pk)
        check(row, removing=True)
        Event.objects.filter(pk=row.pk).update(removed_at=timezone.now())
        return actions.record("remove", [row], by=by, group=group)


def duplicate(event: Event, *, by: User, starts_at: datetime) -> Changes:
    """A draft like it that starts then, without its people, links and files."""
    fields = {name: getattr(event, name) for name in FIELDS}
    fields |= {"starts_at": starts_at, "ends_at": starts_at + (event.ends_at - event.starts_at)}
    return create(by=by, tags=_tags(event), co_hosts=_co_hosts(event), **fields)


# Below the verbs ----------------------------------------------------------------------------------


def _to(
    event: Event, state: State, name: str, by: User | None, group: uuid.UUID | None, **fields: Any
) -> Changes:
    """No Changes where it is so already."""
    with transaction.atomic():
        row = answers.lock(event.pk)
        if row.state == state:
            return Changes()
        check(row)
        before = {"state": row.state, **{key: _write(getattr(row, key)) for key in fields}}
        if state == State.PUBLISHED and row.published_at is None:
            before["published_at"] = None
            fields["published_at"] = timezone.now()
        Event.objects.filter(pk=row.pk).update(state=state, **fields, **_heard())
        row.refresh_from_db()
        change_notices.tell_of_state(row, before["state"])
        answers.give_seats(row)
        answers.publish(row)
        return actions.record(
            name, [row], by=by, group=group, before=before, after={"state": state}
        )


def _heard() -> dict[str, Any]:
    """What calendars are told by."""
    return {
        "sequence": F("sequence") + 1,
        "version": F("version") + 1,
        "changed_at": timezone.now(),
    }


def _save(row: Event, changed: Iterable[str]) -> None:
    row.version += 1
    if set(changed) & set(OF_BONDS):
        event_bonds.event_changed(row)
    if set(changed) & set(CALENDAR):
        row.sequence += 1
        row.changed_at = timezone.now()
    row.save()
    answers.publish(row)


def _set_many(row: Event, tags: Iterable[int] | None, co_hosts: Iterable[int] | None) -> None:
    if co_hosts is not None:
        row.co_hosts.set(co_hosts)
    if tags is not None:
        wanted = set(tags)
        EventTag.objects.filter(event=row).exclude(tag__in=wanted).delete()
        EventTag.objects.bulk_create(
            [EventTag(event=row, tag_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
        )


def _tags(row: Event) -> list[int]:
    return sorted(EventTag.objects.filter(event=row).values_list("tag", flat=True))


def _co_hosts(row: Event) -> list[int]:
    return sorted(row.co_hosts.values_list("pk", flat=True))


def _state(row: Event) -> dict[str, Any]:
    return {name: _write(getattr(row, name)) for name in FIELDS}


def _whole(row: Event) -> dict[str, Any]:
    return {
        **_state(row),
        "tags": _tags(row),
        "co_hosts": _co_hosts(row),
        "files": files.ids_of(row.files_key),
    }


def _write(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("_at") and value else value
