"""Invitations to whom a query finds: started, and stopped."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from events import answers, invitation_sending, invitations
from events.invitations import NotPossible
from events.models import Event, Invitation, InvitationRun, InvitationState
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

ON = "events.invitationrun"
trail_nouns.register(
    ON,
    trail_nouns.Noun(
        hidden=_("invitations"), gone=_("deleted invitations"), named=_("invitations to “%(name)s”")
    ),
)


@one_by_one
def _undo_start(action: Action, by: User) -> bool:
    """What was sent by then stays sent."""
    return bool(invitation_sending.stop(action.object_id))


@verb("start", on=ON, right="can_edit_events", words=_("sent %(object)s"),
      undo=_undo_start, lead_may_undo=True)  # fmt: skip
def start(event: Event, query: str, body: str, way: str, *, by: User) -> Changes:
    """Queue one for everybody whom the query finds and who may be invited; the first goes out once
    it can't be undone any more. Raises NotPossible, and Mistake for a query that can't be read."""
    body = invitations.check(body)
    if way not in invitations.ways(by):
        raise NotPossible(_now("Choose how they are invited."), "way")
    with transaction.atomic():
        locked = answers.lock(event.pk)  # two who start at once do not invite the same people
        if not locked.takes_answers:
            raise NotPossible(answers.closed_words(locked))
        found = invitations.audience(locked, query, way, by)
        if not found.invited:
            raise NotPossible(_now("Nobody is left to invite."), "q")
        begins = timezone.now() + timedelta(seconds=settings.UNDO_SEND_SECONDS)
        run = InvitationRun.objects.create(
            event=locked, by=by, query=query, body=body, way=way, begins_at=begins
        )
        rows = invitations.rows_of(run.pk, locked, found.invited, InvitationState.QUEUED)
        rows += invitations.rows_of(run.pk, locked, found.left_out, InvitationState.LEFT)
        Invitation.objects.bulk_create(rows, batch_size=invitations.SLICE)
        return actions.record("start", [run], by=by, after={"count": len(found.invited)})


@verb("stop", on=ON, right="can_edit_events", words=_("stopped %(object)s"))
def stop(run: InvitationRun, *, by: User) -> Changes:
    """No more of them are sent. No Changes where they all were, or were stopped before."""
    with transaction.atomic():
        if not InvitationRun.objects.running().filter(pk=run.pk).exists():
            return Changes()
        stopped = invitation_sending.stop(run.pk)
        return actions.record("stop", [run], by=by, after={"count": stopped})
