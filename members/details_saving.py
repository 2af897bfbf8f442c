"""What the form of a member's details saves, under one Undo."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from team.actions import Changes
from team.models import User

from . import verbs
from .models import Member
from .owner_verbs import set_backup, set_owner

PEOPLE = ("owner", "backup", "user")  # teammates, each with a verb of its own


def save(member: Member, changed: dict[str, Any], *, by: User) -> Changes:
    """`changed`: columns of the member; PEOPLE as User or None. All of it or nothing:
    PermissionDenied where `by` may not do a part of it."""
    group = uuid.uuid4()
    columns = {name: it for name, it in changed.items() if name not in PEOPLE}
    done: list[Changes] = []
    with transaction.atomic():
        if columns:
            done.append(verbs.describe(member, by=by, group=group, **columns))
        if "owner" in changed:
            done.append(set_owner(member, changed["owner"], by=by, group=group))
        if "backup" in changed:
            done.append(set_backup(member, changed["backup"], by=by, group=group))
        if "user" in changed:
            done.append(verbs.link_user(member, changed["user"], by=by, group=group))
    return Changes(group, [action for each in done for action in each.actions])
