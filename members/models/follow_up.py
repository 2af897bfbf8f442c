"""What the team will do for a member, with a date. A promise is one that the member was told of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community_hub.lib.paths import path

from .activity import Visibility
from .member import Member
from .scopes import hidden_scopes

if TYPE_CHECKING:
    from team.models import User

LONGEST = 500  # characters of what is to be done


class FollowUpKind(models.TextChoices):
    FOLLOW_UP = "follow-up", _("Follow-up")
    PROMISE = "promise", _("Promise")
    WELCOME = "welcome", _("Welcome")
    THANKS = "thanks", _("Thanks")

    @property
    def icon(self) -> str:
        """The name of a lucide icon."""
        return _ICONS[self.value]


_ICONS = {
    "follow-up": "calendar-check",
    "promise": "flag",
    "welcome": "hand",
    "thanks": "hand-heart",
}


class FollowUpState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Done")  # of a promise: kept
    BROKEN = "broken", _("Not kept")  # a promise alone
    DROPPED = "dropped", _("Dropped")


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: User) -> FollowUpQuerySet:
        """About a member they may see, and not from where they may not look. What came of a private
        encounter: whoever made it, whoever does it, and leads where the encounter is for them."""
        if not user.is_authenticated:
            return self.none()
        allowed = Q(visibility=Visibility.TEAM) | Q(created_by=user) | Q(owner=user)
        if user.can_read_lead_notes:
            allowed |= Q(visibility=Visibility.LEADS)
        found, hidden = self.filter(allowed), hidden_scopes(user)
        if hidden is None:
            return found.of_those_there()
        seen = found.filter(member__in=Member.objects.visible_to(user))
        return seen.exclude(scope__in=hidden)

    def of_those_there(self) -> FollowUpQuerySet:
        """Of nobody who was erased."""
        return self.filter(member__erased_at__isnull=True)

    def open(self) -> FollowUpQuerySet:
        return self.filter(state=FollowUpState.OPEN)

    def due_by(self, day: date) -> FollowUpQuerySet:
        return self.filter(due_on__lte=day)

    def soonest_first(self) -> FollowUpQuerySet:
        return self.order_by("due_on", "pk")


class FollowUp(models.Model):
    """`origin` names what it was made from, such as "message:42"; "" where somebody just wrote it.
    `scope` is where that was said ("source:3"), `place` and `link` say it to people. `due_on` is a
    day of the hub. `visibility` is that of the encounter that it was made with."""

    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="follow_ups", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=20, choices=FollowUpKind.choices)
    text = models.CharField(max_length=LONGEST)
    due_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=FollowUpState.choices, default=FollowUpState.OPEN
    )
    origin = models.CharField(max_length=120, blank=True)
    scope = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=200, blank=True)
    link = models.CharField(max_length=300, blank=True)
    visibility = models.CharField(
        max_length=10,
        choices=Visibility.choices,
        default=Visibility.TEAM,
        db_default=Visibility.TEAM,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    objects = FollowUpQuerySet.as_manager()
    days_left: int | None = None  # until it is due; see members.follow_ups.with_days_left()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=FollowUpKind.values), name="follow_up_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state__in=("kept", "dropped"), closed_at__isnull=False)
                | Q(state="broken", kind="promise", closed_at__isnull=False),
                name="follow_up_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values),
                name="follow_up_visibility_is_known",
            ),
            models.UniqueConstraint(
                fields=["member", "origin"],
                condition=Q(state="open") & ~Q(origin=""),
                name="one_open_follow_up_an_origin",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "due_on", "id"], name="follow_ups_of_a_member"),
            models.Index(
                fields=["owner", "due_on", "id"],
                condition=Q(state="open"),
                name="open_follow_ups_of_owner",
            ),
            models.Index(
                fields=["due_on", "id"], condition=Q(state="open"), name="open_follow_ups"
            ),
            models.Index(
                fields=["link"],
                condition=Q(state="open") & ~Q(link=""),
                name="open_follow_ups_of_a_place",
            ),
            models.Index(fields=["origin"], condition=~Q(origin=""), name="follow_ups_by_origin"),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return path("follow-up", self.pk)

    @property
    def is_promise(self) -> bool:
        return self.kind == FollowUpKind.PROMISE

    @property
    def is_private(self) -> bool:
        return self.visibility != Visibility.TEAM

    @property
    def icon(self) -> str:
        return FollowUpKind(self.kind).icon

    @property
    def is_open(self) -> bool:
        return self.state == FollowUpState.OPEN

    @property
    def place_words(self) -> str:
        """Where it comes from; "" where its text says so already."""
        return "" if self.place in self.text else self.place

    @property
    def closing_states(self) -> list[FollowUpState]:
        """How it may end: only what was promised can be broken."""
        broken = [FollowUpState.BROKEN] if self.is_promise else []
        return [FollowUpState.KEPT, *broken, FollowUpState.DROPPED]

    @property
    def closed_words(self) -> str:
        """How it ended; "" while it is open."""
        words = {
            ("promise", "kept"): _now("Promise kept: %s"),
            ("promise", "broken"): _now("Promise not kept: %s"),
            ("promise", "dropped"): _now("Promise dropped: %s"),
            ("follow-up", "kept"): _now("Done: %s"),
            ("follow-up", "dropped"): _now("Dropped: %s"),
            ("welcome", "kept"): _now("Welcomed: %s"),
            ("welcome", "dropped"): _now("Welcome dropped: %s"),
            ("thanks", "kept"): _now("Thanked: %s"),
            ("thanks", "dropped"): _now("Thanks dropped: %s"),
        }
        ended = words.get((self.kind, self.state))
        return ended % self.text if ended else ""

    @property
    def is_late(self) -> bool:
        return self.is_open and self.days_left is not None and self.days_left < 0

    @property
    def due_words(self) -> str:
        """“due today”, “due tomorrow”, “due 5 December”, “3 days late”."""
        days = self.days_left
        if days is None or days > 1:
            return _now("due %(day)s") % {"day": date_format(self.due_on, "j F Y")}
        if days < 0:
            return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
        return _now("due tomorrow") if days else _now("due today")
