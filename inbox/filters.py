"""What the list of conversations can be asked, in the query language of all lists.

An operator says something of a conversation or of a message. With words to look for, what is said
of messages holds for the message that has the words; without, for any one message of the
conversation: `inbox/search/plan.py` puts that together. Apps above register operators of their own
with `register(...)` when they are ready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.query import (
    Context,
    Language,
    Mistake,
    OperatorDefinition,
    Query,
    Term,
    dates,
    search_query,
)
from inbox import filter_values as values
from inbox.languages import SUBJECTS, configurations_in_use
from inbox.models import (
    Conversation,
    ConversationTag,
    Draft,
    Kind,
    ReadMark,
    SearchedConversation,
    SearchedMessage,
)
from inbox.models.access import effectively_unassigned
from inbox.models.conversation import ANSWERED_LAST
from members.filters import colleague, tag_names
from members.models import Identity, Stage, Tag
from team.models import User

Build = Callable[[str, Context], Q]
WAITS = Q(state="open", waiting_since__isnull=False)


def any_message(condition: Q, context: Context) -> Q:
    """Of conversations: one of their messages is so, of those that this reader may see."""
    seen = SearchedMessage.objects.visible_to(context.user).present()
    return Q(Exists(seen.filter(condition, conversation=OuterRef("pk"))))


def words_in_message(term: Term, context: Context) -> Q:
    return Q(search=search_query(Query(term.text, term), configurations_in_use()))


def words_in_conversation(term: Term, context: Context) -> Q:
    """In a message or the subject, by those that have them: these are few more often than the
    conversations."""
    seen = SearchedMessage.objects.visible_to(context.user).present()
    said = seen.filter(words_in_message(term, context))
    query = search_query(Query(term.text, term), SUBJECTS)
    titled = SearchedConversation.objects.filter(search=query)
    return Q(pk__in=said.values("conversation")) | Q(pk__in=titled.values("pk"))


CONVERSATIONS = Language("conversations", words=words_in_conversation)
MESSAGES = Language("messages", words=words_in_message)  # the same operators, of one message
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


def over_any_message(of_message: Build | None) -> Build:
    if of_message is None:
        raise ValueError("An operator says something of conversations or of messages.")
    return lambda value, context: any_message(of_message(value, context), context)


def over_conversation(of_conversation: Build) -> Build:
    def build(value: str, context: Context) -> Q:
        so = Conversation.objects.filter(of_conversation(value, context))
        return Q(conversation__in=so.values("pk"))

    return build


# One function an operator: a value, as it was typed, becomes a condition ------------------------


def written_by(value: str, context: Context) -> Q:
    """By a member or a teammate, both by name."""
    accounts = values.accounts_meant(value, context)
    teammates = values.teammates_meant(value, context)
    if not accounts and not teammates:
        raise Mistake(_("There’s nobody called “%(name)s”.") % {"name": value})
    return Q(author__isnull=False, author__in=accounts) | Q(by__isnull=False, by__in=teammates)


def written_to(value: str, context: Context) -> Q:
    """A reply of the team to something that this member wrote."""
    accounts = values.accounts_meant(value, context)
    if not accounts:
        raise Mistake(_("There’s nobody called “%(name)s”.") % {"name": value})
    theirs = SearchedMessage.objects.filter(author__in=accounts)
    return Q(kind=Kind.OUTBOUND, parent__isnull=False, parent__in=theirs.values("pk"))


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
    tag = Tag.objects.visible_to(context.user).current().filter(name__iexact=value).first()
    if tag is None:
        raise Mistake(_("There’s no tag “%(name)s”.") % {"name": value})
    return Q(pk__in=ConversationTag.objects.filter(tag=tag).values("conversation"))


def asked_by(**condition: Any) -> Q:
    """By a member who is so; who asked is whom the row shows."""
    so = Identity.objects.filter(**condition)
    return Q(preview_by__isnull=False) & Q(preview_by__in=so.values("pk"))


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
    """By its code: `pt` finds `pt-BR` too."""
    return Q(language__iexact=value) | Q(language__istartswith=f"{value}-")


def assignees(user: User, beginning: str) -> list[tuple[str, str]]:
    words = {"me": _("You"), "nobody": _("Unassigned")}
    offered = [(word, label) for word, label in words.items() if word.startswith(beginning.lower())]
    team = User.objects.active().filter(name__istartswith=beginning).order_by("name", "pk")
    most = values.MOST_OFFERED - len(offered)
    return [*offered, *((each.name, each.email) for each in team[:most])]


register(
    name="is",
    help=gettext_lazy("In this state"),
    example="is:waiting",
    of_conversation=in_state,
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
    of_message=written_by,
    complete=values.people,
    refers_to="user",
)
register(
    name="to",
    help=gettext_lazy("A reply of your team to this member"),
    example="to:lena",
    of_message=written_to,
    complete=values.people,
)
register(
    name="source",
    help=gettext_lazy("From this source, by its name or kind"),
    example="source:forum",
    of_conversation=from_source,
    of_message=from_source,
    complete=values.source_names,
    refers_to="source",
)
register(
    name="channel",
    help=gettext_lazy("In this channel or category"),
    example="channel:support",
    of_conversation=in_channel,
    complete=values.channel_names,
)
register(
    name="assignee",
    help=gettext_lazy("Assigned to this teammate, you (me) or nobody"),
    example="assignee:me",
    of_conversation=assigned_to,
    complete=assignees,
    refers_to="user",
)
register(
    name="tag",
    help=gettext_lazy("With this tag"),
    example="tag:bug",
    of_conversation=tagged,
    complete=tag_names,
    refers_to="tag",
)
register(
    name="stage",
    help=gettext_lazy("Asked by a member in this stage"),
    example="stage:contributor",
    of_conversation=lambda value, context: asked_by(member__stage=value),
    values={stage.value: stage.label for stage in Stage},
)
register(
    name="owner",
    help=gettext_lazy("Asked by a member whose owner is this teammate, you (me) or nobody"),
    example="owner:me",
    of_conversation=owned,
    complete=assignees,
    refers_to="user",
)
register(
    name="has",
    help=gettext_lazy("With one of these"),
    example="has:note",
    of_conversation=having,
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
    of_conversation=known("last_message_at", dates.aged),
    complete=dates.complete_age,
)
register(
    name="waiting",
    help=gettext_lazy("Waiting for a reply for longer (>) or not as long (<)"),
    example="waiting:>2d",
    of_conversation=waiting,
    complete=dates.complete_age,
)
register(
    name="lang",
    help=gettext_lazy("A message in this language (its code)"),
    example="lang:de",
    of_message=in_language,
    complete=values.languages,
)
