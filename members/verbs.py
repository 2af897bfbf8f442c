"""What the team writes down about a member: stage, owner, details, tags, notes, who is staff."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from . import hooks, log, trail_words
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


@verb(
    "stage",
    on=ON,
    right="can_edit_members",
    words=_("changed the stage of %(object)s"),
    undo=_undo_fields,
    lead_may_undo=True,
    details=trail_words.stages,
)
def set_stage(member: Member, stage: str, *, by: User) -> Changes:
    with transaction.atomic():
        after = {"stage": Stage(stage).value, "stage_pinned": True}
        changes = _change("stage", member, after, by)
        words = str(_("Became a %s")) % Stage(stage).label.lower()
        log.log(
            Line(
                member_id=member.pk,
                kind=ActivityKind.STAGE,
                summary=words,
                key=f"action:{changes.actions[0].pk}",
                scope="",
                actor_id=by.pk,
            )
        )
    return changes


@verb(
    "own",
    on=ON,
    right="can_edit_members",
    words=_("changed the owner of %(object)s"),
    undo=_undo_fields,
    lead_may_undo=True,
    details=trail_words.owners,
)
def set_owner(member: Member, owner: User | None, *, by: User) -> Changes:
    return _change("own", member, {"owner_id": owner.pk if owner else None}, by)


@verb(
    "describe",
    on=ON,
    right="can_edit_members",
    words=_("edited the details of %(object)s"),
    undo=_undo_fields,
    lead_may_undo=True,
)
def describe(member: Member, *, by: User, **fields: Any) -> Changes:
    """Correct name, pronouns, place, timezone, languages or do_not_contact."""
    return _change("describe", member, fields, by)


@verb(
    "staff",
    on=ON,
    right="can_link_staff",
    words=_("changed the teammate linked to %(object)s"),
    undo=_undo_fields,
)
def link_user(member: Member, user: User | None, *, by: User) -> Changes:
    """Say that this member is a colleague: their native answers become the team's."""
    with transaction.atomic():
        changes = _change("staff", member, {"user_id": user.pk if user else None}, by)
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
    for row in batch:
        if row.verb == "tag" and row.after["added"]:
            MemberTag.objects.filter(member=row.object_id, tag=row.after["tag"]).delete()
        elif row.verb == "untag":
            MemberTag.objects.bulk_create(
                [MemberTag(member_id=row.object_id, tag_id=row.before["tag"])],
                ignore_conflicts=True,
            )
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
def tag(member: Member, name: str, *, by: User) -> Changes:
    """ValueError when the name is blank."""
    with transaction.atomic():
        named = Tag.named(name)
        _row, added = MemberTag.objects.get_or_create(member=member, tag=named)
        return actions.record("tag", [member], by=by, after={"tag": named.pk, "added": added})


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


def _change(name: str, member: Member, fields: dict[str, Any], by: User) -> Changes:
    """Set fields and keep what they were, so that undo can put them back."""
    with transaction.atomic():
        locked = Member.objects.select_for_update().get(pk=member.pk)
        before = {field: getattr(locked, field) for field in fields}
        for field, value in fields.items():
            setattr(member, field, value)
        member.save(update_fields=list(fields))
        return actions.record(name, [member], by=by, before=before, after=fields)
