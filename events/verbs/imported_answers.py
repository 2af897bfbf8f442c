"""Answers of a list that was imported, some hundred people at a time, each with its undo."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events import answers, attendance_log
from events.models import Answer, Attendance, Event, Origin
from members import encounter_removal, resolve
from members.models import Identity, Member, Sighting
from team import actions
from team.actions import verb
from team.models import Action, User

from .attending import ON

STATE = ("answer", "guests", "answered_at", "waiting_since", "checked_in_at")
TIMES = ("answered_at", "waiting_since", "checked_in_at")


class PersonLike(Protocol):
    """As attendance_rows.Person."""

    @property
    def network(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def guests(self) -> int: ...
    @property
    def came(self) -> bool: ...
    @property
    def came_at(self) -> datetime | None: ...
    @property
    def answered_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class _Account:
    """An address that nobody has confirmed: `email` stays empty."""

    network: str
    external_id: str
    display_name: str
    handle: str
    email: str = ""
    profile_url: str = ""
    avatar_url: str = ""
    bio: str = ""
    is_bot: bool = False
    is_us: bool = False
    links: tuple[str, ...] = ()


def _undo(rows: Sequence[Action], by: User) -> set[int]:
    """Not where they said something else since. Who was made a member by it, and of whom nothing
    else is known, goes."""
    found = Attendance.objects.in_bulk([row.object_id for row in rows])
    done = set[int]()
    gone, back = list[tuple[Attendance, Action]](), list[tuple[Attendance, Action]]()
    for action in rows:
        row = found.get(action.object_id)
        if row is None or _state(row) != {k: action.after[k] for k in STATE}:
            continue
        done.add(action.pk)
        (back if action.before else gone).append((row, action))
    _take_away([row for row, _action in gone])
    for row, action in back:
        came = row.checked_in_at is not None
        for name in STATE:
            value = action.before[name]
            setattr(row, name, datetime.fromisoformat(value) if value and name in TIMES else value)
        names = [action.after["answer"]] if row.answer != action.after["answer"] else []
        if came and row.checked_in_at is None:
            names.append(attendance_log.CAME)
        attendance_log.remove([row], names)
    kept = [row for row, _action in back]
    Attendance.objects.bulk_update(kept, STATE)
    for event_id in {row.event_id for row in kept}:
        event = Event.objects.get(pk=event_id)
        attendance_log.write(event, [row for row in kept if row.event_id == event_id])
    _forget({action.after["made"] for _row, action in gone if action.after["made"]})
    return done


@verb("import", on=ON, right="can_edit_events", words=_("imported the answer of %(object)s"),
      undo=_undo, lead_may_undo=True)  # fmt: skip
def take_over(
    event: Event, persons: Sequence[PersonLike], *, by: User, group: uuid.UUID
) -> Counter[str]:
    """How many were "added", "changed", "unchanged" and "new" members. Also of an event that is
    over, and beyond its seats: what the list says was promised elsewhere."""
    counts = Counter[str]()
    with transaction.atomic():
        locked = answers.lock(event.pk)
        members, made = _members(persons)
        unique = {members[one.network, one.key]: one for one in reversed(persons)}
        rows = {
            row.member_id: row
            for row in Attendance.objects.filter(event=locked, member__in=unique).select_related(
                "member"
            )
        }
        pks = [row.pk for row in rows.values()]
        said = Action.objects.filter(group=group, object_type=ON, object_id__in=pks)
        earlier = set(said.values_list("object_id", flat=True))  # further up in the same list
        unique = {
            member: one
            for member, one in unique.items()
            if member not in rows or rows[member].pk not in earlier
        }
        added, changed, before = [], [], dict[int, dict[str, Any]]()
        for member_id, one in unique.items():
            row = rows.get(member_id)
            if row is None:
                row = Attendance(event=locked, member_id=member_id, origin=Origin.IMPORT)
                _say(row, one, locked)
                added.append(row)
                continue
            was = _state(row)
            _say(row, one, locked)
            if _state(row) != was:
                before[row.pk] = was
                changed.append(row)
        _write(locked, added, changed, before)
        actions.record(
            "import", [*added, *changed], by=by, group=group,
            before=lambda row: before.get(row.pk, {}),
            after=lambda row: {**_state(row), "made": made.get(row.member_id, 0)},
        )  # fmt: skip
        answers.publish(locked)
    counts.update(added=len(added), changed=len(changed), new=len(made))
    counts["unchanged"] += len(unique) - len(added) - len(changed)
    counts["left_out"] += len(persons) - len(unique)
    return counts


# Below the verb -----------------------------------------------------------------------------------


def _members(persons: Sequence[PersonLike]) -> tuple[dict[tuple[str, str], int], dict[int, int]]:
    """Whose each address or account is; and who was made a member for it, by their id."""
    wanted = {(one.network, one.key): one for one in reversed(persons)}  # the first one counts
    networks = {network for network, _key in wanted}
    keys = [key for _network, key in wanted]
    known = Identity.objects.filter(network__in=networks, external_id__in=keys)
    found = {
        (network, key): member
        for network, key, member in known.values_list("network", "external_id", "member")
        if (network, key) in wanted
    }
    missing = [
        _Account(network, key, one.name, "" if one.name else key)
        for (network, key), one in wanted.items()
        if (network, key) not in found
    ]
    resolved = {key: it.member_id for key, it in resolve.resolve(missing).items()}
    return {**found, **resolved}, {member: member for member in resolved.values()}


def _say(row: Attendance, one: PersonLike, event: Event) -> None:
    """Somebody's own answer here stays; that they came is added."""
    now = timezone.now()
    if row.pk is None or row.origin == Origin.IMPORT or row.answer == Answer.INVITED:
        answered = one.answered_at or row.answered_at or min(now, event.starts_at)
        if row.answer != one.answer or row.pk is None:
            row.answer = one.answer
            row.answered_at = None if one.answer == Answer.INVITED else answered
            row.invited_at = now if one.answer == Answer.INVITED else row.invited_at
            row.waiting_since = answered if one.answer == Answer.WAITING else None
        row.guests = one.guests
    if one.came and row.checked_in_at is None:
        row.checked_in_at = one.came_at or event.starts_at


def _write(
    event: Event,
    added: list[Attendance],
    changed: list[Attendance],
    before: dict[int, dict[str, Any]],
) -> None:
    Attendance.objects.bulk_create(added)
    Attendance.objects.bulk_update(changed, [*STATE, "invited_at"])
    for row in changed:
        if before[row.pk]["answer"] != row.answer:
            attendance_log.remove([row], [before[row.pk]["answer"]])
    attendance_log.write(event, [*added, *changed])
    attendance_log.write_came(event, [*added, *changed])


def _take_away(rows: list[Attendance]) -> None:
    attendance_log.remove(rows, [*Answer.values, attendance_log.CAME])
    Attendance.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _forget(members: set[int]) -> None:
    """Those of whom there is the imported account and nothing else."""
    accounts = Identity.objects.filter(member__in=members)
    seen = set(Sighting.objects.filter(identity__in=accounts).values_list("identity", flat=True))
    rows = [row for row in accounts if row.pk not in seen]
    Identity.objects.filter(pk__in=[row.pk for row in rows]).delete()
    encounter_removal.only_made(members).delete()
    still = set(Member.objects.filter(pk__in=members).values_list("pk", flat=True))
    Identity.objects.bulk_create([row for row in rows if row.member_id in still])


def _state(row: Attendance) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in STATE}
    return {k: v.isoformat() if isinstance(v, datetime) else str(v) if k == "answer" else v
            for k, v in values.items()}  # fmt: skip
