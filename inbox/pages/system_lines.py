"""System lines of a thread: kept as facts, worded when they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inbox.models import Message

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def say(message: Message) -> str:
    facts = message.event
    verb = facts.get("verb")
    words: dict[str, str | _StrPromise] = {
        "who": str(message.by) if message.by else _("The hub"),
        "whom": getattr(message, "assignee_name", None) or _("a former teammate"),
    }
    if verb == "assign":
        return assigned(message, facts.get("assignee_id"), words)
    if verb == "snooze":
        until = facts.get("snoozed_until")
        if not until:
            return _("%(who)s snoozed this until they reply") % words
        words["when"] = day_and_time(datetime.fromisoformat(until))
        return _("%(who)s snoozed this until %(when)s") % words
    if verb == "close":
        return _("%(who)s marked this as done") % words
    if verb == "reopen":
        return _("%(who)s reopened this") % words
    if verb in ("credit", "uncredit"):
        return credited(verb, words | {"whom": message.credited_name})
    if verb == "wake":
        return _("Snooze ended")
    return str(facts.get("text") or _("%(who)s made a change") % words)


def assigned(message: Message, assignee: int | None, words: dict[str, str | _StrPromise]) -> str:
    if assignee is None:
        return _("%(who)s unassigned this") % words
    if message.by_id == assignee:
        return _("%(who)s assigned this to themselves") % words
    return _("%(who)s assigned this to %(whom)s") % words


def credited(verb: str, words: dict[str, str | _StrPromise]) -> str:
    """`whom`: "" in a line that doesn't know, or of an account that is gone."""
    if verb == "credit":
        named = _("%(who)s credited %(whom)s with the answer")
        return (named if words["whom"] else _("%(who)s credited a member’s answer")) % words
    named = _("%(who)s removed %(whom)s’s credit for the answer")
    return (named if words["whom"] else _("%(who)s removed a credit")) % words


def day_and_time(moment: datetime) -> str:
    try:
        local = timezone.localtime(moment)
    except OverflowError:  # the last day there is, seen from further east
        local = moment
    return f"{date_format(local, 'l, j F')}, {date_format(local, 'H:i')}"
