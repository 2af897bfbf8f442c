"""Credit for a member who answered another: a line of theirs in the log, found by its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from . import log
from .log import Line
from .models import Activity, ActivityKind, FollowUp, FollowUpKind, FollowUpState, Member
from .models.activity import ActivityQuerySet

FOR_ALL = "thanks:"  # begins the origin of thanks for all answers so far; see thanks_due.py


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


def are_thanked(member: Member, message: int, at: datetime) -> bool:
    """Whether somebody thanks, or has thanked, for this answer, which was written then."""
    return message in thanks_for([(message, member.pk, at)])


def thanks_for(answers: Sequence[tuple[int, int, datetime]]) -> dict[int, FollowUp]:
    """By message: the newest thanks for it, planned or done. `answers`: message, member, when it
    was written. Thanks that Today asked for are for every answer up to then. One query."""
    rows = FollowUp.objects.filter(
        member__in={member for _message, member, _at in answers}, kind=FollowUpKind.THANKS
    ).exclude(state=FollowUpState.DROPPED)
    found: dict[int, FollowUp] = {}
    for row in rows.order_by("pk") if answers else ():
        for message, member, at in answers:
            is_for_all = row.origin.startswith(FOR_ALL) and at <= row.created_at
            if row.member_id == member and (is_for_all or row.origin == key_of(message)):
                found[message] = row
    return found
