"""A conversation as one reads it: a page of its messages in order, with what stands between them.

Reads only. Ingest threads messages in threads.py; here they are laid out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    Case,
    IntegerField,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib import compiled_sql, keyset
from community_hub.lib.keyset import Listing, Order
from inbox.models import Conversation, Delivery, Kind, Message, ReplyPromise
from inbox.pages.answers import answers_among, is_of_team, name_the_credited, thanks_among
from inbox.pages.system_lines import say
from members.models import FollowUp, Member
from team.models import User

if TYPE_CHECKING:
    from inbox.models.message import MessageQuerySet

PAGE = 20
NEWEST_FIRST = Order("-sent_at")
MOST = 300  # messages that a thread brought up to date may show
ABOVE = 5  # messages shown above one that a search found
DEEPEST = 3

# What a message shows; the rest, and most of what is known of people, would be read for nothing.
SHOWN = (
    "conversation_id",
    "kind",
    "mention_reason",
    "event",
    "sent_at",
    "edited_at",
    "deleted_at",
    "credited_at",
    "parent_id",
    "visibility",
    "permalink",
    "language",
    "content_warning",
    "body_html",
    "attachments",
    "by__name",
    "by__email",
    "author__member_id",
    "author__display_name",
    "author__handle",
    "author__avatar_url",
    "author__member__name",
    "author__is_us",
    "author__member__user_id",
    "author__member__is_bot",
    "delivery__state",
    "delivery__last_error",
)


@dataclass
class Entry:
    """One message and what is written above it."""

    message: Message
    depth: int
    new_day: date | None = None
    first_unread: bool = False
    answers: Message | None = None  # shown where the answered one does not stand right above
    words: str = ""  # of a system line
    is_found: bool = False  # by a search, from which somebody came
    may_be_credited: bool = False  # a member answered another, as far as the page tells
    thanks: FollowUp | None = None  # for a credited answer, planned or done
    nobody: str = ""  # how whoever wrote it is called where the platform does not say

    @property
    def speaker(self) -> str:
        """Who wrote it; "" where it is the team and the hub does not know which of us."""
        if self.message.by:
            return str(self.message.by)
        if self.message.is_ours:
            return ""
        return str(self.member) if self.member else self.nobody

    @property
    def member(self) -> Member | None:
        """Who wrote it from outside; None for colleagues and for an account that is gone."""
        author = self.message.author if self.message.kind == Kind.INBOUND else None
        return author.member if author else None

    @property
    def delivery(self) -> Delivery | None:
        return getattr(self.message, "delivery", None) if self.message.is_ours else None


@dataclass
class Thread:
    """`older` is the cursor before which more can be read, "" at the beginning; `start` is the
    cursor of the first entry, so that a page brought up to date begins where it did. `is_cut`: the
    newest are not shown."""

    entries: list[Entry] = field(default_factory=list)
    older: str = ""
    start: str = ""
    seen_up_to: int = 0
    is_cut: bool = False


def asked_by(conversation: Conversation, thread: Thread) -> Message | None:
    """Of the newest page, the message an answer goes to, as Conversation.answerable() has it; None
    where that one is further up."""
    theirs = [
        entry.message
        for entry in thread.entries
        if entry.message.kind == Kind.INBOUND and not entry.message.deleted_at
    ]
    if conversation.waiting_since is None:
        asked = [each for each in theirs if each.mention_reason and not is_of_team(each)]
        if conversation.last_mention_at and not asked:
            return None
        return next(reversed(asked or theirs), None)
    waits = (conversation.waiting_since, conversation.preview_by_id)
    return next((each for each in theirs if (each.sent_at, each.author_id) == waits), None)


def load_thread(
    conversation: Conversation,
    *,
    before: str = "",
    start: str = "",
    at: int = 0,
    mark: int | None = None,
) -> Thread:
    """The newest page; the page before a cursor; all from `start` on, brought up to date; or all
    from a little above the message `at` on, where it is one of these.

    `mark` is how far this user had read: the first that others wrote after it is marked.
    """
    is_cut = False
    start = start or (start_above(conversation.pk, at) if at else "")
    if start:
        found = messages(conversation.pk)
        shown = list(found.filter(NEWEST_FIRST.until(start)).order_by("sent_at", "id")[: MOST + 1])
        is_cut = len(shown) > MOST
        shown = shown[:MOST]
        older = bool(shown) and found.filter(NEWEST_FIRST.after(start)).exists()
    else:
        page = page_before(conversation.pk, before) if before else newest(conversation.pk)
        shown, older = page.rows[::-1], bool(page.more)
    name_the_credited(shown)
    thread = Thread(entries=lay_out(shown, mark, nobody_of(conversation)), is_cut=is_cut)
    answers = answers_among(shown, conversation, is_whole=not older)
    thanks = thanks_among(shown)
    for entry in thread.entries:
        entry.is_found = entry.message.pk == at
        entry.may_be_credited = entry.message.pk in answers
        entry.thanks = thanks.get(entry.message.pk)
    if shown:
        thread.start = NEWEST_FIRST.cursor_of(shown[0])
        thread.older = thread.start if older else ""
        thread.seen_up_to = max(message.pk for message in shown)
    return thread


def start_above(conversation: int, at: int) -> str:
    """The cursor from which a page begins a little above a message; "" where it is not there."""
    found = messages(conversation)
    message = found.filter(pk=at).first()
    if message is None:
        return ""
    place = NEWEST_FIRST.cursor_of(message)
    above = found.filter(NEWEST_FIRST.after(place)).order_by(*NEWEST_FIRST.fields)[:ABOVE]
    return NEWEST_FIRST.cursor_of([message, *above][-1])


def page_before(conversation: int, cursor: str) -> Listing[Message]:
    return keyset.page(messages(conversation), NEWEST_FIRST, cursor, PAGE)


def newest(conversation: int) -> Listing[Message]:
    def found(conversation: int) -> MessageQuerySet:
        return messages(conversation).order_by(*NEWEST_FIRST.fields)[: PAGE + 1]

    rows = compiled_sql.rows("newest messages", found, conversation=conversation)
    return keyset.listing(rows, NEWEST_FIRST, "", PAGE)


def messages(conversation: int) -> MessageQuerySet:
    """What is shown of a conversation that the caller found by visible_to(). Few joins: planning
    them costs more than reading twenty rows."""
    depth = Case(
        When(parent__parent__parent__isnull=False, then=Value(3)),
        When(parent__parent__isnull=False, then=Value(2)),
        When(parent__isnull=False, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    named = Cast(KeyTextTransform("assignee_id", "event"), BigIntegerField())
    assignees = User.objects.filter(pk=OuterRef("assignee_named")).values("name")
    shown = Message.objects.filter(conversation=conversation).shown()
    found = shown.select_related("author__member", "by", "delivery")
    promised = ReplyPromise.objects.filter(message=OuterRef("pk")).order_by("pk").values("text")
    return found.only(*SHOWN).annotate(
        depth=depth,
        assignee_named=named,
        assignee_name=Subquery(assignees[:1]),
        promised=ArraySubquery(promised),
    )


def nobody_of(conversation: Conversation) -> str:
    """A feed need not name anybody; elsewhere an account that is not there any more was deleted."""
    try:
        can = conversation.source.connector_class.capabilities
    except LookupError:  # the package that brought the connector is gone
        return _("Unnamed member")
    return _("Deleted account") if can.has_accounts else _("Unnamed member")


def lay_out(shown: list[Message], mark: int | None, nobody: str) -> list[Entry]:
    known = {message.pk: message for message in shown}
    entries: list[Entry] = []
    day: date | None = None
    above: Message | None = None
    unread_found = mark is None
    for message in shown:
        today = timezone.localdate(message.sent_at)
        parent = known.get(message.parent_id or 0)
        entry = Entry(message, min(getattr(message, "depth", 0), DEEPEST), nobody=nobody)
        entry.new_day = today if today != day else None
        if not unread_found and message.kind == Kind.INBOUND and message.pk > (mark or 0):
            entry.first_unread = unread_found = True
        if message.kind == Kind.EVENT:
            entry.words = say(message)
        elif parent and above and parent.pk != above.pk:
            entry.answers = parent
        if message.kind in (Kind.INBOUND, Kind.OUTBOUND):
            above = message
        day = today
        entries.append(entry)
    return entries
