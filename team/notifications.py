"""Telling colleagues what they should know: in the bell at once, by email when it stays unread.

Each app registers its kinds (`register`) and calls `notify`. One row a subject and colleague,
brought up to date rather than repeated; never about one's own doing; never to somebody who may not
see what it is about.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live

from . import hooks
from .models import MailFailure, Notification, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAIL_AFTER = timedelta(minutes=15)  # unread for so long
MAIL_WITHIN = timedelta(days=14)  # kept for a mail server that is away; what is older is no news


@dataclass(frozen=True)
class Kind:
    slug: str
    label: str | _StrPromise


_kinds: dict[str, Kind] = {}


def register(slug: str, label: str | _StrPromise) -> None:
    """ValueError where the slug is taken."""
    if slug in _kinds:
        raise ValueError(f"There is a notification {slug} already")
    _kinds[slug] = Kind(slug, label)


def kinds() -> list[Kind]:
    return list(_kinds.values())


def notify(
    kind: str,
    users: Iterable[User],
    about: str,
    text: str,
    link: str,
    *,
    scope: str = "",
    by: User | None = None,
) -> None:
    """Bring each colleague's one row about `about` ("conversation:42") up to date, unread.

    `scope` ("source:3"): only who may see it is told, and reads it whenever they look. `by`: whose
    doing it is; they are not told. KeyError for a kind that is not registered.
    """
    _kinds[kind]
    told = [user for user in users if user != by and user.is_active and may_see(user, scope)]
    in_bell = [user for user in told if wants(user, kind, "bell")]
    by_mail = _without_unread(
        [user for user in told if user not in in_bell and wants(user, kind, "mail")], about
    )
    now = timezone.now()
    rows = [
        Notification(
            user=user, kind=kind, about=about, scope=scope, text=text[:300], link=link,
            in_bell=user in in_bell, updated_at=now,
        )
        for user in in_bell + by_mail
    ]  # fmt: skip
    if not rows:
        return
    Notification.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "about"],
        update_fields=[
            "kind", "scope", "text", "link", "in_bell", "updated_at", "read_at", "mailed_at",
        ],
    )  # fmt: skip
    live.publish([f"user:{user.pk}" for user in in_bell], "notification", {})


def _without_unread(users: list[User], about: str) -> list[User]:
    """Those whose bell has nothing unread about it: news by mail alone would take its place."""
    if not users:
        return []
    unread = Notification.objects.unread().filter(about=about, in_bell=True, user__in=users)
    have = set(unread.values_list("user_id", flat=True))
    return [user for user in users if user.pk not in have]


def withdraw(kind: str, about: str, users: Iterable[User]) -> None:
    """What is not true any more: gone from the bell, and never mailed. What was read stays."""
    rows = Notification.objects.unread().filter(kind=kind, about=about, user__in=list(users))
    told = list(rows.values_list("user_id", flat=True))
    rows.delete()
    live.publish([f"user:{user}" for user in told], "notification", {})


def may_see(user: User, scope: str) -> bool:
    if not scope:
        return True
    for hidden in hooks.hidden_scopes:
        scopes = hidden(user)
        if scopes is not None and scopes.filter(as_scope=scope).exists():
            return False
    return True


# What a colleague wants --------------------------------------------------------------------------


def wants(user: User, kind: str, way: str) -> bool:
    """`way` is "bell" or "mail"; both are on until somebody switches them off."""
    chosen = user.prefers("notifications").get(kind, {})
    return bool(chosen.get(way, True))


def is_quiet(user: User, now: datetime) -> bool:
    """Their quiet hours, in their timezone; they may go over midnight."""
    begins, ends = (_clock(user.prefers(name)) for name in ("quiet_from", "quiet_until"))
    if begins is None or ends is None or begins == ends:
        return False
    try:
        clock = now.astimezone(ZoneInfo(user.timezone)).time()
    except (ZoneInfoNotFoundError, ValueError):
        clock = now.time()
    if begins < ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None


def due_by_mail(now: datetime) -> Iterator[tuple[User, list[Notification]]]:
    """Unread for a while, not mailed yet, wanted by mail, outside of quiet hours, and not refused
    by the mail server: the newest first. Each colleague's are read alone, and in no fixed order, so
    that nobody waits for another whose rows are many or whose mails fail."""
    waiting = Notification.objects.filter(
        read_at__isnull=True,
        mailed_at__isnull=True,
        updated_at__lte=now - MAIL_AFTER,
        updated_at__gte=now - MAIL_WITHIN,
    )
    held_back = MailFailure.objects.holding_back(now).values("user")
    wanted = User.objects.active().filter(pk__in=waiting.values("user"))
    users = list(wanted.exclude(pk__in=held_back))
    random.shuffle(users)
    for user in users:
        if is_quiet(user, now):
            continue
        unwanted = [kind for kind in user.prefers("notifications") if not wants(user, kind, "mail")]
        if rows := list(waiting.for_user(user).exclude(kind__in=unwanted).newest_first()):
            yield user, rows


register("assigned", _("A conversation is assigned to you"))
register("mention", _("Someone mentions you in a note"))
register("reply", _("A member replies in a conversation assigned to you"))
register("delivery", _("Your reply couldn’t be sent"))
register("source", _("A source stops or keeps failing (admins)"))
