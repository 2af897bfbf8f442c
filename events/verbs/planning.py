"""What the form of an event saves: the event, how it repeats, and what it is about; one Undo."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from events.models import Event
from events.series import Repeat
from team.actions import Changes
from team.models import User

from . import editing, linking, series


def plan(*, by: User, repeat: Repeat | None = None, about: str = "", **fields: Any) -> Changes:
    """A draft, which is the object of the first action. `about`: the key of what it is linked to.
    NotPossible where something of it is not."""
    group = uuid.uuid4()
    with transaction.atomic():
        told = editing.create(by=by, group=group, **fields)
        made = Event.objects.get(pk=told.actions[0].object_id)
        if about:
            told.actions.extend(linking.link(made, about, by=by, group=group).actions)
        if repeat:
            told.actions.extend(series.begin(made, repeat, by=by, group=group).actions)
    return told


def change(
    event: Event,
    scope: str,
    *,
    by: User,
    repeat: Repeat | None = None,
    file_ids: Iterable[int] | None = None,
    **fields: Any,
) -> Changes:
    """`scope` is of series.SCOPES; one that stands alone begins a series where it has a `repeat`.
    Raises NotPossible."""
    if event.series_id:
        return series.edit(event, scope, by=by, repeat=repeat, file_ids=file_ids, **fields)
    group = uuid.uuid4()
    with transaction.atomic():
        told = Changes(group)
        changes = editing.edit(event, by=by, file_ids=file_ids, group=group, **fields)
        told.actions.extend(changes.actions)
        if repeat:
            told.actions.extend(series.begin(event, repeat, by=by, group=group).actions)
    return told
