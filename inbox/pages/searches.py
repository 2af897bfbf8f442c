"""A list of conversations by a query: what was searched for, or a saved view."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import keyset
from community_hub.lib.keyset import Order
from community_hub.lib.paths import path
from community_hub.lib.query import LONGEST, Context, Mistake, parse, what_is_not_searched
from community_hub.lib.text import number, storable
from inbox.models import Conversation
from inbox.models.conversation import NEWEST_FIRST
from inbox.pages.folders import FIRST, WAITING_LONGEST, Folder, Words
from inbox.pages.found_rows import Excerpt, FoundRows, excerpts_of, rows_of
from inbox.pages.rows import MOST, PAGE, with_row_facts
from inbox.search import hits
from inbox.search.as_asked import said_as_asked
from inbox.search.as_names import may_have_a_name, with_a_name
from inbox.search.authors import authors_named
from inbox.search.bounded_pages import BoundedListing, bounded_page
from inbox.search.excerpts import sought
from inbox.search.hit import Hit
from inbox.search.in_conversations import has_common_words
from inbox.search.limits import limited
from inbox.search.of_rows import newest_of_each
from inbox.search.plan import Plan, plan
from team import saved_queries
from team.hidden_parts import as_seen_by
from team.models import SavedQuery, User

if TYPE_CHECKING:
    from inbox.models.conversation import ConversationQuerySet

KIND = "conversations"  # of team/listings.py
SLUG = "search-"  # how the slug of a search begins; its order and its query follow
VIEW = "view-"  # and of a saved view; its id follows
OLDEST_FIRST = Order("last_message_at")
SORTS: dict[str, Words] = {
    "newest": _("Newest first"),
    "best": _("Best match first"),
    "waiting": _("Waiting longest first"),
    "oldest": _("Oldest first"),
}
FEW, FEWEST = 5, 2  # conversations that the command palette shows; letters that it looks for
NEWEST, BEST, WAITING = "newest", "best", "waiting"
BELOW = "below "  # in the cursor of a ranked page


@dataclass(frozen=True)
class SearchFolder(Folder):
    """`query` as it was typed; `sort`: one of SORTS. `view`: the saved query that was opened, from
    which the two may differ by now."""

    sort: str = NEWEST
    view: SavedQuery | None = None

    @property
    def url(self) -> str:
        values = {"q": self.query, "sort": self.sort}
        if self.view:
            values["view"] = str(self.view.pk)
        return f"{path('conversation-search')}?{urlencode(values)}"

    @property
    def is_by_wait(self) -> bool:
        return self.sort == WAITING

    @property
    def sorts(self) -> dict[str, Words]:
        return SORTS

    @property
    def joint(self) -> str:
        return "&"

    def cursor_of(self, conversation: Conversation) -> str:
        """Not known: the place of a row is that of the message that was found."""
        return ""

    def next_after(self, user: User, cursor: str, but: int) -> Conversation | None:
        """The row below `but`; the first one, where `but` is not or last among them."""
        pks = [row.pk for row in self.page(user, size=MOST).rows]
        at = pks.index(but) + 1 if but in pks else 0
        goal = next((pk for pk in [*pks[at:], *pks] if pk != but), 0)
        found = Conversation.objects.visible_to(user).filter(pk=goal)
        return with_row_facts(found, user).first()

    def page(self, user: User, *, after: str = "", size: int = PAGE) -> FoundRows:
        size = min(max(size, 1), MOST)
        context = saved_queries.context(user)
        try:
            asked = plan(self.query, context)
            found = self._found(asked, context, after, size)
            if not after:
                not_searched = what_is_not_searched(parse(self.query))
                found.note = " ".join(filter(None, [found.note, not_searched]))
            if not (found or found.more or after):
                found.may_have_a_name = may_have_a_name(asked)
            return found
        except Mistake as mistake:
            return FoundRows([], NEWEST_FIRST, mistake=mistake)

    def with_a_name(self, user: User) -> str:
        """Another query that finds something, of some of the words as a name; or ""."""
        context = saved_queries.context(user)
        try:
            return with_a_name(plan(self.query, context), context)
        except Mistake:
            return ""

    def _found(self, asked: Plan, context: Context, after: str, size: int) -> FoundRows:
        if asked.words is None or self.sort not in (NEWEST, BEST):
            return self._listed(asked, context, after, size)
        if self.sort == BEST:
            return self._ranked(asked, context, after, size)
        return self._newest(asked, context, after, size)

    def _listed(self, asked: Plan, context: Context, after: str, size: int) -> FoundRows:
        """In an order of the conversations, not of the messages that have the words."""
        authors = authors_named(asked.words, context.user) if asked.words else []
        said = said_as_asked(asked, context, authors)
        found = Conversation.objects.visible_to(context.user).filter(asked.conversation)
        found = found.only("last_message_at", "waiting_since")
        if said and not has_common_words(asked.query):
            found, said = found.filter(said), Q()
        order = OLDEST_FIRST if self.sort == "oldest" else NEWEST_FIRST
        with limited():
            if self.sort == WAITING:
                page = waiting_first(found, said, after, size)
            else:
                page = bounded_page(found, said, order, after, size)
            rows = rows_of([row.pk for row in page.rows], context.user)
            shown = newest_of_each(asked, context, [row.pk for row in rows], authors)
        listed = FoundRows(rows, page.order, after, page.more, is_unfinished=page.is_unfinished)
        if asked.words or shown:
            listed.excerpts = excerpts_of(
                rows, shown, sought(asked.query), context.user, dated=False
            )
        return listed

    def _newest(self, asked: Plan, context: Context, after: str, size: int) -> FoundRows:
        """`after`: the place of a message, below which the search goes on."""
        found = hits.newest(asked, context, before=keyset.parse_cursor(after), size=size)
        shown = found.hits[:size]
        more = shown[-1].place if len(found.hits) > size else found.older
        rows = self._rows(asked, context, shown)
        rows.cursor, rows.more = after, keyset.cursor(*more) if more else ""
        rows.is_unfinished = bool(found.older) and len(found.hits) <= size
        rows.looked_back_to = found.older[0] if found.older else None
        return rows

    def _ranked(self, asked: Plan, context: Context, after: str, size: int) -> FoundRows:
        """`after`: the place of a message, below which hits are ranked, "" at the top; then, behind
        BELOW, which of the ranked ones was the last that was shown."""
        top, _sep, last = after.rpartition(BELOW)
        first = None if after else size + 1
        found = hits.best(asked, context, before=keyset.parse_cursor(top), size=first)
        places = enumerate(found.hits, 1) if last else ()
        begin = next((place for place, hit in places if hit.key == last), 0)
        shown = found.hits[begin : begin + size]
        rows = self._rows(asked, context, shown)
        rows.cursor = after
        if begin + size < len(found.hits):
            rows.more = f"{top}{BELOW}{shown[-1].key}"
        elif found.older:
            rows.more, rows.is_unfinished = f"{keyset.cursor(*found.older)}{BELOW}", True
            rows.looked_back_to = found.older[0]
        if found.older and not last:
            said = _now("The newest %(most)s matching messages are ranked.")
            rows.note = said % {"most": f"{found.read:,}"}
        return rows

    def _rows(self, asked: Plan, context: Context, shown: list[Hit]) -> FoundRows:
        rows = rows_of([hit.conversation for hit in shown], context.user)
        wanted = sought(asked.query)
        return FoundRows(
            rows,
            NEWEST_FIRST,
            excerpts=excerpts_of(rows, shown, wanted, context.user, by_place=self.sort == NEWEST),
        )


def waiting_first(found: ConversationQuerySet, said: Q, after: str, size: int) -> BoundedListing:
    """Those that wait, the longest first; then the others, the newest first."""
    others = found.filter(waiting_since__isnull=True)
    if after and not after.startswith(FIRST):
        return bounded_page(others, said, NEWEST_FIRST, after, size)
    waits = found.filter(waiting_since__isnull=False)
    page = bounded_page(waits, said, WAITING_LONGEST, after.removeprefix(FIRST), size)
    if page.more:
        return replace(page, more=FIRST + page.more)
    rest = bounded_page(others, said, NEWEST_FIRST, "", max(size - len(page.rows), 1))
    return replace(rest, rows=page.rows + rest.rows, cursor=after)


def everything(found: ConversationQuerySet, _user: User) -> ConversationQuerySet:
    return found


def search(text: str, sort: str = "", view: SavedQuery | None = None) -> SearchFolder:
    """What cannot be kept or read is left out; the slug has no more than can be looked for."""
    text = storable(text).strip(" ")
    sort = sort if sort in SORTS else NEWEST
    is_view = view is not None and (view.text, view.order) == (text, sort)
    kept = base64.urlsafe_b64encode(text[: LONGEST + 1].encode()).decode().rstrip("=")
    return SearchFolder(
        slug=f"{VIEW}{view.pk}" if view and is_view else f"{SLUG}{sort}-{kept}",
        title=view.name if view else _("Search"),
        icon="search",
        select=everything,
        empty=(
            _("Nothing found"),
            _("Try fewer or other words, or part of a word without quotes."),
        ),
        query=text,
        sort=sort,
        view=view,
    )


def few(wanted: SearchFolder, user: User) -> list[tuple[Conversation, Excerpt]]:
    """The first conversations with what was found in each; none for a single letter."""
    if len(wanted.query) < FEWEST:
        return []
    found = wanted.page(user, size=FEW)
    return [(row, found.excerpts.get(row.pk, Excerpt())) for row in found.rows]


def named(slug: str, user: User) -> SearchFolder | None:
    """The search that `folder.slug` stands for, as this user may see it; None for other slugs."""
    if slug.startswith(VIEW):
        seen = SavedQuery.objects.visible_to(user).current().filter(kind=KIND)
        view = seen.filter(pk=number(slug.removeprefix(VIEW))).first()
        if view is None:
            return None
        (view,) = as_seen_by([view], user)
        return search(view.text, view.order, view)
    sort, _sep, kept = slug.removeprefix(SLUG).partition("-")
    if not slug.startswith(SLUG) or sort not in SORTS:
        return None
    try:
        text = base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return search(text, sort)
