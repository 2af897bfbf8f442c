"""What happened with members away from any platform: logged, changed, removed, each with its undo.

Each of its people has a line in their log, which follows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.text import one_line, storable
from team import actions, files, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from .encounter_checks import (
    NAME_LENGTH,
    NotPossible,
    checked_moment,
    checked_people,
    checked_place,
    checked_text,
)
from .encounter_removal import bring_back, forget_unused, take_along
from .encounter_state import FIELDS, hide, put_people, restore, state_of
from .encounter_steps import follow_visibility
from .encounter_words import write_lines
from .models import (
    Encounter,
    EncounterKind,
    Member,
    Stage,
    Visibility,
)

ON = "members.encounter"

trail_nouns.register(
    ON,
    trail_nouns.Noun(hidden=_("an encounter"), gone=_("a deleted encounter"), named="“%(name)s”"),
)


# Logged -------------------------------------------------------------------------------------------


@one_by_one
def _undo_log(action: Action, by: User) -> bool:
    """Not once somebody has changed it. Whoever was made for it goes too, where nothing else is
    known of them."""
    if not hide(action.object_id, version=1):
        return False
    forget_unused(action.after.get("made", []))
    return True


@verb(
    "log", on=ON, right="can_edit_members", words=_("logged %(object)s"), undo=_undo_log,
    lead_may_undo=True, undone=_("Encounter removed again"),
)  # fmt: skip
def log_encounter(
    kind: str,
    people: Iterable[Member],
    *,
    by: User,
    occurred_at: datetime,
    place: str = "",
    text: str = "",
    visibility: str = Visibility.TEAM,
    new_people: Sequence[str] = (),
    colleagues: Iterable[User] = (),
    file_ids: Iterable[int] = (),
    token: uuid.UUID | None = None,
    group: uuid.UUID | None = None,
) -> Changes:
    """`new_people`: names of those who have no account anywhere. `colleagues`: who of us was there
    besides `by`. `file_ids`: what `by` uploaded for it. Nothing changes where the `token` was sent
    before. Raises NotPossible."""
    row = Encounter(
        kind=EncounterKind(kind), occurred_at=checked_moment(occurred_at),
        place=checked_place(place), text=checked_text(text),
        visibility=Visibility(visibility), by=by, token=token,
    )  # fmt: skip
    members = checked_people(people, new_people)
    with transaction.atomic():
        if not _saved(row):
            return Changes()
        made = _make(new_people, row)
        row.joined_by.set(_others(colleagues, row))
        put_people(row, [*members, *made])
        files.claim(file_ids, row.files_key, by=by)
        return actions.record("log", [row], by=by, group=group, after={"made": made})


def _saved(row: Encounter) -> bool:
    """Not where the same form was sent already; of two at once, the second waits for the first."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return False
    return True


# Changed ------------------------------------------------------------------------------------------


@one_by_one
def _undo_edit(action: Action, by: User) -> bool:
    """Not where somebody changed it since."""
    row = Encounter.objects.present().select_for_update().filter(pk=action.object_id).first()
    if row is None or row.version != action.after["version"]:
        return False
    restore(row, action.before)
    follow_visibility(row)
    forget_unused(action.after.get("made", []))
    return True


@verb(
    "edit", on=ON, right="can_edit_members", words=_("edited %(object)s"), undo=_undo_edit,
    lead_may_undo=True, undone=_("Encounter as it was before"),
)  # fmt: skip
def edit(
    encounter: Encounter,
    *,
    by: User,
    people: Iterable[Member] | None = None,
    new_people: Sequence[str] = (),
    colleagues: Iterable[User] | None = None,
    file_ids: Iterable[int] | None = None,
    **fields: Any,
) -> Changes:
    """Set some of kind, occurred_at, place, text and visibility; `people`, `colleagues` and
    `file_ids`: all that it has from now on. Raises NotPossible, and PermissionDenied where it is
    somebody else's."""
    if not encounter.may_be_changed_by(by):
        raise PermissionDenied
    members = None if people is None else checked_people(people, new_people)
    with transaction.atomic():
        row = _locked(encounter)
        before = state_of(row)
        _set(row, fields)
        made = _make(new_people, row)
        if members is not None:
            put_people(row, [*members, *made])
        if colleagues is not None:
            row.joined_by.set(_others(colleagues, row))
        if file_ids is not None:
            files.keep_only(file_ids, row.files_key, by=by)
        return _changed("edit", row, before, made, by)


@verb(
    "join", on=ON, right="can_edit_members", words=_("added to %(object)s"), undo=_undo_edit,
    lead_may_undo=True, undone=_("Encounter as it was before"),
)  # fmt: skip
def join(
    encounter: Encounter,
    people: Iterable[Member],
    *,
    by: User,
    text: str = "",
    place: str = "",
    new_people: Sequence[str] = (),
    colleagues: Iterable[User] = (),
    file_ids: Iterable[int] = (),
    group: uuid.UUID | None = None,
) -> Changes:
    """What a colleague says of the same encounter is added to it: who else was there, and their
    words below those that stand there. Raises NotPossible."""
    there = list(people)
    members = checked_people(there, new_people) if there or new_people else []
    with transaction.atomic():
        row = _locked(encounter)
        before = state_of(row)
        parts = [row.text, f"{by}: {storable(text).strip()}" if text.strip() else ""]
        _set(row, {"text": "\n\n".join(filter(None, parts)), "place": row.place or place})
        made = _make(new_people, row)
        put_people(row, [*before["people"], *members, *made])
        row.joined_by.add(*_others([by, *colleagues], row))
        files.claim(file_ids, row.files_key, by=by)
        return _changed("join", row, before, made, by, group)


# Removed ------------------------------------------------------------------------------------------


@one_by_one
def _undo_remove(action: Action, by: User) -> bool:
    hidden = Encounter.objects.filter(pk=action.object_id, removed_at__isnull=False)
    if not hidden.update(removed_at=None):
        return False
    bring_back(Encounter.objects.get(pk=action.object_id), action.before)
    return True


@verb(
    "remove", on=ON, right="can_edit_members", words=_("removed %(object)s"), undo=_undo_remove,
    lead_may_undo=True, undone=_("Encounter restored"),
)  # fmt: skip
def remove(encounter: Encounter, *, by: User) -> Changes:
    """Its next step goes with it while that is open, and whoever was made a member by it alone.
    Nothing changes where it is gone already. PermissionDenied where it is somebody else's."""
    if not encounter.may_be_changed_by(by):
        raise PermissionDenied
    with transaction.atomic():
        if not hide(encounter.pk):
            return Changes()
        return actions.record("remove", [encounter], by=by, before=take_along(encounter))


# Below the verbs ----------------------------------------------------------------------------------


def _locked(encounter: Encounter) -> Encounter:
    """NotPossible where it is gone."""
    row = Encounter.objects.present().select_for_update().filter(pk=encounter.pk).first()
    if row is None:
        raise NotPossible(_now("It was removed meanwhile."))
    return row


def _others(colleagues: Iterable[User], row: Encounter) -> list[User]:
    """Whoever logged it was there anyway."""
    return [colleague for colleague in colleagues if colleague.pk != row.by_id]


def _set(row: Encounter, fields: dict[str, Any]) -> None:
    checks: dict[str, Any] = {
        "kind": EncounterKind,
        "occurred_at": checked_moment,
        "place": checked_place,
        "text": checked_text,
        "visibility": Visibility,
    }
    for name, value in fields.items():
        setattr(row, name, checks[name](value))


def _make(names: Iterable[str], row: Encounter) -> list[int]:
    """Members without any account. Seen when they were met, so that lists have them; from now on
    where the encounter is private, whose time would be told by it."""
    wanted = [name for name in (one_line(name, NAME_LENGTH) for name in names) if name]
    at = row.occurred_at if row.visibility == Visibility.TEAM else timezone.now()
    made = Member.objects.bulk_create(
        Member(name=name, stage=Stage.OUTSIDER, first_seen=at, last_seen=at) for name in wanted
    )
    return [member.pk for member in made]


def _changed(
    name: str,
    row: Encounter,
    before: dict[str, Any],
    made: list[int],
    by: User,
    group: uuid.UUID | None = None,
) -> Changes:
    """Written down, where it is another than before."""
    after = state_of(row)
    if after == before:
        return Changes()
    row.version += 1
    row.save(update_fields=[*FIELDS, "version"])
    write_lines(row, after["people"])
    follow_visibility(row)
    after |= {"version": row.version, "made": made}
    return actions.record(name, [row], by=by, group=group, before=before, after=after)
