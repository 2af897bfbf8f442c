"""Links to the door of an event: made, revoked, and both undone."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.text import typed_line
from events.answers import Refused
from events.models import DoorLink, Event
from events.models.door_link import LONGEST_HELPER, expiry
from team import trail_nouns
from team.actions import Changes, one_by_one, record, verb
from team.models import Action, User
from team.models.invitation import token_hash

ON = "events.doorlink"
trail_nouns.register(
    ON,
    trail_nouns.Noun(hidden=_("a door link"), gone=_("a deleted door link"), named="“%(name)s”"),
)


@one_by_one
def _undo_create(action: Action, by: User) -> bool:
    there = DoorLink.objects.filter(pk=action.object_id, revoked_at__isnull=True)
    return bool(there.update(revoked_at=timezone.now()))


@verb("create", on=ON, right="can_edit_events", words=_("created the door link %(object)s"),
      undo=_undo_create, lead_may_undo=True)  # fmt: skip
def create(event: Event, name: str, *, by: User) -> tuple[Changes, str]:
    """With its secret, which nothing keeps. TooLong, and Refused once it would have expired."""
    if expiry(event) <= timezone.now():
        raise Refused(_now("“%(event)s” is over, so a link would have expired.") % {"event": event})
    name = typed_line(name, LONGEST_HELPER) or _now("Door")
    token = secrets.token_urlsafe(24)
    link = DoorLink.objects.create(
        event=event, name=name, token_hash=token_hash(token), created_by=by
    )
    return record("create", [link], by=by), token


@one_by_one
def _undo_revoke(action: Action, by: User) -> bool:
    at = datetime.fromisoformat(action.after["revoked_at"])
    return bool(DoorLink.objects.filter(pk=action.object_id, revoked_at=at).update(revoked_at=None))


@verb("revoke", on=ON, right="can_edit_events", words=_("revoked the door link %(object)s"),
      undo=_undo_revoke, lead_may_undo=True)  # fmt: skip
def revoke(link: DoorLink, *, by: User) -> Changes:
    """It opens nothing from now on. No Changes where it was revoked before."""
    now = timezone.now()
    there = DoorLink.objects.filter(pk=link.pk, revoked_at__isnull=True)
    if not there.update(revoked_at=now):
        return Changes()
    return record("revoke", [link], by=by, after={"revoked_at": now.isoformat()})
