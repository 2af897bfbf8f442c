"""What strangers said on a public page and have not confirmed by e-mail yet."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .attendance import Answer, Attendance
from .event import Event

KEPT = timedelta(days=2)  # how long a link works
LONGEST_NAME = 100


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


def soon() -> datetime:
    return timezone.now() + KEPT


class PendingAnswer(models.Model):
    """`email` in lower case. `nonce` is part of the signed link (see rsvp.py), which the database
    alone does not give away; it changes with what they say, so that an older link confirms nothing
    else than it was sent for. `mails`: how many were asked for since `mails_since`. `mailed_at`:
    None while one is to be sent; `error`: why it was not. `attendance`: what the link led to."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="pending_answers", db_index=False
    )
    email = models.EmailField()
    name = models.CharField(max_length=LONGEST_NAME)
    guests = models.PositiveSmallIntegerField(default=0)
    wanted = models.CharField(max_length=10, choices=Answer.choices)
    nonce = models.CharField(max_length=24, default=new_nonce)
    language = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=soon, db_index=True)
    mails = models.PositiveSmallIntegerField(default=0)
    mails_since = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    attendance = models.ForeignKey(
        Attendance, null=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"], name="one_pending_answer_an_address"
            ),
            models.CheckConstraint(
                condition=Q(wanted__in=[Answer.GOING, Answer.MAYBE]), name="pending_is_wanted"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(mailed_at__isnull=True),
                name="pending_answers_to_mail",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.wanted}"
