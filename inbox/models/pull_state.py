"""How a source is read on time: the lease, back-off, stops, and how far a backfill is."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib import live
from inbox.connectors.base import AuthExpired as AuthExpiredError
from inbox.connectors.base import Connector, ConnectorError, RateLimited, WebPage
from team.models import Notification, User
from team.notifications import notify, withdraw

LEASE = timedelta(seconds=30)  # renewed while its holder lives: ingest/lease.py
BACKOFF_FIRST, BACKOFF_LAST = 5.0, 15 * 60.0  # seconds
OVERDUE = timedelta(minutes=2)  # a pull that nobody fetched by then: no worker is running
RED_AFTER = timedelta(hours=1)
TELL_AFTER = timedelta(minutes=10)  # of failures: then the admins are notified
STOP_AFTER = timedelta(days=1)  # of failures, where a web page still answers: a wrong address


class SourceState(models.TextChoices):
    ACTIVE = "active", gettext_lazy("Active")
    PAUSED = "paused", gettext_lazy("Paused")
    RECONNECT = "reconnect", gettext_lazy("Reconnect")
    DISCONNECTED = "disconnected", gettext_lazy("Disconnected")
    DELETING = "deleting", gettext_lazy("Being deleted")


class PullState(models.Model):
    """What Source knows of its own pulls."""

    state = models.CharField(max_length=12, choices=SourceState.choices, default=SourceState.ACTIVE)
    pause_reason = models.CharField(max_length=12, blank=True)  # person, error, budget
    cursor = models.JSONField(default=dict)
    next_pull_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)  # whose the lease is
    last_success_at = models.DateTimeField(null=True)
    limited_until = models.DateTimeField(null=True)  # the platform told us when to come back
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    gap_from = models.DateTimeField(null=True)  # what the platform may have dropped unread
    gap_until = models.DateTimeField(null=True)
    reread_at = models.DateTimeField(null=True)  # a conversation was last read again: rereading.py

    backfill_since = models.DateTimeField(null=True)
    backfill_started_at = models.DateTimeField(null=True)
    backfill_done_at = models.DateTimeField(null=True)
    backfill_count = models.PositiveIntegerField(default=0)
    backfill_oldest = models.DateTimeField(null=True)
    backfill_newest = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        name: str
        config: dict[str, Any]
        credentials: dict[str, Any]

        def connector(self) -> Connector: ...
        def get_absolute_url(self) -> str: ...

    @property
    def scope(self) -> str:
        """What a Grant and a line of the log name it by, and the topic of its live events."""
        return f"source:{self.pk}"

    @property
    def is_backfilling(self) -> bool:
        return self.backfill_started_at is not None and self.backfill_done_at is None

    @property
    def is_signed_in(self) -> bool:
        """Replies can go out; those that are waiting are kept where not."""
        return self.state in (SourceState.ACTIVE, SourceState.PAUSED)

    @property
    def is_ended(self) -> bool:
        """Somebody disconnected it: nothing can be written there until it is reconnected."""
        return self.state in (SourceState.DISCONNECTED, SourceState.DELETING)

    @property
    def waits_until(self) -> datetime | None:
        """Until when the platform asked us to leave it alone; None when we may ask."""
        limited = self.limited_until
        return limited if limited and limited > timezone.now() else None

    # The lease: one worker at a time pulls from a source ------------------------------------

    @property
    def is_leased(self) -> bool:
        """A worker reads from it now. A lease that ran out was left behind by one that died."""
        return self.lease_until is not None and self.lease_until > timezone.now()

    def take_lease(self, now: datetime) -> uuid.UUID | None:
        """Its token; None when somebody else holds it or the source is not active."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        token = uuid.uuid4()
        mine = type(self)._default_manager.filter(free, pk=self.pk, state=SourceState.ACTIVE)
        return token if mine.update(lease_until=now + LEASE, lease_token=token) else None

    def renew_lease(self, token: uuid.UUID) -> bool:
        """False when it ran out and is somebody else's by now."""
        mine = type(self)._default_manager.filter(pk=self.pk, lease_token=token)
        return bool(mine.update(lease_until=timezone.now() + LEASE))

    def release(self, token: uuid.UUID) -> None:
        mine = type(self)._default_manager.filter(pk=self.pk, lease_token=token)
        mine.update(lease_until=None, lease_token=None)

    # What a pull came to --------------------------------------------------------------------

    def record_success(self, *, more: bool) -> None:
        """Reached the end (`more` False) or stopped at the deadline with more to come."""
        now = timezone.now()
        pause = 0 if more else self.connector().capabilities.min_poll_interval
        changed: dict[str, Any] = {
            "last_success_at": now,
            "next_pull_at": now + timedelta(seconds=pause),
            "failures": 0,
            "failing_since": None,
            "last_error": "",
        }
        if self.is_backfilling and not more:
            changed["backfill_done_at"] = now
        # With nothing but a later hour to show, only the pages that show the hour are woken.
        calm = not (self.failures or self.last_error or self.limited_until or self.is_backfilling)
        self.set_fields(bell="pulls" if calm else "sources", **changed)
        self._mind_the_limit(now)

    def record_failure(self, error: ConnectorError) -> None:
        """A rate limit waits exactly as told; a permanent error pauses and tells people once."""
        now = timezone.now()
        if isinstance(error, AuthExpiredError) and self._was_reconnected():
            return
        if isinstance(error, RateLimited):
            self.set_fields(
                next_pull_at=error.retry_at, limited_until=error.retry_at, last_error=str(error)
            )
            return
        self.set_fields(
            failures=self.failures + 1,
            failing_since=self.failing_since or now,
            last_error=str(error),
            next_pull_at=now + timedelta(seconds=backoff(self.failures)),
        )
        self._mind_the_limit(now)
        lasted = now - (self.failing_since or now)
        if error.permanent or (isinstance(error, WebPage) and lasted >= STOP_AFTER):
            self._stop_for(error)
        elif lasted >= TELL_AFTER:
            self._tell_once(error)

    def _mind_the_limit(self, now: datetime) -> None:
        """A sender may have been told to wait while the pull was going on; what has passed goes."""
        mine = type(self)._default_manager.filter(pk=self.pk)
        mine.filter(limited_until__lte=now).update(limited_until=None)
        mine.filter(limited_until__gt=F("next_pull_at")).update(next_pull_at=F("limited_until"))
        self.refresh_from_db(fields=["limited_until", "next_pull_at"])

    def _was_reconnected(self) -> bool:
        """Somebody gave it new credentials while the old ones were still being tried."""
        current = type(self)._default_manager.get(pk=self.pk)
        before, now = (self.credentials, self.config), (current.credentials, current.config)
        return before != now

    def _stop_for(self, error: ConnectorError) -> None:
        """One that somebody paused stops for its credentials too: its replies still go out."""
        credentials = isinstance(error, AuthExpiredError)
        at_work = ["active", "paused"] if credentials else ["active"]
        stopped = (
            type(self)
            ._default_manager.filter(pk=self.pk, state__in=at_work)
            .update(
                state=SourceState.RECONNECT if credentials else SourceState.PAUSED,
                pause_reason="" if credentials else "error",
            )
        )
        self.refresh_from_db(fields=["state", "pause_reason"])
        if stopped:
            self._tell_admins(_("%(source)s stopped: %(error)s"), error)

    def _tell_once(self, error: ConnectorError) -> None:
        """Ten minutes of failures are told once, however long they last."""
        told = Notification.objects.filter(about=self.scope, updated_at__gte=self.failing_since)
        if not told.exists():
            self._tell_admins(_("%(source)s keeps failing: %(error)s"), error)

    def _tell_admins(self, words: str, error: ConnectorError) -> None:
        text = words % {"source": self.name, "error": error}
        notify("source", _admins(), self.scope, text, self.get_absolute_url(), scope=self.scope)

    def withdraw_notice(self) -> None:
        """Somebody started it again: that it stopped is no news any more."""
        withdraw("source", self.scope, _admins())

    @property
    def health(self) -> str:
        """good, late (the last pull failed, or it is limited), bad (an hour of failures, stopped,
        or nobody pulls). Everywhere the same: the dots, the pages, the metrics."""
        if self.state == SourceState.RECONNECT or self.pause_reason == "error":
            return "bad"
        if self.failing_since and timezone.now() - self.failing_since > RED_AFTER:
            return "bad"
        if self.waits_until or self.failures:
            return "late"
        return "bad" if self.is_overdue else "good"

    @property
    def dot(self) -> str:
        """The colour beside its name: its health, and amber where somebody disconnected it."""
        return "late" if self.state == SourceState.DISCONNECTED else self.health

    @property
    def is_overdue(self) -> bool:
        """Due for a while, and no worker took it."""
        due = self.next_pull_at if self.state == SourceState.ACTIVE else None
        return due is not None and timezone.now() - due > OVERDUE and not self.is_leased

    @property
    def backfill_share(self) -> float:
        """How much of the asked-for time the backfill has walked through, 0 to 1."""
        if self.backfill_done_at or not self.backfill_started_at:
            return 1.0
        if not (self.backfill_oldest and self.backfill_newest and self.backfill_since):
            return 0.0
        whole = (self.backfill_started_at - self.backfill_since).total_seconds() or 1.0
        walked = (self.backfill_newest - self.backfill_oldest).total_seconds()
        return max(0.0, min(walked / whole, 0.99))

    @property
    def backfill_rate(self) -> float:
        """Messages a second so far."""
        if not self.backfill_started_at:
            return 0.0
        end = self.backfill_done_at or timezone.now()
        seconds = (end - self.backfill_started_at).total_seconds()
        return self.backfill_count / seconds if seconds > 0 else 0.0

    def set_fields(self, bell: str = "sources", **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))
        live.publish([self.scope], bell, {"id": self.pk})


def _admins() -> models.QuerySet[User]:
    return User.objects.active().filter(role="admin")


def backoff(failures: int) -> float:
    """Seconds to wait: full jitter, doubling from 5 s to 15 min."""
    ceiling = min(BACKOFF_LAST, BACKOFF_FIRST * 2 ** min(failures, 20))
    return max(1.0, random.uniform(0, ceiling))  # noqa: S311 - spreads load, guards nothing
