"""One connected account on one platform: what it listens to, and who may hear it."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from community_hub.lib import queue
from community_hub.lib.crypto import EncryptedJSONField, is_locked
from community_hub.lib.paths import path
from inbox.connectors.base import Connector
from inbox.connectors.lost import LostCredentials
from inbox.connectors.registry import connector_class
from inbox.models.pull_state import PullState, SourceState
from team.models import Grant, User


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
    is_our_place = models.BooleanField(default=True, db_default=True)  # else outsiders write there
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
        return path("source", self.pk)

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

    def signed_in(self) -> Connector:
        """The connector with credentials that are good for a while, for whoever asks the platform.

        New ones are fetched under the row's lock, by one process alone: many platforms take an old
        refresh token only once. The others wait for it and find the new ones.
        """
        connector = self.connector()
        if not connector.refresh_is_due(timezone.now()):
            return connector
        connector.close()
        with transaction.atomic():
            locked = Source.objects.select_for_update(no_key=True).get(pk=self.pk)
            connector = locked.connector()
            with closing(connector):
                if connector.refresh_is_due(timezone.now()):
                    locked.credentials = connector.refresh_credentials()
                    locked.save(update_fields=["credentials"])
        self.credentials = locked.credentials
        return self.connector()

    # Pulls ---------------------------------------------------------------------------------------

    def pull_now(self) -> None:
        """Due at once; a platform's own "not before" is still obeyed."""
        now = timezone.now()
        at = max(now, self.limited_until) if self.limited_until else now
        self.set_fields(next_pull_at=at)
        if at <= now:
            queue.enqueue("inbox.tasks.pull_source", self.pk)

    def begin_backfill(self, since: datetime) -> None:
        """Walk back to `since`; the first cursor comes from the connector."""
        self.set_fields(
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

    def audience(self) -> dict[str, Any]:
        granted = Grant.objects.filter(scope=self.scope).order_by("user_id")
        return {
            "restricted": self.restricted,
            "users": list(granted.values_list("user", flat=True)),
        }
