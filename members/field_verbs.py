"""What is done with the fields that a team adds to its members: made, edited, removed, undone."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from team import actions
from team.actions import Changes, one_by_one, put_fields_back, verb
from team.models import Action, User

from .custom_fields import new_key
from .models import Field, FieldType
from .models.field import MOST_FIELDS

ON = "members.field"


class FieldRefused(Exception):
    """A field that can't be so: a sentence."""


@one_by_one
def _undo_create(action: Action, by: User) -> bool:
    made = Field.objects.filter(pk=action.object_id, removed_at__isnull=True)
    return bool(made.update(removed_at=timezone.now()))


@verb(
    "create",
    on=ON,
    right="can_manage_team",
    words=_("added the field %(object)s"),
    undo=_undo_create,
)
def create(
    name: str, kind: str, *, by: User, choices: list[str] | None = None, help: str = ""
) -> Changes:
    """FieldRefused where another has the name, or there are too many."""
    with transaction.atomic():
        if Field.objects.current().count() >= MOST_FIELDS:
            raise FieldRefused(_now("There can be at most %(n)s fields.") % {"n": MOST_FIELDS})
        try:
            with transaction.atomic():
                made = Field.objects.create(
                    key=new_key(name),
                    name=name,
                    kind=FieldType(kind),
                    choices=choices or [],
                    help=help,
                )
        except IntegrityError:
            raise _taken(name) from None
        return actions.record("create", [made], by=by, after={"name": name})


@verb(
    "edit",
    on=ON,
    right="can_manage_team",
    words=_("edited the field %(object)s"),
    undo=put_fields_back,
)
def edit(field: Field, *, by: User, **fields: Any) -> Changes:
    """Any of name, choices and help; its kind stays, since members have values of it. FieldRefused
    where another has the name."""
    with transaction.atomic():
        locked = Field.objects.current().select_for_update().filter(pk=field.pk).first()
        if locked is None:
            return Changes()
        after = {name: value for name, value in fields.items() if getattr(locked, name) != value}
        if not after:
            return Changes()
        before = {name: getattr(locked, name) for name in after}
        try:
            with transaction.atomic():
                Field.objects.filter(pk=field.pk).update(**after)
        except IntegrityError:
            raise _taken(after["name"]) from None
        return actions.record("edit", [locked], by=by, before=before, after=after)


@verb(
    "delete",
    on=ON,
    right="can_manage_team",
    words=_("deleted the field %(object)s"),
    undo=put_fields_back,
)
def delete(field: Field, *, by: User) -> Changes:
    """Nobody is shown it or its values any more; Undo brings both back."""
    now = timezone.now()
    with transaction.atomic():
        there = Field.objects.filter(pk=field.pk, removed_at__isnull=True)
        if not there.update(removed_at=now):
            return Changes()
        after = {"removed_at": now.isoformat()}
        return actions.record("delete", [field], by=by, before={"removed_at": None}, after=after)


def _taken(name: str) -> FieldRefused:
    return FieldRefused(_now("There’s already a field “%(name)s”.") % {"name": name})
