"""What an event is tied to, such as the conversations about it.

The row keeps the key, the title and the address of what it is tied to, as they were; whether
somebody may see it goes by its scope.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events import answers
from events.models import Event, EventLink
from members import hooks
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

ON = "events.eventlink"
LONGEST_TITLE = 300
trail_nouns.register(
    ON, trail_nouns.Noun(hidden=_("a link"), gone=_("a deleted link"), named="“%(name)s”")
)


@one_by_one
def _undo_link(action: Action, by: User) -> bool:
    there = EventLink.objects.present().filter(pk=action.object_id)
    return _put(action.object_id, bool(there.update(removed_at=timezone.now())))


@verb("link", on=ON, right="can_edit_events", words=_("linked %(object)s to an event"),
      undo=_undo_link, lead_may_undo=True)  # fmt: skip
def link(event: Event, key: str, *, by: User, group: uuid.UUID | None = None) -> Changes:
    """`key`: of something that `by` may see; ValueError for any other. No Changes where it was
    linked before."""
    thing = hooks.thing(by, key)
    if thing is None:
        raise ValueError(f"nothing to link: {key[:60]}")
    with transaction.atomic():
        said = {"title": thing.title[:LONGEST_TITLE], "url": thing.url, "scope": thing.scope}
        row, is_new = EventLink.objects.select_for_update().get_or_create(
            event=event, key=thing.key, defaults={**said, "by": by}
        )
        if not is_new:
            if row.removed_at is None:
                return Changes()
            fields = {**said, "by": by, "at": timezone.now(), "removed_at": None}
            EventLink.objects.filter(pk=row.pk).update(**fields)
        answers.publish(event)
        return actions.record("link", [row], by=by, group=group)


@one_by_one
def _undo_unlink(action: Action, by: User) -> bool:
    gone = EventLink.objects.filter(pk=action.object_id, removed_at__isnull=False)
    return _put(action.object_id, bool(gone.update(removed_at=None)))


@verb("unlink", on=ON, right="can_edit_events", words=_("took %(object)s off an event"),
      undo=_undo_unlink, lead_may_undo=True)  # fmt: skip
def unlink(row: EventLink, *, by: User) -> Changes:
    with transaction.atomic():
        there = EventLink.objects.present().filter(pk=row.pk)
        if not there.update(removed_at=timezone.now()):
            return Changes()
        answers.publish(row.event)
        return actions.record("unlink", [row], by=by)


def _put(pk: int, done: bool) -> bool:
    if done:
        answers.publish(EventLink.objects.select_related("event").get(pk=pk).event)
    return done
