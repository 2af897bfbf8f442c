"""Colleagues whose mail a mail server does not take, and until when it is not tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from community_hub.lib.text import one_line

if TYPE_CHECKING:
    from .user import User

LONGEST_WAIT = timedelta(hours=4)
ANSWER = 200  # characters


class MailFailureQuerySet(models.QuerySet["MailFailure"]):
    def current(self) -> MailFailureQuerySet:
        """Of colleagues who still have the address that was refused."""
        return self.filter(user__is_active=True, address=F("user__email"))

    def holding_back(self, now: datetime) -> MailFailureQuerySet:
        """Refused for good, or not to be tried again yet."""
        return self.current().filter(Q(next_try_at=None) | Q(next_try_at__gt=now))

    def refused(self) -> MailFailureQuerySet:
        return self.current().filter(next_try_at=None)

    def delayed(self) -> MailFailureQuerySet:
        return self.current().exclude(next_try_at=None)

    def note(self, user: User, code: int, answer: bytes | str, *, final: bool) -> None:
        """The mail server said no. Not for good: after a minute, two, four, up to LONGEST_WAIT."""
        words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
        before = self.filter(user=user, address=user.email).first()
        failures = before.failures + 1 if before else 1
        wait = min(timedelta(minutes=2 ** min(failures - 1, 20)), LONGEST_WAIT)
        self.update_or_create(
            user=user,
            defaults={
                "address": user.email,
                "answer": one_line(f"{code} {words}", ANSWER),
                "failures": failures,
                "next_try_at": None if final else timezone.now() + wait,
            },
        )


class MailFailure(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_failure"
    )
    address = models.EmailField()  # as it was then
    answer = models.CharField(max_length=ANSWER)  # of the mail server: "550 No such user here"
    failures = models.PositiveIntegerField(default=1)
    next_try_at = models.DateTimeField(null=True)  # null: refused for good

    objects = MailFailureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.address}: {self.answer}"

    @property
    def is_final(self) -> bool:
        return self.next_try_at is None
