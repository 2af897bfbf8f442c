"""One connected account on one platform: what it listens to, and who may hear it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from community_hub.lib import live, queue
from community_hub.lib.crypto import EncryptedJSONField, is_locked
from community_hub.lib.text import one_line, web_address
from inbox.connectors.base import (
    ChannelInfo,
    Connector,
    Health,
    connector_class,
)
from inbox.connectors.lost import LostCredentials
from inbox.models.kept_fields import recompute_in_steps
from inbox.models.pull_state import PullState, SourceState
from members.models import Identity
from members.resolve import resolve
from team.models import Action, Grant, User

from .channel import Channel
from .message import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCOPE_LOG = """
update members_activity a set scope = %s
from inbox_message m
where m.source_id = %s and split_part(a.key, ':', 1) in ('message', 'reply')
  and split_part(a.key, ':', 2) = m.id::text
"""


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


class Source(PullState):
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
    def connector_class(self) -> type[Connector]:
        return connector_class(self.kind)

    def connector(self) -> Connector:
        if not is_locked(self.credentials):
            return self.connector_class(self.config, dict(self.credentials))
        lost = LostCredentials()
        connector = self.connector_class(self.config, lost)
        connector.credentials = lost  # not a copy of it
        return connector

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
                        name=one_line(channel.name, 200),
                        url=web_address(channel.url),
                    )
                    for channel in chosen
                ],
                ignore_conflicts=True,
            )
            Action.record("connect", source, by=by)
            source.begin_backfill(since)
            live.publish("team", live.CLOSE, {})  # streams that are open would not hear of it
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
            queue.enqueue("inbox.tasks.pull_source", self.pk)

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
            gap_from=None,
            gap_until=None,
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
        """Every stream ends: who is not named any more may hear it still, who is named not yet."""
        self._set(restricted=users is not None)
        Grant.objects.filter(scope=self.scope).delete()
        Grant.objects.bulk_create([Grant(scope=self.scope, user_id=pk) for pk in users or ()])
        self._scope_log()
        live.publish("team", live.CLOSE, {})

    def _keep_account(self, health: Health) -> None:
        """Who we are there, and how long a reply of that account may be."""
        if health.account:
            known = resolve([health.account])
            mine = [account.identity_id for account in known.values()]
            if Identity.objects.filter(pk__in=mine, is_us=False).update(is_us=True):
                wrote = Message.objects.filter(author__in=mine)  # their answers are the team's
                recompute_in_steps(wrote.values_list("conversation_id", flat=True))
        self._set(account_label=health.account_label[:200], max_length=health.max_length)

    def _scope_log(self) -> None:
        """Every line of the log that tells of this source's messages follows its audience."""
        with connection.cursor() as cursor:
            cursor.execute(_SCOPE_LOG, [self.scope if self.restricted else "", self.pk])

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
            live.publish([self.scope], "sources", {"id": self.pk})
            verb = "pause" if after["state"] == "paused" else "resume"
            return Action.record(verb, self, by=by, before=before, after=after)
