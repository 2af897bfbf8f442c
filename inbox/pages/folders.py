"""The views of the inbox as a person sees them: Needs reply, Mine, Snoozed, one per source.

They are called folders here, so that nobody takes them for Django's views. A folder is a query, an
order and the words for when it is empty; nothing in this module renders or changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community_hub.lib import compiled_sql, keyset
from community_hub.lib.keyset import Listing, Order
from community_hub.lib.paths import path
from community_hub.lib.query import in_quotes
from inbox.models import Conversation, Source
from inbox.models.conversation import NEWEST_FIRST
from inbox.pages.rows import MOST, PAGE, SHOWN, Rows, with_row_facts
from team.models import User

if TYPE_CHECKING:
    from inbox.models.conversation import ConversationQuerySet

Words = str | Promise

FIRST = "first_"  # of a cursor among those that stand above the others
NEVER = datetime(9999, 12, 30, tzinfo=UTC)  # of a snooze that lasts until they reply
NEXT_TO_WAKE = Order("wakes_at", key=lambda row: row.snoozed_until or NEVER)
# One that was answered just now stands where it stood by its last mention.
WAITING_LONGEST = Order("waiting_since", key=lambda row: row.waiting_since or row.last_mention_at)
Select = Callable[["ConversationQuerySet", "User"], "ConversationQuerySet"]


@dataclass(frozen=True)
class Folder:
    """`waits`: who waits longest comes first, else the newest. `counted`: shown with a number.
    `query`: what finds the same by a search; `select` is for compiled SQL, and a test compares
    them."""

    slug: str
    title: Words
    icon: str
    select: Select
    empty: tuple[Words, Words]
    waits: bool = False
    wakes: bool = False  # whose snooze ends first comes first
    counted: bool = False
    query: str = ""
    source: Source | None = None
    first: Folder | None = None  # those that stand above the others, in an order of their own

    @property
    def sorts(self) -> dict[str, Words]:
        """The orders that a reader can choose."""
        return {}

    @property
    def is_by_wait(self) -> bool:
        """Rows show how long they wait, and not when the last message came: what they are ordered
        by."""
        return self.waits or self.first is not None

    @property
    def joint(self) -> str:
        """What stands between its address and more for the query of the address."""
        return "?"

    @property
    def url(self) -> str:
        if self.source:
            return path("inbox-source", self.source.pk)
        return path("inbox-folder", self.slug)

    def conversations(self, user: User) -> ConversationQuerySet:
        """In order, without what a row shows besides."""
        found = self.select(Conversation.objects.visible_to(user), user)
        if self.wakes:
            found = found.annotate(wakes_at=Coalesce("snoozed_until", Value(NEVER)))
        return found.order_by(*self.order.fields)

    @property
    def order(self) -> Order:
        if self.wakes:
            return NEXT_TO_WAKE
        return WAITING_LONGEST if self.waits else NEWEST_FIRST

    def page(self, user: User, *, after: str = "", size: int = PAGE) -> Rows:
        """`size` rows after a cursor, MOST at most."""
        size = min(max(size, 1), MOST)
        if self.first and not keyset.parse_cursor(after):
            return self._page_of_both(self.first, user, after, size)
        page = self._stretch(user, after, size)
        below = None
        if self.slug == MINE.slug and not page.more:
            resting = Conversation.objects.visible_to(user).open().assigned_to(user)
            resting = resting.filter(waiting_since__isnull=True).newest_first()
            below = list(with_row_facts(resting, user).only(*SHOWN)[:PAGE])
        return Rows(page.rows, page.order, page.cursor, page.more, below=below)

    def cursor_of(self, conversation: Conversation) -> str:
        """Where it stands; one that was answered just now, where it stood by its last mention."""
        asked = conversation.waiting_since or conversation.last_mention_at
        if self.first and conversation.state == "open" and asked:
            return FIRST + self.first.order.cursor_of(conversation)
        return self.order.cursor_of(conversation)

    def next_after(self, user: User, cursor: str, but: int) -> Conversation | None:
        """The row below a cursor, or the first where that was the last one."""
        if self.first and cursor.startswith(FIRST):
            waiting = self.first.next_after(user, cursor.removeprefix(FIRST), but)
            return waiting or self.next_after(user, "", but)
        found = with_row_facts(self.conversations(user).exclude(pk=but), user)
        return found.filter(self.order.after(cursor)).first() or found.first()

    def _stretch(self, user: User, after: str, size: int) -> Listing[Conversation]:
        def listed(user: User) -> ConversationQuerySet:
            return with_row_facts(self.conversations(user), user).only(*SHOWN)

        if after or size != PAGE:
            return keyset.page(listed(user), self.order, after, size)
        role = user.role
        rows = compiled_sql.rows(
            ("list", self.slug, self.waits, role),
            lambda user: listed(User(pk=user, role=role))[: PAGE + 1],
            user=user.pk,
        )
        return keyset.listing(rows, self.order, "", PAGE)

    def _page_of_both(self, first: Folder, user: User, after: str, size: int) -> Rows:
        """The rows of `first`; where they end, the others, one at least: two queries at most."""
        page = first._stretch(user, after.removeprefix(FIRST), size)
        if page.more:
            return Rows(page.rows, page.order, after, FIRST + page.more)
        rest = self._stretch(user, "", max(size - len(page.rows), 1))
        split = len(page.rows) if page.rows and rest.rows else None
        return Rows(page.rows + rest.rows, rest.order, after, rest.more, split=split)


NEEDS_REPLY = Folder(
    "needs-reply",
    _("Needs reply"),
    "inbox",
    lambda found, user: found.needs_reply(),
    (_("All caught up"), _("Everyone who needed a reply has one.")),
    waits=True,
    counted=True,
    query="is:waiting",
)
MINE = Folder(
    "mine",
    _("Mine"),
    "user",
    lambda found, user: found.needs_reply().assigned_to(user),
    (_("Nothing assigned to you"), _("Press “i” to assign a conversation to yourself.")),
    waits=True,
    counted=True,
    query="is:waiting assignee:me",
)
UNASSIGNED = Folder(
    "unassigned",
    _("Unassigned"),
    "user-x",
    lambda found, user: found.needs_reply().unassigned(),
    (_("No unassigned conversations"), _("Everything that needs a reply has an assignee.")),
    waits=True,
    counted=True,
    query="is:waiting is:unassigned",
)
ANSWERED = Folder(
    "answered",
    _("Answered"),
    "reply",
    lambda found, user: found.answered(),
    (_("No answered conversations"), _("Open conversations where your team wrote last.")),
    query="is:answered",
)
DRAFTS = Folder(
    "drafts",
    _("Drafts"),
    "pencil-line",
    lambda found, user: found.with_draft_of(user),
    (_("No drafts"), _("Replies and notes you start and don’t send are kept here.")),
    counted=True,
    query="has:draft",
)
SNOOZED = Folder(
    "snoozed",
    _("Snoozed"),
    "clock",
    lambda found, user: found.snoozed(),
    (_("No snoozed conversations"), _("Press “h” to snooze a conversation until later.")),
    wakes=True,
    counted=True,
    query="is:snoozed",
)
DONE = Folder(
    "done",
    _("Done"),
    "check",
    lambda found, user: found.done(),
    (_("Nothing marked as done"), _("Press “e” to mark a conversation as done.")),
    query="is:done",
)
EVERYTHING = Folder(
    "everything",
    _("Everything"),
    "layers",
    lambda found, user: found,
    (_("No conversations yet"), _("They appear here when a source syncs.")),
)
FOLDERS = {
    folder.slug: folder
    for folder in (NEEDS_REPLY, MINE, UNASSIGNED, DRAFTS, SNOOZED, ANSWERED, DONE, EVERYTHING)
}


def of_source(source: Source) -> Folder:
    """Who waits comes first, as the number beside its name counts them; then the others."""
    facts: tuple[str, Words, str] = (f"source-{source.pk}", source.name, "rss")
    empty = (
        _("No conversations from this source yet"),
        _("New posts appear here after the next sync."),
    )
    waiting = Folder(
        *facts, lambda found, user: found.of_source(source).needs_reply(), empty, waits=True
    )
    return Folder(
        *facts,
        lambda found, user: found.of_source(source).exclude(
            state="open", waiting_since__isnull=False
        ),
        empty,
        query=f"source:{in_quotes(source.name)}",
        source=source,
        first=waiting,
    )


def folder_named(slug: str, user: User) -> Folder:
    """The folder an address names; "source-3" too. An unknown one is Needs reply."""
    if slug.startswith("source-") and slug[7:].isdecimal() and len(slug) < 26:
        source = Source.objects.visible_to(user).filter(pk=int(slug[7:])).first()
        if source:
            return of_source(source)
    return FOLDERS.get(slug, NEEDS_REPLY)
