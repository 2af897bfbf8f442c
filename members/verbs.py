"""What the team writes down about members: stage, details, tags, notes, who is staff.

Stage and tags are set on one member or on many, in the same statements.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from . import hooks, log, stage_words, tag_verbs, trail_words
from .log import Line
from .models import Activity, ActivityKind, Member, MemberTag, Stage, Tag, Visibility

ON = "members.member"


@one_by_one
def _undo_fields(action: Action, by: User) -> bool:
    """Not where somebody changed it since, or has linked the colleague to another member."""
    unchanged = Member.objects.filter(pk=action.object_id, **action.after)
    try:
        with transaction.atomic():
            if not unchanged.update(**action.before):
                return False
    except IntegrityError:
        return False
    log.remove([f"action:{action.pk}"])
    if action.verb == "staff":
        hooks.staff_changed(action.object_id)
    return True


def undo_kept_fields(batch: Sequence[Action], by: User) -> set[int]:
    """As `_undo_fields`, of any number of members in a few statements."""
    by_member = {action.object_id: action for action in batch}
    rows = _locked(by_member)
    unchanged = {
        pk: by_member[pk]
        for pk, row in rows.items()
        if all(getattr(row, field) == value for field, value in by_member[pk].after.items())
    }
    _write({pk: action.before for pk, action in unchanged.items()})
    done = {action.pk for action in unchanged.values()}
    log.remove(f"action:{pk}" for pk in done)
    return done


@verb(
    "stage",
    on=ON,
    right="can_edit_members",
    words=_("changed the stage of %(object)s"),
    undo=undo_kept_fields,
    lead_may_undo=True,
    details=trail_words.stages,
)
def set_stage(
    members: Member | Iterable[Member], stage: str, *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """Set by hand, so it stays; ValueError for a stage that there is not. Teammates and bots have
    none."""
    after = {"stage": Stage(stage).value, "stage_pinned": True}
    words = stage_words.summary(stage)
    with transaction.atomic():
        having = [row for row in _several(members) if not (row.user_id or row.is_bot)]
        changes = change_all("stage", having, after, by, group)
        log.log_many(
            Line(
                member_id=action.object_id,
                kind=ActivityKind.STAGE,
                summary=words,
                key=f"action:{action.pk}",
                scope="",
                actor_id=by.pk,
            )
            for action in changes.actions
        )
    return changes


@verb(
    "describe",
    on=ON,
    right="can_edit_members",
    words=_("edited the details of %(object)s"),
    undo=_undo_fields,
    lead_may_undo=True,
)
def describe(member: Member, *, by: User, group: uuid.UUID | None = None, **fields: Any) -> Changes:
    """Correct name, pronouns, place, timezone, languages, interests, birthday, do_not_contact or
    fields."""
    return _change("describe", member, fields, by, group)


@verb(
    "staff",
    on=ON,
    right="can_link_staff",
    words=_("changed the teammate linked to %(object)s"),
    undo=_undo_fields,
)
def link_user(
    member: Member, user: User | None, *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """Say that this member is a colleague: their native answers become the team's."""
    with transaction.atomic():
        changes = _change("staff", member, {"user_id": user.pk if user else None}, by, group)
        hooks.staff_changed(member.pk)
    return changes


# Notes: private lines of the log, what the next colleague should know ----------------------------


@one_by_one
def _undo_note(action: Action, by: User) -> bool:
    written = action.verb == "note"
    pk = (action.after if written else action.before)["note"]
    note = Activity.objects.filter(pk=pk, member=action.object_id, removed_at__isnull=written)
    return bool(note.update(removed_at=timezone.now() if written else None))


@verb("note", on=ON, right="can_note", words=_("added a note about %(object)s"), undo=_undo_note)
def add_note(member: Member, text: str, *, by: User, visibility: str = Visibility.TEAM) -> Changes:
    with transaction.atomic():
        note = log.log(
            Line(
                member_id=member.pk,
                kind=ActivityKind.NOTE,
                summary=text.strip(),
                key=f"note:{uuid.uuid4()}",
                scope="",
                actor_id=by.pk,
                visibility=Visibility(visibility),
            )
        )
        return actions.record("note", [member], by=by, after={"note": note})


@verb(
    "unnote", on=ON, right="can_note", words=_("removed a note about %(object)s"), undo=_undo_note
)
def remove_note(member: Member, note: Activity, *, by: User) -> Changes:
    """Only who wrote it removes it; nothing changes when it was not theirs or is gone already."""
    with transaction.atomic():
        mine = log.own_notes(member, by).filter(pk=note.pk)
        if not mine.update(removed_at=timezone.now()):
            return Changes()
        return actions.record("unnote", [member], by=by, before={"note": note.pk})


# Tags --------------------------------------------------------------------------------------------


def _undo_tags(batch: Sequence[Action], by: User) -> set[int]:
    """In one statement for each tag. One that is gone for good is not put back."""
    added: dict[int, list[int]] = defaultdict(list)
    removed: dict[int, list[int]] = defaultdict(list)
    for row in batch:
        if row.verb == "untag":
            removed[row.before["tag"]].append(row.object_id)
        elif row.after["added"]:
            added[row.after["tag"]].append(row.object_id)
    for pk, members in added.items():
        MemberTag.objects.filter(member__in=members, tag=pk).delete()
    tag_verbs.remove_unused({row.after["tag"] for row in batch if row.after.get("made")})
    for tag in Tag.objects.filter(pk__in=removed):
        _put_tag(tag, removed[tag.pk])
    return {row.pk for row in batch}


@verb(
    "tag",
    on=ON,
    right="can_tag",
    words=_("tagged %(object)s"),
    undo=_undo_tags,
    lead_may_undo=True,
    details=trail_words.tags,
)
def tag(
    members: Member | Iterable[Member], name: str, *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """ValueError when the name is blank. Undo leaves it where it was before."""
    rows = _several(members)
    with transaction.atomic():
        named, made = Tag.found_or_made(name)
        pks = [row.pk for row in rows]
        had = MemberTag.objects.filter(member__in=pks, tag=named)
        before = set(had.values_list("member_id", flat=True))
        _put_tag(named, pks)
        return actions.record(
            "tag", rows, by=by, group=group,
            after=lambda row: {"tag": named.pk, "added": row.pk not in before, "made": made},
        )  # fmt: skip


@verb(
    "untag",
    on=ON,
    right="can_tag",
    words=_("removed a tag from %(object)s"),
    undo=_undo_tags,
    lead_may_undo=True,
    details=trail_words.tags,
)
def untag(member: Member, tag: Tag, *, by: User) -> Changes:
    with transaction.atomic():
        if not MemberTag.objects.filter(member=member, tag=tag).delete()[0]:
            return Changes()
        return actions.record("untag", [member], by=by, before={"tag": tag.pk})


# Below the verbs ---------------------------------------------------------------------------------


def _several(members: Member | Iterable[Member]) -> list[Member]:
    return [members] if isinstance(members, Member) else list(members)


def _locked(pks: Iterable[int]) -> dict[int, Member]:
    rows = Member.objects.filter(pk__in=list(pks)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True)}


def _write(fields: dict[int, dict[str, Any]]) -> None:
    """Set these fields of these members: a statement for each set of values, of which there are
    few."""
    alike: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
    for pk, values in fields.items():
        alike[tuple(sorted(values.items()))].append(pk)
    for values_of_all, pks in alike.items():
        Member.objects.filter(pk__in=pks).update(**dict(values_of_all))


def change_all(
    name: str,
    members: Member | Iterable[Member],
    after: dict[str, Any] | Callable[[Member], dict[str, Any]],
    by: User,
    group: uuid.UUID | None,
) -> Changes:
    """`after`: the same for all, or made of each as it is in the database. Those that are so
    already are left alone. The instances given are brought up to date."""
    given = _several(members)
    with transaction.atomic():
        rows = _locked(row.pk for row in given)
        wanted = {pk: after(row) if callable(after) else after for pk, row in rows.items()}
        before = {
            pk: {field: getattr(row, field) for field in wanted[pk]} for pk, row in rows.items()
        }
        changed = [row for pk, row in rows.items() if before[pk] != wanted[pk]]
        _write({row.pk: wanted[row.pk] for row in changed})
        for member in given:
            for field, value in wanted.get(member.pk, {}).items():
                setattr(member, field, value)
        return actions.record(
            name,
            changed,
            by=by,
            group=group,
            before=lambda row: before[row.pk],
            after=lambda row: wanted[row.pk],
        )


def _put_tag(tag: Tag, members: Iterable[int]) -> None:
    MemberTag.objects.bulk_create(
        [MemberTag(member_id=pk, tag=tag) for pk in members], ignore_conflicts=True
    )


def _change(
    name: str, member: Member, fields: dict[str, Any], by: User, group: uuid.UUID | None = None
) -> Changes:
    """Set fields and keep what they were, so that undo can put them back."""
    with transaction.atomic():
        locked = Member.objects.select_for_update().get(pk=member.pk)
        before = {field: getattr(locked, field) for field in fields}
        for field, value in fields.items():
            setattr(member, field, value)
        member.save(update_fields=list(fields))
        return actions.record(name, [member], by=by, before=before, after=fields, group=group)
