"""Celery tasks of members: each takes an id, calls one function, and is safe to run twice."""

from __future__ import annotations

from datetime import time as clock
from datetime import timedelta
from time import monotonic

import structlog
from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy

from community_hub.lib.pictures.keeping import obtain
from community_hub.lib.schedule import scheduled

from . import bond_pass, derived, gift_verbs, reminders, stage_rule
from .avatars import avatar_wanted
from .models import Identity

log = structlog.get_logger(__name__)

MAIL_SECONDS = 60.0  # of one round: a mail server that hangs takes EMAIL_TIMEOUT for each mail


@scheduled(
    every=timedelta(minutes=5),
    name="members.tasks.mail_today",
    label=gettext_lazy("Email what is due today"),
)
def mail_today() -> None:
    """To each colleague in the morning of their timezone, once a day. Where the mail server is
    away they stay due for that day."""
    begun = monotonic()
    for user, day in reminders.due(timezone.now()):
        if monotonic() - begun > MAIL_SECONDS:
            log.warning("morning mails wait for a slow mail server")
            return
        try:
            reminders.remind(user, day)
        except OSError as error:
            log.warning("morning mail not sent", user=user.pk, error=str(error))


@scheduled(
    every=timedelta(days=1),
    at=clock(0, 30),
    name="members.tasks.delete_gift_details",
    label=gettext_lazy("Delete sizes and addresses for gifts that have expired"),
)
def delete_gift_details() -> None:
    gift_verbs.delete_what_is_over()


@shared_task(name="members.tasks.fetch_avatar", acks_late=False)
def fetch_avatar(pk: int) -> None:
    identity = Identity.objects.filter(pk=pk).first()
    wanted = avatar_wanted(identity) if identity else None
    if wanted:
        obtain(wanted)


@scheduled(
    every=timedelta(minutes=5),
    name="members.tasks.update_relationships",
    label=gettext_lazy("Update who is active and who knows whom"),
)
def update_relationships() -> None:
    """Of members for whom something changed."""
    derived.update()


@scheduled(
    every=timedelta(days=1),
    at=clock(2, 40),
    name="members.tasks.nightly_relationships",
    label=gettext_lazy("Work out who went quiet and who alone knows somebody"),
)
def nightly_relationships() -> None:
    derived.update()
    bond_pass.work_out_sole_contacts()


@scheduled(
    every=timedelta(days=1),
    at=clock(3, 50),
    name="members.tasks.review_stages",
    label=gettext_lazy("Lower the stages of members who went quiet (once a month)"),
)
def review_stages() -> None:
    """Asked every night, so that a night without a worker costs no month."""
    stage_rule.review_when_due()
