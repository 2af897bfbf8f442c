"""Who of the team looks after members: their owner, and the backup who steps in for the owner.

Set on one member or on many, in the same statements.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from team.actions import Changes, verb
from team.models import User

from . import trail_words
from .models import Member
from .verbs import ON, change_all, undo_kept_fields


@verb(
    "own",
    on=ON,
    right="can_edit_members",
    words=_("changed the owner of %(object)s"),
    undo=undo_kept_fields,
    lead_may_undo=True,
    details=trail_words.owners,
)
def set_owner(
    members: Member | Iterable[Member],
    owner: User | None,
    *,
    by: User,
    group: uuid.UUID | None = None,
) -> Changes:
    """Nobody stands in for themselves: whose backup becomes the owner has no backup any more."""
    pk = owner.pk if owner else None

    def after(row: Member) -> dict[str, Any]:
        steps_up = pk is not None and row.backup_id == pk
        return {"owner_id": pk} | ({"backup_id": None} if steps_up else {})

    return change_all("own", members, after, by, group)


@verb(
    "back-up",
    on=ON,
    right="can_edit_members",
    words=_("changed the backup of %(object)s"),
    undo=undo_kept_fields,
    lead_may_undo=True,
    details=trail_words.backups,
)
def set_backup(
    members: Member | Iterable[Member],
    backup: User | None,
    *,
    by: User,
    group: uuid.UUID | None = None,
) -> Changes:
    """Members whom this teammate owns are left alone: nobody stands in for themselves."""
    pk = backup.pk if backup else None

    def after(row: Member) -> dict[str, Any]:
        is_owner = pk is not None and row.owner_id == pk
        return {"backup_id": row.backup_id if is_owner else pk}

    return change_all("back-up", members, after, by, group)
