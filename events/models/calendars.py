"""Calendars outside of the hub: those that read its events, and those that it reads."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .event import Event, Visibility

if TYPE_CHECKING:
    from team.models import User

LONGEST_NAME = 120
LONGEST_URL = 1000


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    def visible_to(self, user: User) -> CalendarLinkQuerySet:
        """One's own."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def working(self) -> CalendarLinkQuerySet:
        return self.filter(revoked_at__isnull=True, user__is_active=True)


class CalendarLink(models.Model):
    """The secret address at which a calendar program reads all events for one colleague. Only the
    token's hash is kept. `last_used_at` to the hour."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_links"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = CalendarLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return timezone.localtime(self.made_at).date().isoformat()


class FeedQuerySet(models.QuerySet["Feed"]):
    def visible_to(self, user: User) -> FeedQuerySet:
        """Those who plan events: an address may be a secret of its calendar."""
        shown = user.is_authenticated and user.can_edit_events
        return self if shown else self.none()

    def present(self) -> FeedQuerySet:
        return self.filter(removed_at__isnull=True)

    def due(self, at: datetime) -> FeedQuerySet:
        return self.present().filter(paused_at__isnull=True, next_pull_at__lte=at)


class Feed(models.Model):
    """A calendar that events are imported from. `url`: "" for one whose file was uploaded.
    `visibility`: of its new events. `error`: of the last try, as a sentence; "" where it went well.
    `skipped`: by reason (see feed_words.py), how many entries of it could not be read. `found`,
    `added`, `changed`, `cancelled`: of the last time that it had something new."""

    url = models.CharField(max_length=LONGEST_URL, blank=True)
    name = models.CharField(max_length=LONGEST_NAME)
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.TEAM
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    next_pull_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    error = models.CharField(max_length=500, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # of what was read last
    read_on = models.DateField(null=True)  # the day from which 12 months were read
    skipped = models.JSONField(default=dict)
    found = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)

    objects = FeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=Q(removed_at__isnull=True) & ~Q(url=""),
                name="one_feed_an_address",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_pull_at"],
                condition=Q(removed_at__isnull=True, paused_at__isnull=True),
                name="feeds_to_pull",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """What its events have as `feed`."""
        return f"feed:{self.pk}"

    @property
    def skipped_entries(self) -> int:
        return sum(self.skipped.values())


class FeedEntry(models.Model):
    """That a feed has an event, or had it. `gone_at`: since when the event is cancelled because the
    feed has it no more, or as cancelled."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="entries")
    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="feed_entry")
    gone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.feed_id}: {self.event_id}"
