"""What is done with organisations themselves: edited, merged, deleted, and all of it undone.

Who is there is a verb of the member, in affiliation_verbs.py; the first affiliation makes one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live
from team import actions, saved_queries
from team.actions import Changes, one_by_one, put_fields_back, verb
from team.models import Action, User

from . import organisation_words
from .models import Affiliation, Organisation
from .models.organisation import organisation_name

ON = "members.organisation"
REFERS_TO = "organisation"  # what org: names, for saved queries


class NameTaken(Exception):
    """Another organisation has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return _now("There’s already an organisation “%(name)s”.") % {"name": self.name}


def _undo_edit(rows: Sequence[Action], by: User) -> Collection[int]:
    done = put_fields_back(rows, by)
    for row in rows:
        if row.pk in done and "name" in row.after:
            _rename_in_views(row.object_id, row.after["name"], row.before["name"])
    return done


@verb(
    "edit",
    on=ON,
    right="can_edit_members",
    words=_("edited %(object)s"),
    undo=_undo_edit,
    lead_may_undo=True,
    details=organisation_words.edited,
)
def edit(organisation: Organisation, *, by: User, **fields: Any) -> Changes:
    """Name, website or both; no Changes where nothing differs. Saved queries follow a new name.
    ValueError where it can't be one or the website is none, NameTaken where another has it."""
    if "name" in fields:
        fields["name"] = organisation_name(fields["name"])
    if not (fields.get("website") or "https://").lower().startswith(("https://", "http://")):
        raise ValueError(_now("Enter a web address, such as https://example.org/."))
    with transaction.atomic():
        there = Organisation.objects.current().select_for_update().filter(pk=organisation.pk)
        locked = there.first()
        if locked is None:
            return Changes()  # somebody has just deleted it
        after = {field: value for field, value in fields.items() if getattr(locked, field) != value}
        if not after:
            return Changes()
        before = {field: getattr(locked, field) for field in after}
        try:
            with transaction.atomic():
                Organisation.objects.filter(pk=locked.pk).update(**after)
        except IntegrityError as error:
            raise NameTaken(after["name"]) from error
        if "name" in after:
            _rename_in_views(locked.pk, before["name"], after["name"])
        return actions.record("edit", [locked], by=by, before=before, after=after)


def _undo_delete(rows: Sequence[Action], by: User) -> Collection[int]:
    done = put_fields_back(rows, by)
    live.publish("team", "views", {})
    return done


@verb(
    "delete",
    on=ON,
    right="can_edit_members",
    words=_("deleted %(object)s"),
    undo=_undo_delete,
    lead_may_undo=True,
)
def delete(organisation: Organisation, *, by: User) -> Changes:
    """It goes from every member; Undo brings it back there."""
    with transaction.atomic():
        after = _removed_now(organisation.pk)
        if not after:
            return Changes()
        live.publish("team", "views", {})  # those that name it are counted anew
        before = {"removed_at": None}
        return actions.record("delete", [organisation], by=by, before=before, after=after)


def remove_unused(pk: int) -> None:
    """One that was made by giving it to a member, which is being undone: where nobody else is or
    was there, no saved query names it, and nobody has edited it since."""
    edited = Action.objects.filter(object_type=ON, object_id=OuterRef("pk"))
    others = Affiliation.objects.filter(organisation=OuterRef("pk"), removed_at__isnull=True)
    made = Organisation.objects.current().filter(~Exists(edited), ~Exists(others), pk=pk)
    found = made.select_for_update(of=("self",)).first()
    if found and not saved_queries.is_named(REFERS_TO, found.name):
        _removed_now(pk)


# Merging -----------------------------------------------------------------------------------------


@one_by_one
def _undo_merge(action: Action, by: User) -> bool:
    """Those who were moved go back, but for whom somebody has moved on since."""
    gone = Organisation.objects.filter(pk=action.object_id, removed_at=action.after["removed_at"])
    into, moved = action.after["into"], action.after["moved"]
    try:
        with transaction.atomic():
            if not gone.update(removed_at=None):
                return False
            there = Affiliation.objects.filter(pk__in=moved, organisation=into)
            there.update(organisation=action.object_id)
    except IntegrityError:
        return False
    if website := action.after["website"]:
        Organisation.objects.filter(pk=into, website=website).update(website="")
    saved_queries.put_texts_back(action.after["views"])
    return True


@verb(
    "merge",
    on=ON,
    right="can_edit_members",
    words=_("merged %(object)s into another"),
    undo=_undo_merge,
    lead_may_undo=True,
    details=organisation_words.merged,
)
def merge(organisation: Organisation, into: Organisation, *, by: User) -> Changes:
    """Everybody there is at `into`, which gets the website where it has none; saved queries ask for
    it, and `organisation` is gone. ValueError where they are one."""
    if organisation.pk == into.pk:
        raise ValueError("an organisation is not merged into itself")
    with transaction.atomic():
        both = Organisation.objects.current().filter(pk__in=[organisation.pk, into.pk])
        locked = {row.pk: row for row in both.select_for_update().order_by("pk")}
        if len(locked) < 2:
            return Changes()  # somebody was faster
        old, new = locked[organisation.pk], locked[into.pk]
        views = _rename_in_views(old.pk, old.name, new.name)
        website = "" if new.website else old.website
        if website:
            Organisation.objects.filter(pk=new.pk).update(website=website)
        after = {
            **_removed_now(old.pk),
            "into": new.pk,
            "moved": _moved(old, new),
            "website": website,
            "views": views,
        }
        return actions.record("merge", [old], by=by, before={"removed_at": None}, after=after)


def _moved(old: Organisation, new: Organisation) -> list[int]:
    """The ids of the affiliations that were moved: of a role that somebody has at both, for the
    same time, one is enough, and that of `old` stays with it."""
    rows = Affiliation.objects.filter(organisation=old).select_for_update().order_by("pk")
    taken = {_key(row) for row in Affiliation.objects.filter(organisation=new, removed_at=None)}
    moved = [row.pk for row in rows if row.removed_at or _key(row) not in taken]
    Affiliation.objects.filter(pk__in=moved).update(organisation=new)
    return moved


def _key(row: Affiliation) -> tuple[Any, ...]:
    return row.member_id, row.role.lower(), row.since, row.until


# Below the verbs ---------------------------------------------------------------------------------


def _rename_in_views(pk: int, old: str, new: str) -> dict[int, tuple[str, str]]:
    """In the queries of those who may know that it is there."""

    def known_to(user: User) -> bool:
        return Organisation.objects.visible_to(user).filter(pk=pk).exists()

    return saved_queries.rename_value(REFERS_TO, old, new, known_to=known_to)


def _removed_now(pk: int) -> dict[str, str]:
    """As it is written down; {} where it was removed before."""
    now = timezone.now()
    done = Organisation.objects.current().filter(pk=pk).update(removed_at=now)
    return {"removed_at": now.isoformat()} if done else {}
