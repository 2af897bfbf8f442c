"""What each operator of conversations makes of a value: a condition on messages or conversations.

One function an operator; `inbox/filters.py` gives them their names. Each condition is true or false
for every row, so that its negation is its opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from community_hub.lib.language_names import meant
from community_hub.lib.query import Context, Query, Term, dates, says, search_query
from inbox import filter_values as values
from inbox.languages import READ, SUBJECTS, configurations_at
from inbox.models import (
    ConversationTag,
    Draft,
    Kind,
    ReadMark,
    SearchedConversation,
    SearchedMessage,
)
from inbox.models.access import effectively_unassigned
from inbox.models.conversation import ANSWERED_LAST
from members.colleagues import colleague
from members.filters import tag_called
from members.models import Identity
from team.models import User

Build = Callable[[str, Context], Q]
WAITS = Q(state="open", waiting_since__isnull=False)


def any_message(condition: Q, context: Context) -> Q:
    """Of conversations: one of their messages is so, of those that this reader may see."""
    seen = SearchedMessage.objects.visible_to(context.user).present()
    return Q(Exists(seen.filter(condition, conversation=OuterRef("pk"))))


def words_in_message(term: Term, context: Context) -> Q:
    found = Q(search=search_query(Query(term.text, term), configurations_at(context.now)))
    return found & says(term, "body_text", READ)


def words_in_subject(term: Term, _context: Context) -> Q:
    """Of a SearchedConversation."""
    found = Q(search=search_query(Query(term.text, term), SUBJECTS))
    return found & says(term, "subject", READ)


def words_in_conversation(term: Term, context: Context) -> Q:
    """In a message or the subject, by those that have them: these are few more often than the
    conversations."""
    seen = SearchedMessage.objects.visible_to(context.user).present()
    said = seen.filter(words_in_message(term, context))
    titled = SearchedConversation.objects.filter(words_in_subject(term, context))
    return Q(pk__in=said.values("conversation")) | Q(pk__in=titled.values("pk"))


def written_by(value: str, context: Context) -> Q:
    """By a member or a teammate, both by name; `me` is the reader, here and on every platform."""
    accounts, teammates = values.writers_meant(value, context)
    if not accounts and not teammates:
        raise values.nobody_called(value, context)
    return Q(author__isnull=False, author__in=accounts) | Q(by__isnull=False, by__in=teammates)


def written_to(value: str, context: Context) -> Q:
    """A reply of the team to something that this member wrote, sent from here or written on the
    platform itself."""
    accounts = values.accounts_meant(value, context)
    if not accounts and not values.is_me(value):
        raise values.nobody_called(value, context)
    theirs = SearchedMessage.objects.filter(author__in=accounts)
    native = Q(kind=Kind.INBOUND, author__isnull=False, author__in=Identity.objects.of_team())
    by_team = Q(kind=Kind.OUTBOUND) | native
    return by_team & Q(parent__isnull=False, parent__in=theirs.values("pk"))


def from_source(value: str, context: Context) -> Q:
    return Q(source__in=values.sources_meant(value, context))


def in_channel(value: str, context: Context) -> Q:
    return Q(channel__isnull=False, channel__in=values.channels_meant(value, context))


def in_state(value: str, context: Context) -> Q:
    return {
        "open": Q(state="open"),
        "waiting": WAITS,
        "answered": Q(state="open") & Q(last_reply_at__isnull=False) & ANSWERED_LAST,
        "snoozed": Q(state="snoozed"),
        "done": Q(state="done"),
        "unread": unread(context.user),
        "mine": Q(assignee__isnull=False, assignee=context.user),
        "unassigned": Q(effectively_unassigned()),
    }[value]


def unread(user: User) -> Q:
    """As `is_unread` has it: without a mark, whatever waits is new."""
    marks = ReadMark.objects.filter(user=user, conversation=OuterRef("pk"))
    newer = marks.filter(up_to__lt=OuterRef("last_message_id"))
    return Q(Exists(newer)) | (Q(waiting_since__isnull=False) & ~Q(Exists(marks)))


def assigned_to(value: str, context: Context) -> Q:
    if value.lower() == "nobody":
        return Q(effectively_unassigned())
    return Q(assignee__isnull=False, assignee=colleague(value, context))


def tagged(value: str, context: Context) -> Q:
    tag = tag_called(value, context)
    return Q(pk__in=ConversationTag.objects.filter(tag=tag).values("conversation"))


def asked_by(**condition: Any) -> Q:
    """By a member who is so; who asked is whom the row shows."""
    so = Identity.objects.filter(**condition)
    return Q(preview_by__isnull=False) & Q(preview_by__in=so.values("pk"))


def in_stage(value: str, context: Context) -> Q:
    return asked_by(member__stage=value, member__user__isnull=True, member__is_bot=False)


def owned(value: str, context: Context) -> Q:
    if value.lower() == "nobody":
        return asked_by(member__owner__isnull=True)
    return asked_by(member__owner=colleague(value, context))


def has_draft(context: Context) -> Q:
    mine = Draft.objects.filter(user=context.user)
    return Q(pk__in=mine.values("conversation"))


def having(value: str, context: Context) -> Q:
    return {
        "draft": lambda: has_draft(context),
        "note": lambda: any_message(Q(kind=Kind.NOTE), context),
        "link": lambda: any_message(Q(body_html__contains="<a href="), context),
        "reply": lambda: Q(last_reply_at__isnull=False),
    }[value]()


def known(field: str, condition: Callable[[str, str, Context], Q]) -> Build:
    """A condition on a moment that may be missing: then it is not so."""
    return lambda value, context: (
        Q(**{f"{field}__isnull": False}) & condition(field, value, context)
    )


def waiting(value: str, context: Context) -> Q:
    return WAITS & dates.aged("waiting_since", value, context)


def in_language(value: str, context: Context) -> Q:
    """By its code or name: `pt` and `Portuguese` find `pt-BR` too."""
    code = meant(value)
    return Q(language__iexact=code) | Q(language__istartswith=f"{code}-")
