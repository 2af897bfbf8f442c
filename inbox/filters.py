"""What the list of conversations can be asked, in the query language of all lists.

An operator says something of a conversation or of a message. With words to look for, what is said
of messages holds for the message that has the words; without, for any one message of the
conversation: `inbox/search/plan.py` puts that together. Apps above register operators of their own
with `register(...)` when they are ready.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from community_hub.lib.query import (
    Context,
    Language,
    OperatorDefinition,
    dates,
)
from inbox import conditions
from inbox import filter_values as values
from inbox.conditions import Build
from inbox.models import (
    Conversation,
)
from members.colleagues import colleagues
from members.filters import tag_names
from members.models import Stage

CONVERSATIONS = Language("conversations", words=conditions.words_in_conversation)
MESSAGES = Language(
    "messages", words=conditions.words_in_message
)  # the same operators, of one message
OF_MESSAGES: set[str] = set()  # operators that say something of messages
OF_BOTH: set[str] = set()  # operators that can say the same of both


def register(
    *, of_conversation: Build | None = None, of_message: Build | None = None, **facts: Any
) -> None:
    """One operator, which says something of a conversation or of a message. An operator that can
    say the same of both, such as which source it is from, gives both: it is asked of what is
    looked for. `facts`: the rest of an OperatorDefinition."""
    build = of_conversation or over_any_message(of_message)
    CONVERSATIONS.register(OperatorDefinition(build=build, **facts))
    MESSAGES.register(OperatorDefinition(build=of_message or over_conversation(build), **facts))
    if of_message:
        (OF_BOTH if of_conversation else OF_MESSAGES).add(facts["name"])


def register_of_conversation(*, build: Build, **facts: Any) -> None:
    """For an app that does not know this one; see ListKind.register."""
    register(of_conversation=build, **facts)


def over_any_message(of_message: Build | None) -> Build:
    if of_message is None:
        raise ValueError("An operator says something of conversations or of messages.")
    return lambda value, context: conditions.any_message(of_message(value, context), context)


def over_conversation(of_conversation: Build) -> Build:
    def build(value: str, context: Context) -> Q:
        so = Conversation.objects.filter(of_conversation(value, context))
        return Q(conversation__in=so.values("pk"))

    return build


register(
    name="is",
    help=gettext_lazy("In this state"),
    example="is:waiting",
    of_conversation=conditions.in_state,
    values={
        "open": gettext_lazy("Open"),
        "waiting": gettext_lazy("Waiting for a reply"),
        "answered": gettext_lazy("Open, your team wrote last"),
        "snoozed": gettext_lazy("Snoozed"),
        "done": gettext_lazy("Done"),
        "unread": gettext_lazy("With messages you haven’t read"),
        "mine": gettext_lazy("Assigned to you"),
        "unassigned": gettext_lazy("Assigned to nobody"),
    },
)
register(
    name="from",
    help=gettext_lazy("A message by this member or teammate (me: by you)"),
    example="from:lena",
    of_message=conditions.written_by,
    complete=values.people,
    refers_to="user",
    means_others=True,
)
register(
    name="to",
    help=gettext_lazy("A reply of your team to this member (me: to you)"),
    example="to:lena",
    of_message=conditions.written_to,
    complete=values.people,
)
register(
    name="source",
    help=gettext_lazy("From this source, by its name or kind"),
    example="source:forum",
    of_conversation=conditions.from_source,
    of_message=conditions.from_source,
    complete=values.source_names,
    refers_to="source",
)
register(
    name="channel",
    help=gettext_lazy("In this channel or category"),
    example="channel:support",
    of_conversation=conditions.in_channel,
    complete=values.channel_names,
)
register(
    name="assignee",
    help=gettext_lazy("Assigned to this teammate, you (me) or nobody"),
    example="assignee:me",
    of_conversation=conditions.assigned_to,
    complete=colleagues,
    refers_to="user",
)
register(
    name="tag",
    help=gettext_lazy("With this tag"),
    example="tag:bug",
    of_conversation=conditions.tagged,
    complete=tag_names,
    refers_to="tag",
)
register(
    name="stage",
    help=gettext_lazy("Asked by a member in this stage"),
    example="stage:contributor",
    of_conversation=conditions.in_stage,
    values={stage.value: stage.label for stage in Stage},
)
register(
    name="owner",
    help=gettext_lazy("Asked by a member whose owner is this teammate, you (me) or nobody"),
    example="owner:me",
    of_conversation=conditions.owned,
    complete=colleagues,
    refers_to="user",
)
register(
    name="has",
    help=gettext_lazy("With one of these"),
    example="has:note",
    of_conversation=conditions.having,
    values={
        "draft": gettext_lazy("A draft of yours"),
        "note": gettext_lazy("A note"),
        "link": gettext_lazy("A link in a message"),
        "reply": gettext_lazy("A reply of your team"),
    },
)
register(
    name="before",
    help=gettext_lazy("A message from before a date"),
    example="before:2026-06-01",
    of_message=lambda value, context: dates.before("sent_at", value, context),
    complete=dates.complete_date,
)
register(
    name="after",
    help=gettext_lazy("A message from a date on"),
    example="after:last-week",
    of_message=lambda value, context: dates.after("sent_at", value, context),
    complete=dates.complete_date,
)
register(
    name="on",
    help=gettext_lazy("A message from a day, week or month"),
    example="on:yesterday",
    of_message=lambda value, context: dates.on("sent_at", value, context),
    complete=dates.complete_date,
)
register(
    name="last",
    help=gettext_lazy("The last message is older (>) or newer (<)"),
    example="last:>60d",
    of_conversation=conditions.known("last_message_at", dates.aged),
    complete=dates.complete_age,
)
register(
    name="waiting",
    help=gettext_lazy("Waiting for a reply for longer (>) or not as long (<)"),
    example="waiting:>2d",
    of_conversation=conditions.waiting,
    complete=dates.complete_age,
)
register(
    name="lang",
    help=gettext_lazy("A message in this language (its code or name)"),
    example="lang:de",
    of_message=conditions.in_language,
    complete=values.languages,
)
