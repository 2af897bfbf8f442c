"""Events of a calendar's file that somebody uploaded: written down, so that one Undo takes all of
them back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Attendance, Event
from team import actions
from team.actions import Changes, verb
from team.models import Action, User

from .editing import ON


def _undo_import(rows: Sequence[Action], by: User) -> set[int]:
    """What was made goes, unless people have answered to it; what was changed is as before, unless
    somebody changed it since."""
    made = {row.object_id: row.pk for row in rows if not row.before}
    answered = set(Attendance.objects.filter(event__in=made).values_list("event", flat=True))
    gone = Event.objects.present().filter(pk__in=made.keys() - answered)
    ids = list(gone.values_list("pk", flat=True))
    Event.objects.filter(pk__in=ids).update(removed_at=timezone.now())
    done = {made[pk] for pk in ids}
    for row in rows:
        if row.before:
            was = {name: _read(name, value) for name, value in row.before.items()}
            same = Event.objects.filter(pk=row.object_id, version=row.after["version"])
            up = {"version": F("version") + 1, "sequence": F("sequence") + 1}
            if same.update(**was, **up, changed_at=timezone.now()):
                done.add(row.pk)
    return done


@verb("import", on=ON, right="can_edit_events", words=_("imported %(object)s"),
      undo=_undo_import, lead_may_undo=True)  # fmt: skip
def write_down(
    added: Sequence[Event],
    changed: Sequence[tuple[Event, dict[str, Any]]],
    *,
    by: User | None,
    group: uuid.UUID,
) -> Changes:
    """`changed`: each with the fields that changed, as they were."""
    before = {row.pk: _written(was) for row, was in changed}
    rows = [*added, *(row for row, _was in changed)]
    return actions.record(
        "import", rows, by=by, group=group,
        before=lambda row: before.get(row.pk, {}), after=lambda row: {"version": row.version},
    )  # fmt: skip


def _written(was: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in was.items()}


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("_at") and value else value
