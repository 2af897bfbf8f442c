"""Who said what about coming to an event, and who came."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from members.models.scopes import hidden_scopes

from .event import Event

if TYPE_CHECKING:
    from team.models import User


class Answer(models.TextChoices):
    """What somebody said; whether they came is `checked_in_at`."""

    INVITED = "invited", _("Invited")
    GOING = "going", _("Going")
    MAYBE = "maybe", _("Maybe")
    WAITING = "waiting", _("Waiting list")
    DECLINED = "declined", _("Not going")


class Part(models.TextChoices):
    """As what somebody comes: the `role` of an attendance."""

    ATTENDEE = "attendee", _("Attendee")
    SPEAKER = "speaker", _("Speaker")
    VOLUNTEER = "volunteer", _("Volunteer")
    HOST = "host", _("Host")


class Origin(models.TextChoices):
    """Where an attendance came from first."""

    PAGE = "page", _("Public page")
    HAND = "hand", _("Added by the team")
    INVITATION = "invitation", _("Invitation")
    IMPORT = "import", _("Import")
    DOOR = "door", _("At the door")
    CONTENT = "content", _("Took part")


# Easy to read out and to type: without 0 and O, 1 and I and L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(8))


def new_token() -> str:
    return secrets.token_urlsafe(24)


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User) -> AttendanceQuerySet:
        """Of members this reader may see."""
        if not user.is_authenticated:
            return self.none()
        if hidden_scopes(user) is None:
            return self.of_those_there()
        return self.filter(member__in=Member.objects.visible_to(user))

    def of_those_there(self) -> AttendanceQuerySet:
        """Of nobody who was erased."""
        return self.filter(member__erased_at__isnull=True)

    def going(self) -> AttendanceQuerySet:
        return self.filter(answer=Answer.GOING)

    def came(self) -> AttendanceQuerySet:
        return self.filter(checked_in_at__isnull=False)

    def waiting_longest_first(self) -> AttendanceQuerySet:
        return self.filter(answer=Answer.WAITING).order_by("waiting_since", "pk")


class Attendance(models.Model):
    """`waiting_since`: the place in the waiting list; None elsewhere. `guests`: whom they bring,
    who take a seat each. `code` is what is checked in with, typed or as a QR code; `token` is the
    secret of the personal link. `checked_in_by`: the colleague at the door, None for a helper with
    a link, whose name is `helper`. No-shows are who was going to an event that is over and where
    somebody was checked in, but they were not; see attendances.py."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="attendances", db_index=False
    )
    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="attendances"
    )
    answer = models.CharField(max_length=10, choices=Answer.choices)
    role = models.CharField(max_length=10, choices=Part.choices, default=Part.ATTENDEE)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    guests = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    helper = models.CharField(max_length=80, blank=True)
    identity = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+"
    )  # the address that confirmed it, which mails about it go to
    code = models.CharField(max_length=10, default=new_code)
    token = models.CharField(max_length=64, unique=True, default=new_token)
    language = models.CharField(max_length=16, blank=True, default="", db_default="")  # of mails
    no_reminders = models.BooleanField(default=False, db_default=False)  # they want none of this
    feedback_given = models.BooleanField(default=False, db_default=False)  # the link was used
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "member"], name="one_attendance_a_member"),
            models.UniqueConstraint(fields=["event", "code"], name="one_code_an_event"),
            models.CheckConstraint(
                condition=Q(answer__in=Answer.values), name="attendance_answer_is_known"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Part.values), name="attendance_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.WAITING, waiting_since__isnull=False)
                | Q(~Q(answer=Answer.WAITING), waiting_since__isnull=True),
                name="waiting_has_its_place",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "answer", "waiting_since", "id"], name="answers"),
            models.Index(
                fields=["event"], condition=Q(checked_in_at__isnull=False), name="came_to_event"
            ),
            models.Index(
                fields=["member", "event"],
                condition=Q(checked_in_at__isnull=False),
                name="came_by_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {Answer(self.answer).label}"

    @property
    def seats(self) -> int:
        """That they take where they go."""
        return 1 + self.guests

    def line_key(self, what: str) -> str:
        """Of a line of the log: "going", "checked-in"; see attendance_log.py."""
        return f"attendance:{self.pk}:{what}"
