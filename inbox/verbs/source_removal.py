"""Disconnect a source, or delete it with everything that came from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live
from community_hub.lib.keyset import counted
from community_hub.lib.paths import path
from inbox.models import Conversation, Delivery, DeliveryState, Message, Source, SourceState
from inbox.verbs import access
from members import follow_ups, log, sightings
from members.models import Member
from team import actions, jobs, view_counts
from team.actions import Changes, one_by_one, verb
from team.jobs import background_job
from team.models import Action, BackgroundJob, Grant, Notification, User
from team.notifications import notify

ON = "inbox.source"
DELETE = "delete-source"
GRACE = timedelta(minutes=1)  # in which deleting can be undone
CONVERSATIONS = 100  # deleted in one step
LINES = 20_000  # of the log
PEOPLE = 200
MOST = 10_000  # of what is counted beforehand
UNSENT = (DeliveryState.HELD, DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True)
class Removal:
    """What would go with a source; each counted up to MOST."""

    conversations: int
    messages: int
    people: int
    unsent: int

    @classmethod
    def of(cls, source: Source) -> Removal:
        unsent = Delivery.objects.filter(message__source=source, state__in=UNSENT)
        return cls(
            conversations=_capped(Conversation.objects.filter(source=source)),
            messages=_capped(Message.objects.filter(source=source)),
            people=_capped(known_only_from(source)),
            unsent=_capped(unsent),
        )


@verb("disconnect", on=ON, right="can_manage_sources", words=_("disconnected %(object)s"))
def disconnect(source: Source, *, by: User) -> Changes:
    """Stop it and forget its credentials; what it brought stays. Reconnecting takes it up again
    where it stopped. Nothing changes where it is ended already."""
    with transaction.atomic():
        locked = Source.objects.select_for_update().get(pk=source.pk)
        if locked.is_ended:
            return Changes()
        _end(locked, state=SourceState.DISCONNECTED, credentials={})
        return actions.record("disconnect", [locked], by=by)


@one_by_one
def _undo_delete(action: Action, by: User) -> bool:
    """Until the job has begun."""
    source = Source.objects.filter(pk=action.object_id, state=SourceState.DELETING).first()
    if source is None or not jobs.cancel(DELETE, source.scope):
        return False
    # as nothing is due while it is being deleted, it would never be synced again
    due = timezone.now() if action.before["state"] == SourceState.ACTIVE else None
    source.set_fields(**action.before, next_pull_at=due)
    live.publish([source.scope], "sources", {"id": source.pk})
    return True


@verb(
    "delete",
    on=ON,
    right="can_manage_sources",
    words=_("deleted %(object)s"),
    undo=_undo_delete,
    lead_may_undo=True,
)
def delete(source: Source, *, by: User) -> Changes:
    """Delete it a minute from now, with its conversations, the lines of the log that tell of them,
    and whoever is known from there alone (see `known_only_from`)."""
    with transaction.atomic():
        locked = Source.objects.select_for_update().get(pk=source.pk)
        if locked.state == SourceState.DELETING:
            return Changes()
        before = {"state": locked.state, "pause_reason": locked.pause_reason}
        _end(locked, state=SourceState.DELETING)
        jobs.start(DELETE, locked.scope, by=by, name=locked.name, delay=GRACE)
        return actions.record("delete", [locked], by=by, before=before, after={"name": locked.name})


@background_job(DELETE, words=_("Deleting %(name)s"))
def delete_source(job: BackgroundJob) -> bool:
    """One step: conversations, then the log, then people, then the source itself."""
    source = Source.objects.filter(pk=int(job.about.removeprefix("source:"))).first()
    if source is None or source.state != SourceState.DELETING:
        return False
    if source.is_leased:  # a pull that was under way; it finds the source stopped and ends
        job.run_at = timezone.now() + timedelta(seconds=5)
        return True
    conversations = Conversation.objects.filter(source=source)
    if job.total is None:
        job.total = conversations.count()
    batch = list(conversations.order_by("pk").values_list("pk", flat=True)[:CONVERSATIONS])
    if batch:
        Conversation.objects.filter(pk__in=batch).delete()
        job.done += len(batch)
        return True
    if log.forget(source.scope, most=LINES):
        return True
    follow_ups.forget(source.scope, is_restricted=source.restricted)
    people = list(known_only_from(source).values_list("pk", flat=True)[:PEOPLE])
    if people:
        Member.objects.filter(pk__in=people).delete()
        return True
    revoke = partial(_revoke, source.kind, source.config, dict(source.credentials), job)
    _delete_row(source)
    transaction.on_commit(revoke)  # no transaction is open while a platform is asked
    return False


def known_only_from(source: Source) -> Any:
    """Members whose every account was seen there and nowhere else, and who are no colleagues.

    Of a source that is open to the team, those stay of whom somebody wrote something down: a note,
    a tag, an owner, a stage, a follow-up. Of a restricted one nobody stays: whoever was known from
    there alone would be shown to everybody.
    """
    seen = _seen(source.scope)
    found = Member.objects.filter(Exists(seen["here"]), ~Exists(seen["elsewhere"]), user=None)
    found = found.exclude(identities__is_us=True)
    if source.restricted:
        return found.order_by("pk")
    return found.filter(
        ~Exists(Member.tags.through.objects.filter(member=OuterRef("pk"))),
        ~Exists(log.notes_about(OuterRef("pk"))),
        ~Exists(follow_ups.about(OuterRef("pk"))),
        Q(owner=None, backup=None, stage_pinned=False, do_not_contact=False),
    ).order_by("pk")


# Below the verbs ---------------------------------------------------------------------------------


def _seen(scope: str) -> dict[str, Any]:
    theirs = sightings.of_member(OuterRef("pk"))
    return {"here": theirs.filter(scope=scope), "elsewhere": theirs.exclude(scope=scope)}


def _end(source: Source, **fields: Any) -> None:
    source.set_fields(
        pause_reason="", failures=0, failing_since=None, last_error="", next_pull_at=None, **fields
    )
    live.publish([source.scope], "sources", {"id": source.pk})


def _revoke(
    kind: str, config: dict[str, Any], credentials: dict[str, Any], job: BackgroundJob
) -> None:
    """Whoever deleted the source is told where that failed."""
    if (left := access.revoke(kind, config, credentials)) and job.by:
        about, text = f"access:{job.about}", f"{job.name}: {left}"
        notify("source", [job.by], about, text, path("sources"))


def _delete_row(source: Source) -> None:
    sightings.forget(source.scope)
    Notification.objects.filter(scope=source.scope).delete()
    Grant.objects.filter(scope=source.scope).delete()
    pk = source.pk
    source.delete()
    live.publish("team", "sources", {"id": pk})
    transaction.on_commit(view_counts.forget)


def _capped(found: Any) -> int:
    return counted(found, MOST)
