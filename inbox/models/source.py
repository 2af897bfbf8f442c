"""One connected account on one platform, its channels, and the account of what it brought."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib import alarm, live
from community_hub.lib.crypto import EncryptedJSONField
from inbox.connectors.base import AuthExpired as AuthExpiredError
from inbox.connectors.base import (
    ChannelInfo,
    Connector,
    ConnectorError,
    Health,
    RateLimited,
    connector_class,
)
from members.models import Activity, Identity
from members.resolve import resolve
from team.models import Action, Grant, Notification, User

if TYPE_CHECKING:
    from collections.abc import Iterable

LEASE = timedelta(minutes=6)  # longer than a worker's hard time limit
BACKOFF_FIRST, BACKOFF_LAST = 5.0, 15 * 60.0  # seconds
AMBER_AFTER_FAILURES = 3
RED_AFTER = timedelta(hours=1)


class SourceState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    RECONNECT = "reconnect", _("Reconnect")


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, user: User) -> SourceQuerySet:
        if user.can_see_every_source:
            return self
        # a subquery, not user.scopes(): pages ask this for each of their lists
        granted = Grant.objects.filter(
            user=user, scope=Concat(Value("source:"), Cast(OuterRef("pk"), models.CharField()))
        )
        return self.filter(Q(restricted=False) | Exists(granted))

    def due(self, now: datetime) -> SourceQuerySet:
        return self.filter(state=SourceState.ACTIVE, next_pull_at__lte=now).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        )


class Source(models.Model):
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    network = models.CharField(max_length=200)
    account_label = models.CharField(max_length=200, blank=True)  # "@hub on forum.example.org"
    config = models.JSONField(default=dict)
    credentials = EncryptedJSONField(default=dict)
    restricted = models.BooleanField(default=False)
    keywords = models.JSONField(default=list)  # watched words, compared without case
    channel_ids = models.JSONField(default=list)  # external ids to listen to; empty: all
    new_topics = models.BooleanField(default=True)  # a new thread asks for the team
    max_length = models.PositiveIntegerField(null=True)  # the account's own limit for a reply

    state = models.CharField(max_length=12, choices=SourceState.choices, default=SourceState.ACTIVE)
    pause_reason = models.CharField(max_length=12, blank=True)  # person, error, budget
    cursor = models.JSONField(default=dict)
    next_pull_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    limited_until = models.DateTimeField(null=True)  # the platform told us when to come back
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    backfill_since = models.DateTimeField(null=True)
    backfill_started_at = models.DateTimeField(null=True)
    backfill_done_at = models.DateTimeField(null=True)
    backfill_count = models.PositiveIntegerField(default=0)
    backfill_oldest = models.DateTimeField(null=True)
    backfill_newest = models.DateTimeField(null=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=SourceState.values), name="source_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(pause_reason__in=["", "person", "error", "budget"]),
                name="source_pause_reason_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["next_pull_at"], condition=Q(state="active"), name="sources_due")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.pk])

    @property
    def scope(self) -> str:
        return f"source:{self.pk}"

    @property
    def connector_class(self) -> type[Connector]:
        return connector_class(self.kind)

    def connector(self) -> Connector:
        return self.connector_class(self.config, dict(self.credentials))

    @property
    def is_backfilling(self) -> bool:
        return self.backfill_started_at is not None and self.backfill_done_at is None

    # The lease: one worker at a time pulls from a source ------------------------------------

    def take_lease(self, now: datetime) -> bool:
        """False when somebody else holds it or the source is not active."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return bool(
            Source.objects.filter(free, pk=self.pk, state=SourceState.ACTIVE).update(
                lease_until=now + LEASE
            )
        )

    def release(self) -> None:
        Source.objects.filter(pk=self.pk).update(lease_until=None)

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
            "limited_until": None,
            "last_error": "",
        }
        if self.is_backfilling and not more:
            changed["backfill_done_at"] = now
        self._set(**changed)

    def record_failure(self, error: ConnectorError) -> None:
        """A rate limit waits exactly as told; a permanent error pauses and tells people once."""
        now = timezone.now()
        if isinstance(error, RateLimited):
            self._set(
                next_pull_at=error.retry_at, limited_until=error.retry_at, last_error=str(error)
            )
            return
        self._set(
            failures=self.failures + 1,
            failing_since=self.failing_since or now,
            last_error=str(error),
            next_pull_at=now + timedelta(seconds=backoff(self.failures)),
        )
        if error.permanent:
            self._stop_for(error)

    def _stop_for(self, error: ConnectorError) -> None:
        credentials = isinstance(error, AuthExpiredError)
        stopped = Source.objects.filter(pk=self.pk, state=SourceState.ACTIVE).update(
            state=SourceState.RECONNECT if credentials else SourceState.PAUSED,
            pause_reason="" if credentials else "error",
        )
        self.refresh_from_db(fields=["state", "pause_reason"])
        if stopped:
            admins = User.objects.active().filter(role="admin")
            text = _("%(source)s stopped: %(error)s") % {"source": self.name, "error": error}
            Notification.tell(admins, self.scope, str(text), self.get_absolute_url())
            alarm.ring("inbox.tasks.mail_source_stopped", self.pk)

    @property
    def health(self) -> str:
        """good, late (a few failures, or limited), bad (an hour of failures, or stopped)."""
        if self.state == SourceState.RECONNECT or self.pause_reason == "error":
            return "bad"
        if self.failing_since and timezone.now() - self.failing_since > RED_AFTER:
            return "bad"
        limited = self.limited_until and self.limited_until > timezone.now()
        return "late" if limited or self.failures >= AMBER_AFTER_FAILURES else "good"

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

    # Verbs ----------------------------------------------------------------------------------

    @classmethod
    def connect(
        cls,
        connector: Connector,
        health: Health,
        *,
        name: str,
        since: datetime,
        by: User,
        channels: Iterable[ChannelInfo] = (),
        keywords: Iterable[str] = (),
        new_topics: bool = True,
    ) -> Source:
        """A new source, checked by the caller, that reads what was said since `since`.

        Without `channels` it listens to every place.
        """
        chosen = list(channels)
        with transaction.atomic():
            source = cls.objects.create(
                kind=connector.kind,
                name=name,
                network=connector.network(),
                config=connector.config,
                credentials=connector.credentials,
                keywords=list(keywords),
                channel_ids=[channel.external_id for channel in chosen],
                new_topics=new_topics,
            )
            source._keep_account(health)
            Channel.objects.bulk_create(
                [
                    Channel(
                        source=source,
                        external_id=channel.external_id,
                        name=channel.name[:200],
                        url=channel.url[:1000],
                    )
                    for channel in chosen
                ],
                ignore_conflicts=True,
            )
            Action.record("connect", source, by=by)
            source.begin_backfill(since)
        return source

    def adjust(self, *, by: User, **fields: Any) -> Action:
        """Change name, keywords or new_topics: what arrives from now on is read by them."""
        with transaction.atomic():
            before = {name: getattr(self, name) for name in fields}
            self._set(**fields)
            return Action.record("adjust", self, by=by, before=before, after=fields)

    def mute(self, channel: Channel, muted: bool, *, by: User) -> Action | None:
        """None when the channel was so already."""
        with transaction.atomic():
            changed = self.channels.filter(pk=channel.pk, muted=not muted).update(muted=muted)
            if not changed:
                return None
            live.publish([self.scope], "sources", {"id": self.pk})
            return Action.record(
                "mute" if muted else "unmute", self, by=by, after={"channel": channel.pk}
            )

    def pause(self, *, by: User) -> Action | None:
        return self._move(
            {"state": "active", "pause_reason": ""},
            {"state": "paused", "pause_reason": "person"},
            by,
        )

    def resume(self, *, by: User) -> Action | None:
        action = self._move(
            {"state": "paused", "pause_reason": self.pause_reason},
            {"state": "active", "pause_reason": ""},
            by,
        )
        if action:
            self.pull_now()
        return action

    def reconnect(
        self,
        config: dict[str, Any],
        credentials: dict[str, Any],
        *,
        by: User,
        health: Health | None = None,
    ) -> None:
        """New credentials, checked by the caller; the cursor stays, so nothing is missed."""
        with transaction.atomic():
            if health:
                self._keep_account(health)
            self._set(
                config=config,
                credentials=credentials,
                state=SourceState.ACTIVE,
                pause_reason="",
                failures=0,
                failing_since=None,
                last_error="",
            )
            Action.record("reconnect", self, by=by)
        self.pull_now()

    def pull_now(self) -> None:
        """Due at once; a platform's own "not before" is still obeyed."""
        now = timezone.now()
        at = max(now, self.limited_until) if self.limited_until else now
        self._set(next_pull_at=at)
        if at <= now:
            alarm.ring("inbox.tasks.pull_source", self.pk)

    def begin_backfill(self, since: datetime) -> None:
        """Walk back to `since`; the first cursor comes from the connector."""
        self._set(
            cursor=self.connector().begin(since),
            backfill_since=since,
            backfill_started_at=timezone.now(),
            backfill_done_at=None,
            backfill_count=0,
            backfill_oldest=None,
            backfill_newest=None,
        )
        self.pull_now()

    def restrict_to(self, users: Iterable[User] | None, *, by: User) -> Action:
        """None opens the source to the whole team; the log's lines follow."""
        with transaction.atomic():
            before = self._audience()
            self._admit(None if users is None else [user.pk for user in users])
            return Action.record("restrict", self, by=by, before=before, after=self._audience())

    def _audience(self) -> dict[str, Any]:
        granted = Grant.objects.filter(scope=self.scope).order_by("user_id")
        return {
            "restricted": self.restricted,
            "users": list(granted.values_list("user", flat=True)),
        }

    def _admit(self, users: list[int] | None) -> None:
        """Streams of whoever was or is named are closed, so that they ask anew what they hear."""
        grants = Grant.objects.filter(scope=self.scope)
        was = list(grants.values_list("user", flat=True))
        self._set(restricted=users is not None)
        grants.delete()
        Grant.objects.bulk_create([Grant(scope=self.scope, user_id=pk) for pk in users or ()])
        lines = Activity.objects.filter(key__in=self._activity_keys())
        lines.filter(scope="" if self.restricted else self.scope).update(
            scope=self.scope if self.restricted else ""
        )
        people = {*was, *(users or ())}
        live.publish([f"user:{pk}" for pk in people] + [self.scope], "close", {})

    def _keep_account(self, health: Health) -> None:
        """Who we are there, and how long a reply of that account may be."""
        if health.account:
            known = resolve([health.account])
            mine = [account.identity_id for account in known.values()]
            Identity.objects.filter(pk__in=mine).update(is_us=True)
        self._set(account_label=health.account_label[:200], max_length=health.max_length)

    def _activity_keys(self) -> Any:
        from .message import Message

        return (
            Message.objects.filter(source=self)
            .annotate(log_key=Concat(Value("message:"), Cast("pk", models.CharField())))
            .values("log_key")
        )

    def take_back(self, action: Action) -> bool:
        """Undo, as long as who did it may still manage sources."""
        if action.by is None or not action.by.can_manage_sources:
            return False
        if action.verb in {"mute", "unmute"}:
            muted = action.verb == "mute"
            channel = self.channels.filter(pk=action.after["channel"], muted=muted)
            done = bool(channel.update(muted=not muted))
        elif action.verb in {"pause", "resume", "adjust"}:
            unchanged = Source.objects.filter(pk=self.pk, **action.after)
            done = bool(unchanged.update(**action.before))
        elif action.verb == "restrict":
            done = self._audience() == action.after
            if done:
                self._admit(action.before["users"] if action.before["restricted"] else None)
        else:
            return False
        live.publish([self.scope], "sources", {"id": self.pk})
        return done

    def _move(self, before: dict[str, Any], after: dict[str, Any], by: User) -> Action | None:
        with transaction.atomic():
            if not Source.objects.filter(pk=self.pk, **before).update(**after):
                return None
            self.refresh_from_db()
            live.publish(["team"], "sources", {"id": self.pk})
            verb = "pause" if after["state"] == "paused" else "resume"
            return Action.record(verb, self, by=by, before=before, after=after)

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))
        live.publish([self.scope], "sources", {"id": self.pk})


def backoff(failures: int) -> float:
    """Seconds to wait: full jitter, doubling from 5 s to 15 min."""
    import random

    ceiling = min(BACKOFF_LAST, BACKOFF_FIRST * 2 ** min(failures, 20))
    return max(1.0, random.uniform(0, ceiling))  # noqa: S311 - spreads load, guards nothing


class Channel(models.Model):
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="channels")
    external_id = models.CharField(max_length=300)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=1000, blank=True)
    muted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_channel_an_id")
        ]

    def __str__(self) -> str:
        return self.name


class Quarantined(models.Model):
    """An item that could not be stored, kept raw so that it can be looked at and replayed."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="quarantined")
    external_id = models.CharField(max_length=500, blank=True)
    raw = models.JSONField(default=dict)
    error = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["source", "-id"],
                condition=Q(resolved_at__isnull=True),
                name="open_quarantine",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=Q(resolved_at__isnull=True) & ~Q(external_id=""),
                name="one_open_quarantine_an_item",
            )
        ]


class SourceDay(models.Model):
    """fetched = stored + ignored + quarantined, day by day."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    fetched = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    ignored_why = models.JSONField(default=dict)  # reason -> count

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "day"], name="one_row_a_source_and_day"),
            models.CheckConstraint(
                condition=Q(fetched=F("stored") + F("ignored") + F("quarantined")),
                name="nothing_fetched_is_lost",
            ),
        ]
