"""The mail in the morning: what Today has for a colleague, once on each of their working days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from team import hours, mail
from team.models import NO_ADDRESS, User
from team.notifications import is_quiet

from . import today
from .hooks import MailLine
from .models import Reminder

SALT = "members.today-mail"


@dataclass(frozen=True)
class MailSection:
    title: Any
    lines: list[MailLine]
    has_more: bool
    due: int  # of the lines


def due(now: datetime) -> Iterator[tuple[User, date]]:
    """Those in whose working hours it is, who want the mail and have not had today's: each with
    their day. What was missed in the morning comes later on the same day."""
    had = dict(Reminder.objects.values_list("user", "day"))
    for user in User.objects.who_can_triage().exclude(email=NO_ADDRESS).order_by("pk"):
        if not user.prefers("today_mail") or is_quiet(user, now):
            continue
        own = hours.of_user(user)
        local = own.local(now)
        day = local.date()
        at_work = own.is_workday(day) and own.begins <= local.time() < own.ends
        if at_work and (user.pk not in had or had[user.pk] < day):
            yield user, day


def remind(user: User, day: date) -> bool:
    """One mail with the lines of Today; none where nothing is due, or another was quicker. OSError
    where the mail server does not take it: then it is due again."""
    if not Reminder.claim(user, day):
        return False
    try:
        with timezone.override(hours.zone(user.timezone)):
            return _send(user, day)
    except BaseException:  # such as SoftTimeLimitExceeded, where the server hangs
        Reminder.give_back(user, day)
        raise


def _send(user: User, day: date) -> bool:
    sections = lines_of(user)
    n = sum(each.due for each in sections)
    if not n:
        return False
    said = ngettext("Today: %(n)s thing waits for you", "Today: %(n)s things wait for you", n)
    off = settings.HUB_URL + reverse("today-mail", args=[token_of(user)])
    context = {"user": user, "day": day, "sections": sections, "off": off}
    headers = {
        "List-Unsubscribe": f"<{off}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail.send("members/email/today", said % {"n": n}, [user.email], context, headers=headers)
    return True


def lines_of(user: User) -> list[MailSection]:
    """What their page has under “Mine”, as far as each section has words for a mail."""
    return [
        MailSection(
            each.section.title,
            [row.line(row.row) for row in each.shown if row.line],
            each.has_more,
            sum(row.is_due for row in each.shown if row.line),
        )
        for each in today.sections(user, of_team=False)
        if any(row.line for row in each.shown)
    ]


# Switched off by a link ---------------------------------------------------------------------------


def token_of(user: User) -> str:
    return signing.dumps(user.pk, salt=SALT)


def user_of(token: str) -> User | None:
    """Whose mail the link came with; None where it is not one of ours."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return User.objects.active().filter(pk=pk).first()


def switch(user: User, *, on: bool) -> str:
    """What is said of it."""
    user.prefer(today_mail=on)
    if on:
        return _("You get the morning email again.")
    return _("You won’t get the morning email any more.")
