"""Saved replies are made, edited and deleted; each can be undone."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import SavedReply
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, put_fields_back, verb
from team.models import Action, User
from team.trail_nouns import Noun

ON = "inbox.savedreply"
trail_nouns.register(
    ON,
    Noun(
        hidden=_("a private saved reply"),
        gone=_("a deleted saved reply"),
        named=_("the saved reply “%(name)s”"),
    ),
)


@one_by_one
def _undo_create(action: Action, by: User) -> bool:
    made = SavedReply.objects.current().filter(pk=action.object_id)
    return bool(made.update(removed_at=timezone.now()))


@verb(
    "create",
    on=ON,
    right="can_reply",
    words=_("created %(object)s"),
    undo=_undo_create,
)
def create(*, by: User, **fields: Any) -> Changes:
    """`fields` as the model has them; `owner` is `by`, or None for one that is shared."""
    with transaction.atomic():
        made = SavedReply.objects.create(**fields)
        return actions.record("create", [made], by=by, after={"title": made.title})


@verb(
    "edit",
    on=ON,
    right="can_reply",
    words=_("edited %(object)s"),
    undo=put_fields_back,
    lead_may_undo=True,
)
def edit(reply: SavedReply, *, by: User, **fields: Any) -> Changes:
    """Any of title, folder, language, text and owner; no Changes where nothing differs."""
    _require_theirs(reply, by)
    if "owner" in fields:
        owner = fields.pop("owner")
        fields["owner_id"] = owner.pk if owner else None
    with transaction.atomic():
        locked = SavedReply.objects.current().select_for_update().filter(pk=reply.pk).first()
        if locked is None:
            return Changes()  # somebody has just deleted it
        after = {name: value for name, value in fields.items() if getattr(locked, name) != value}
        if not after:
            return Changes()
        before = {name: getattr(locked, name) for name in after}
        SavedReply.objects.filter(pk=reply.pk).update(**after)
        return actions.record("edit", [locked], by=by, before=before, after=after)


@verb(
    "delete",
    on=ON,
    right="can_reply",
    words=_("deleted %(object)s"),
    undo=put_fields_back,
    lead_may_undo=True,
)
def delete(reply: SavedReply, *, by: User) -> Changes:
    _require_theirs(reply, by)
    now = timezone.now()
    with transaction.atomic():
        if not SavedReply.objects.current().filter(pk=reply.pk).update(removed_at=now):
            return Changes()
        after = {"removed_at": now.isoformat()}
        return actions.record("delete", [reply], by=by, before={"removed_at": None}, after=after)


def _require_theirs(reply: SavedReply, by: User) -> None:
    """Nobody changes what a colleague keeps for themselves. Raises PermissionDenied."""
    if reply.owner_id not in (None, by.pk):
        raise PermissionDenied
