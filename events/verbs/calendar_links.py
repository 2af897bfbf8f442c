"""A colleague's own calendar links: made, and revoked."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from events.models import CalendarLink
from events.models.calendars import token_hash
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

ON = "events.calendarlink"
MOST = 5  # that work, of one colleague
trail_nouns.register(
    ON,
    trail_nouns.Noun(
        hidden=_("a calendar link"), gone=_("a deleted calendar link"),
        named=_("their calendar link of %(name)s"),
    ),
)  # fmt: skip


class TooMany(ValueError):
    """With a sentence that says what to do."""


@one_by_one
def _undo_make(action: Action, by: User) -> bool:
    made = CalendarLink.objects.filter(pk=action.object_id, revoked_at__isnull=True)
    return bool(made.update(revoked_at=timezone.now()))


@verb("make", on=ON, right=None, words=_("created %(object)s"), undo=_undo_make)
def make(*, by: User) -> tuple[Changes, str]:
    """With the token, which is kept nowhere. TooMany where some work already."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        if CalendarLink.objects.visible_to(by).working().count() >= MOST:
            raise TooMany(_now("You have five calendar links. Revoke one that you don’t use."))
        token = secrets.token_urlsafe(32)
        link = CalendarLink.objects.create(user=by, token_hash=token_hash(token))
        return actions.record("make", [link], by=by), token


@one_by_one
def _undo_revoke(action: Action, by: User) -> bool:
    gone = CalendarLink.objects.filter(pk=action.object_id, revoked_at__isnull=False)
    return bool(gone.update(revoked_at=None))


@verb("revoke", on=ON, right=None, words=_("revoked %(object)s"), undo=_undo_revoke)
def revoke(link: CalendarLink, *, by: User) -> Changes:
    """Calendars that read it find nothing from now on. No Changes where it was revoked before."""
    there = CalendarLink.objects.visible_to(by).filter(pk=link.pk, revoked_at__isnull=True)
    if not there.update(revoked_at=timezone.now()):
        return Changes()
    return actions.record("revoke", [link], by=by)
