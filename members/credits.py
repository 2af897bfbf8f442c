"""Credit for a member who answered another: a line of theirs in the log, found by its key."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from . import log
from .log import Line
from .models import Activity, ActivityKind, FollowUp, FollowUpKind, Member
from .models.activity import ActivityQuerySet


def key_of(message: int) -> str:
    """Of the line for an answer; a follow-up that thanks for it has the same as its origin."""
    return f"credit:message:{message}"


def write(
    *,
    member: int,
    identity: int,
    message: int,
    at: datetime,
    subject: str,
    actor: int,
    scope: str,
    where: str,
    link: str,
) -> None:
    """`at`: when they answered; that is when it counts. `actor`: who of us confirmed it."""
    words = _("Answered “%(subject)s”") % {"subject": subject} if subject else _("Answered someone")
    log.log(
        Line(
            member_id=member, identity_id=identity, kind=ActivityKind.CREDIT, occurred_at=at,
            actor_id=actor, scope=scope, where=where, summary=words, link=link,
            key=key_of(message),
        )
    )  # fmt: skip


def forget(messages: list[int]) -> None:
    """The answers are gone, or were credited by mistake."""
    log.remove(key_of(pk) for pk in messages)


def of(member: Member) -> ActivityQuerySet:
    """Every credit of a member, whoever may read it."""
    return Activity.objects.present().filter(member=member, kind=ActivityKind.CREDIT)


def are_thanked(member: Member, message: int) -> bool:
    """Whether somebody thanks, or has thanked, for this answer."""
    rows = FollowUp.objects.filter(member=member, kind=FollowUpKind.THANKS)
    return rows.filter(origin=key_of(message)).exclude(state="dropped").exists()
