"""What is said of a follow-up: lines of the member's log, and the notification of who does it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from team import notifications

from . import log
from .log import Line
from .models import ActivityKind, Visibility

if TYPE_CHECKING:
    from team.models import User

    from .models import FollowUp

KIND = "follow-up"  # of a notification

notifications.register(KIND, gettext_lazy("A follow-up is assigned to you"))


def planned_key(pk: int) -> str:
    """Of the log's line that says it was planned."""
    return f"follow-up:{pk}"


def about(row: FollowUp) -> str:
    """What notifications call it."""
    return f"follow-up:{row.pk}"


def log_planned(row: FollowUp) -> None:
    """Written again, the line is brought up to date."""
    due = date_format(row.due_on, "j F Y")
    words = _("Promised by %(day)s: %(text)s") if row.is_promise else _("By %(day)s: %(text)s")
    said = words % {"day": due, "text": row.text}
    log_step(row, planned_key(row.pk), said, row.created_by, at=row.created_at)


def log_step(
    row: FollowUp, key: str, words: str, by: User | None, at: datetime | None = None
) -> None:
    log.log(
        Line(
            occurred_at=at or timezone.now(),
            member_id=row.member_id,
            kind=ActivityKind.PROMISE if row.is_promise else ActivityKind.FOLLOW_UP,
            summary=words,
            key=key,
            scope=row.scope,
            actor_id=by.pk if by else None,
            visibility=Visibility(row.visibility),
            where=row.place,
            link=row.link,
        )
    )


def tell_owner(row: FollowUp, by: User) -> None:
    due = date_format(row.due_on, "j F")
    text = _("%(who)s asks you to follow up by %(day)s: %(text)s")
    notifications.notify(
        KIND,
        [row.owner],
        about(row),
        text % {"who": by, "day": due, "text": row.text},
        row.member.get_absolute_url(),
        scope=row.scope,
        by=by,
    )


def owner_need_not_know(row: FollowUp) -> None:
    """It is closed, or theirs no more: nobody is told of it who was not yet."""
    notifications.withdraw(KIND, about(row), [row.owner])
