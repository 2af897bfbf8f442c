"""Who hosts events, of many at once: for a hand-over. A single event is edited, see editing.py."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from events import answers, event_bonds
from events.models import Event, Series
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from .editing import ON


@one_by_one
def _undo_host(action: Action, by: User) -> bool:
    """Not where somebody else hosts it by now."""
    given = {"to": action.after["host_id"], "back": action.before["host_id"]}
    rows = Event.objects.present().filter(pk=action.object_id, host=given["to"])
    if not rows.update(host=given["back"], version=F("version") + 1):
        return False
    event = Event.objects.get(pk=action.object_id)
    _change_series([event], given["to"], given["back"])
    event_bonds.event_changed(event)
    answers.publish(event)
    return True


@verb("host", on=ON, right="can_edit_events", words=_("gave %(object)s to another host"),
      undo=_undo_host, lead_may_undo=True)  # fmt: skip
def set_host(
    events: Iterable[Event], to: User, *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """Of events with one host, dates of a series among them: its further dates are theirs too. No
    Changes where there are none."""
    with transaction.atomic():
        ids = [event.pk for event in events]
        locked = Event.objects.present().select_for_update(of=("self",)).filter(pk__in=ids)
        rows = [row for row in locked.order_by("pk") if row.host_id != to.pk]
        if not rows:
            return Changes()
        before = {row.pk: row.host_id for row in rows}
        changed = Event.objects.filter(pk__in=before)
        changed.update(host=to, version=F("version") + 1)
        for host in set(before.values()):
            _change_series([row for row in rows if row.host_id == host], host, to.pk)
        for row in rows:
            event_bonds.event_changed(row)
            answers.publish(row)
        return actions.record(
            "host", rows, by=by, group=group,
            before=lambda row: {"host_id": before[row.pk]}, after={"host_id": to.pk},
        )  # fmt: skip


def _change_series(events: Sequence[Event], was: int | None, host: int | None) -> None:
    """What a new date of their series begins with."""
    ids = {event.series_id for event in events if event.series_id}
    for series in Series.objects.filter(pk__in=ids, fields__host_id=was).order_by("pk"):
        series.fields = {**series.fields, "host_id": host}
        series.save(update_fields=["fields"])
