"""What the audit trail says of actions on conversations and sources: to whom, until when, where."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from inbox.models import Channel
from members.models import Member
from team import trail_nouns
from team.models import Action, User
from team.trail_nouns import Noun
from team.verb_entry import Sentence

CONVERSATION = Noun(hidden=_lazy("a conversation"), gone=_lazy("a deleted conversation"))
SOURCE = Noun(
    hidden=_lazy("a source"),
    gone=_lazy("a deleted source"),
    gone_named=_lazy("the deleted source “%(name)s”"),
)
trail_nouns.register("inbox.conversation", CONVERSATION)
trail_nouns.register("inbox.delivery", CONVERSATION)  # a reply is called after its conversation
trail_nouns.register("inbox.source", SOURCE)


def assignees(batch: Sequence[Action]) -> dict[int, Sentence]:
    users = User.objects.in_bulk({action.after["assignee_id"] for action in batch} - {None})
    return {action.pk: _assignment(action, users) for action in batch}


def _assignment(action: Action, users: dict[int, User]) -> Sentence:
    to = users.get(action.after["assignee_id"])
    if to is None:
        return Sentence(_("unassigned %(object)s"), {})
    if to.pk == action.by_id:
        return Sentence(_("assigned %(object)s to themselves"), {})
    return Sentence(_("assigned %(object)s to %(to)s"), {"to": str(to)})


def snoozes(batch: Sequence[Action]) -> dict[int, Sentence]:
    """The time in the reader's timezone, with the year: a trail is read long afterwards."""
    told = {}
    for action in batch:
        until = parse_datetime(action.after.get("snoozed_until") or "")
        if until is None:
            told[action.pk] = Sentence(_("snoozed %(object)s until they reply"), {})
        else:
            when = date_format(timezone.localtime(until), "j M Y, H:i")
            words = _("snoozed %(object)s until %(when)s")
            told[action.pk] = Sentence(words, {"when": when})
    return told


def channels(batch: Sequence[Action]) -> dict[int, Sentence]:
    wanted = [action.after["channel"] for action in batch]
    names = dict(Channel.objects.filter(pk__in=wanted).values_list("pk", "name"))
    words = {
        "mute": _("muted %(channel)s in %(object)s"),
        "unmute": _("unmuted %(channel)s in %(object)s"),
    }
    return {
        action.pk: Sentence(words[action.verb], {"channel": names[action.after["channel"]]})
        for action in batch
        if action.after["channel"] in names
    }


def credited(batch: Sequence[Action]) -> dict[int, Sentence]:
    """Who answered; a member who is gone is not named."""
    by_action = {row.pk: (row.after or row.before)["member"] for row in batch}
    names = dict(Member.objects.filter(pk__in=by_action.values()).values_list("pk", "name"))
    words = {
        "credit": _("credited %(member)s for an answer in %(object)s"),
        "uncredit": _("removed %(member)s’s credit for an answer in %(object)s"),
    }
    return {
        row.pk: Sentence(words[row.verb], {"member": names[by_action[row.pk]]})
        for row in batch
        if names.get(by_action[row.pk])
    }
