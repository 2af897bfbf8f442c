"""A dated happening: a meet-up, a call, a stream, or something that the team made."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.paths import path
from members.models.scopes import hidden_scopes
from team.models.user import validate_timezone

if TYPE_CHECKING:
    from team.models import User

LONGEST_TITLE = 200
LONGEST_PLACE = 200
LONGEST_LINK = 500
MOST_SEATS = 100_000


class Kind(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("In person and online")
    CONTENT = "content", _("Content")

    @property
    def icon(self) -> str:
        """The name of a lucide icon."""
        return {"in_person": "map-pin", "online": "video", "hybrid": "radio"}.get(
            self.value, "newspaper"
        )


class Content(models.TextChoices):
    """What kind of content, where it is that."""

    POST = "post", _("Post")
    VIDEO = "video", _("Video")
    AMA = "ama", _("AMA")
    NEWSLETTER = "newsletter", _("Newsletter")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Public: on the page of all events")
    LINK = "link", _("By link: whoever has the link")
    TEAM = "team", _("Only the team")


class State(models.TextChoices):
    """As it is kept; one that is published and has ended is over, see Event.state_now."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CANCELLED = "cancelled", _("Cancelled")


def new_uid() -> str:
    return f"{uuid.uuid4()}@community-hub"


def new_slug() -> str:
    """Part of the public address, which nobody can guess."""
    return secrets.token_urlsafe(9)


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User) -> EventQuerySet:
        """The whole team's. Those that were removed too: whoever removed one may undo it."""
        return self if user.is_authenticated else self.none()

    def present(self) -> EventQuerySet:
        return self.filter(removed_at__isnull=True)

    def with_public_page(self) -> EventQuerySet:
        """What whoever has its link may open: published, or cancelled after that."""
        shown = self.present().exclude(visibility=Visibility.TEAM)
        return shown.filter(published_at__isnull=False).exclude(state=State.DRAFT)

    def listed_publicly(self) -> EventQuerySet:
        return self.with_public_page().filter(visibility=Visibility.PUBLIC)

    def soonest_first(self) -> EventQuerySet:
        return self.order_by("starts_at", "pk")


class Event(models.Model):
    """`uid` and `recurrence_id` are those of its calendar entry, `sequence` counts the changes that
    calendars must hear of; `version` counts all, so that an undo leaves alone what somebody changed
    since. `moved`: a date of a series that was edited by itself. `feed`: the key of what it was
    imported from, "" where it was made here. `most_guests`: how many somebody may bring.
    `reminders`: of "week", "day", "hour". `thanks`, `feedback`, `greet_newcomers`: what happens
    afterwards."""

    uid = models.CharField(max_length=255, default=new_uid)
    recurrence_id = models.CharField(max_length=40, blank=True)  # "20261208T180000Z"; "" for one
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    slug = models.CharField(max_length=40, unique=True, default=new_slug)
    title = models.CharField(max_length=LONGEST_TITLE)
    purpose = models.TextField(blank=True)  # what it is for, in Markdown
    cover_words = models.CharField(max_length=80, blank=True)  # on the share picture
    notes = models.TextField(blank=True)  # the team's own
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.IN_PERSON)
    content = models.CharField(max_length=12, choices=Content.choices, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    timezone = models.CharField(max_length=64, validators=[validate_timezone])
    venue = models.CharField(max_length=LONGEST_PLACE, blank=True)
    address = models.CharField(max_length=LONGEST_PLACE, blank=True)
    venue_link = models.CharField(max_length=LONGEST_LINK, blank=True)  # a map, how to get there
    link = models.CharField(max_length=LONGEST_LINK, blank=True)  # to join online, or the content
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    co_hosts: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+"
    )
    capacity = models.PositiveIntegerField(null=True)  # None: as many as come
    most_guests = models.PositiveSmallIntegerField(default=1)
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    reminders = models.JSONField(default=list)
    thanks = models.BooleanField(default=True)
    feedback = models.BooleanField(default=True)
    greet_newcomers = models.BooleanField(default=True)
    series = models.ForeignKey(
        "events.Series", null=True, on_delete=models.PROTECT, related_name="dates"
    )
    moved = models.BooleanField(default=False)
    feed = models.CharField(max_length=60, blank=True)
    tags: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "members.Tag", through="EventTag", related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=now)  # a change that calendars hear of
    published_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    wound_up_at = models.DateTimeField(null=True)  # what is done the day after was done

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uid", "recurrence_id"], name="one_event_an_entry"),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="event_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="event_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="event_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="event_visibility_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at", "id"],
                condition=Q(removed_at__isnull=True),
                name="events_by_start",
            ),
            models.Index(fields=["series", "starts_at"], name="dates_of_a_series"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path("event", self.pk)

    @property
    def icon(self) -> str:
        return Kind(self.kind).icon

    @property
    def files_key(self) -> str:
        """Whose its files are; see team.files."""
        return f"event:{self.pk}"

    @property
    def has_public_page(self) -> bool:
        """As with_public_page()."""
        shown = self.visibility != Visibility.TEAM and self.removed_at is None
        return shown and self.published_at is not None and self.state != State.DRAFT

    @property
    def is_content(self) -> bool:
        return self.kind == Kind.CONTENT

    def state_at(self, at: datetime) -> str:
        """ "over" where it was published and has ended, else as `state`."""
        ended = self.state == State.PUBLISHED and self.ends_at <= at
        return "over" if ended else self.state

    @property
    def state_now(self) -> str:
        return self.state_at(now())

    @property
    def takes_answers(self) -> bool:
        """Whether somebody may say yet that they come."""
        return self.state_now == State.PUBLISHED and not self.is_content


class EventTag(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey("members.Tag", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "tag"], name="one_tag_once_an_event")
        ]


def visible_event_tags(user: User) -> models.QuerySet[EventTag]:
    """For members.hooks.TagUse."""
    return EventTag.objects.filter(event__in=Event.objects.visible_to(user).present())


class EventLinkQuerySet(models.QuerySet["EventLink"]):
    def visible_to(self, user: User) -> EventLinkQuerySet:
        """What stands in a hidden scope is not there for this reader."""
        if not user.is_authenticated:
            return self.none()
        hidden = hidden_scopes(user)
        return self if hidden is None else self.exclude(scope__in=hidden)

    def present(self) -> EventLinkQuerySet:
        return self.filter(removed_at__isnull=True)


class EventLink(models.Model):
    """What an event is tied to, by key: "conversation:42", with its title and address as they were.
    `scope`: where it stands ("source:3"), which is who may see it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="links")
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    scope = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    objects = EventLinkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="one_link_an_event")]
        indexes = [models.Index(fields=["key"], name="event_links_by_key")]

    def __str__(self) -> str:
        return self.title
