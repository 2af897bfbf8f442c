"""How many rows each view in the navigation has, for one reader.

No page waits for a count: it shows what was counted lately, and the navigation's own fragment
counts the others afterwards, a bounded number in a bounded time. Each count is of what the reader
may see, and kept for them alone, until somebody changes who may see what. The view that is open,
whose rows stand beside its number, is counted first and more often than the others.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from time import monotonic
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from community_hub.lib import compiled_sql
from community_hub.lib.keyset import CAP
from community_hub.lib.query import Mistake, what_holds

from . import listings
from .models import SavedQuery, User
from .query_context import context

AUDIENCES = "view-counts:audiences"  # key of what changes with who may see what
MOST_SHOWN = 20  # views of one's own in the navigation, and as many of colleagues
MOST_COUNTED = 20  # of all these
KEPT = 60  # seconds a count is shown while it may have changed
FRESH = 20.0  # seconds a page takes a count for what it is
AT_ONCE = 2.0  # seconds the fragment does, which is asked for when something has changed
PATIENCE = 0.25  # seconds one request counts; what is left is asked for again
LONGEST = 300  # ms one count may take
SLOW_KEPT = 300  # seconds one that took longer is not tried again


@dataclass(frozen=True)
class NavView:
    """`position`: None for a colleague's."""

    pk: int
    kind: str
    name: str
    text: str
    position: int | None

    @property
    def place(self) -> tuple[bool, int, str, int]:
        if self.position is None:
            return (True, 0, self.name.casefold(), self.pk)
        return (False, self.position, "", self.pk)

    @property
    def listing(self) -> listings.ListKind:
        return listings.of(self.kind)

    @property
    def url(self) -> str:
        return self.listing.view_address(self.pk)


@dataclass(frozen=True)
class Count:
    """`number` is None where counting took too long, or nothing of the query is left. `is_broken`:
    a part of it is gone, or hidden from this reader, and the rest was counted. `is_cut_short`:
    there may be more. `at`: by time.time(); `cost`: the seconds it took. `audiences`: of whom it
    was true who may see what."""

    number: int | None
    at: float
    cost: float
    is_broken: bool = False
    is_cut_short: bool = False
    audiences: str = ""

    @property
    def rest(self) -> float:
        """Seconds it is not counted again, whatever happens: all views of a reader together take
        a twentieth of a core at most."""
        if self.number is None and not self.is_broken:
            return SLOW_KEPT
        return min(self.cost * 20 * MOST_COUNTED, SLOW_KEPT)

    def is_younger(self, seconds: float, *, is_open: bool = False) -> bool:
        """Of the view that is open, which takes a twentieth of a core by itself."""
        rest = self.rest / MOST_COUNTED if is_open else self.rest
        return time.time() - self.at < max(seconds, rest)


def in_navigation(user: User) -> list[NavView]:
    """One's own in their order, then those of colleagues by name. One query."""
    kinds = tuple(listings.kinds())
    key = ("views", kinds, MOST_SHOWN)
    rows: list[tuple[Any, ...]]
    rows = compiled_sql.rows(key, lambda user: _shown(kinds, user), user=user.pk)
    views = [
        NavView(pk, kind, name, text, position if owner == user.pk else None)
        for pk, position, owner, kind, name, text in rows
    ]
    return sorted(views, key=lambda view: view.place)


def known(user: User, views: Sequence[NavView]) -> dict[int, Count]:
    """What was counted in the last minute, by the id of the view. Asks the cache alone."""
    counted = views[:MOST_COUNTED]
    if not counted:
        return {}
    keys = {view.pk: _key(user, view) for view in counted}
    kept = cache.get_many([*keys.values(), AUDIENCES])
    counts = {pk: Count(*kept[key]) for pk, key in keys.items() if key in kept}
    now = kept.get(AUDIENCES, "")
    return {pk: count for pk, count in counts.items() if count.audiences == now}


def forget() -> None:
    """Call where it changes who may see what, once that is committed: nobody is shown a number from
    before, nor one that is being counted now."""
    cache.set(AUDIENCES, uuid4().hex, None)


def brought_up_to_date(
    user: User, views: Sequence[NavView], *, age: float = AT_ONCE, opened: int = 0
) -> tuple[dict[int, Count], bool]:
    """The counts, none older than `age` seconds, and whether that is all of them: where it takes
    too long, the others are as they were known. `opened`: the id of the view that is open."""
    counts = known(user, views)
    waiting = [
        view
        for view in views[:MOST_COUNTED]
        if not (view.pk in counts and counts[view.pk].is_younger(age, is_open=view.pk == opened))
    ]
    if not waiting:
        return counts, True
    waiting.sort(
        key=lambda view: (view.pk != opened, counts[view.pk].at if view.pk in counts else 0)
    )
    until = monotonic() + PATIENCE
    audiences = cache.get(AUDIENCES, "")
    with _each_at_most(LONGEST):
        for number, view in enumerate(waiting):
            if number and monotonic() > until:
                return counts, False
            counts[view.pk] = _count(user, view, audiences)
    return counts, True


def is_stale(counts: dict[int, Count], views: Iterable[NavView], opened: int = 0) -> bool:
    """Should a page that shows these have them counted?"""
    shown = list(views)[:MOST_COUNTED]
    return any(
        view.pk not in counts
        or not counts[view.pk].is_younger(
            AT_ONCE if view.pk == opened else FRESH, is_open=view.pk == opened
        )
        for view in shown
    )


def _shown(kinds: tuple[str, ...], user: int) -> QuerySet[SavedQuery, Any]:
    """(id, place, owner, kind, name, text)"""
    fields = ("pk", "position", "owner", "kind", "name", "text")
    current = SavedQuery.objects.current().filter(kind__in=kinds)
    own = current.filter(owner=user).in_own_order()
    others = current.filter(shared=True).exclude(owner=user).order_by("name", "pk")
    return own.values_list(*fields)[:MOST_SHOWN].union(
        others.values_list(*fields)[:MOST_SHOWN], all=True
    )


def _count(user: User, view: NavView, audiences: str) -> Count:
    is_broken, begun = False, time.perf_counter()
    try:
        number, is_cut_short = _number(user, view.listing, view.text)
    except Mistake:
        is_broken = True
        number, is_cut_short = _number_of_rest(user, view)
    cost = time.perf_counter() - begun
    found = Count(number, time.time(), cost, is_broken, is_cut_short, audiences)
    cache.set(_key(user, view), astuple(found), max(KEPT, found.rest))
    return found


def _number(user: User, listing: listings.ListKind, text: str) -> tuple[int | None, bool]:
    """None where it took too long; and whether there may be more. Raises Mistake."""
    try:
        with transaction.atomic():
            return listing.count(user, text, CAP), False
    except listings.CutShort as cut:
        return cut.number, True
    except OperationalError:
        return None, False


def _number_of_rest(user: User, view: NavView) -> tuple[int | None, bool]:
    """What the list shows of a view of which a part is gone, or hidden from this user."""
    try:
        rest = what_holds(view.listing.language, view.text, context(user)).text
        return _number(user, view.listing, rest) if rest else (None, False)
    except (Mistake, OperationalError):
        return None, False


def _key(user: User, view: NavView) -> str:
    """By reader and query: two views that ask the same are counted once."""
    text = hashlib.sha256(view.text.encode()).hexdigest()[:24]
    return f"view-count:{user.pk}:{user.role}:{view.kind}:{text}"


@contextmanager
def _each_at_most(ms: int) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute("select set_config('statement_timeout', %s, true)", [str(ms)])
        yield
        cursor.execute("select set_config('statement_timeout', %s, true)", [usual])
