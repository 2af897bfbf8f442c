"""Saved queries as others use them: opened in a list, shown in the navigation, and rewritten when
what they name is renamed. What a person does with one is a verb, in saved_query_verbs.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import Http404

from community_hub.lib import live
from community_hub.lib.query import LONGEST, Remains, rename, what_holds
from community_hub.lib.text import number, storable

from . import listings
from .hidden_parts import as_seen_by
from .models import SavedQuery, User
from .query_context import context as context

if TYPE_CHECKING:
    from .listings import ListKind

MOST = 100  # views of one person
MOST_SHARED = 200  # of colleagues, on the page of views
Known = Callable[[User], bool]


# In a list ---------------------------------------------------------------------------------------


def opened(given: Mapping[str, Any], user: User, kind: str) -> SavedQuery | None:
    """The view that an address names, as this user may see it. Raises Http404 for one that is not
    there for them; where the address has a query of its own, that is listed all the same, without a
    view."""
    if not given.get("view"):
        return None
    seen = SavedQuery.objects.visible_to(user).current().filter(kind=kind)
    view = seen.select_related("owner").filter(pk=number(str(given["view"]))).first()
    if view is None and "q" not in given:
        raise Http404
    return as_seen_by([view], user)[0] if view else None


def filled_in(given: Mapping[str, Any], view: SavedQuery | None) -> dict[str, str]:
    """An address, with the query, the order and the options of the view where it has none of its
    own."""
    own = {name: str(given[name]) for name in given}
    if view is None:
        own.pop("view", None)
        return own
    return {**view.options, "q": view.text, "sort": view.order, **own}


@dataclass(frozen=True)
class ViewBar:
    """What a list says of the view it was opened by, and offers to save. `text`, `order` and
    `options`: what it shows now; `given`: those options that are not its reader's own. `remains`:
    what still holds, where something of the view does not."""

    user: User
    listing: ListKind
    text: str
    order: str
    view: SavedQuery | None = None
    remains: Remains | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        """Does the list show something else than the view by now?"""
        view, order = self.view, self.listing.order
        if view is None:
            return False
        shown = (self.text, order(self.order), self.given)
        return shown != (view.text, order(view.order), view.options)

    @property
    def can_edit(self) -> bool:
        return self.view is not None and self.view.can_be_edited_by(self.user)

    @property
    def can_share(self) -> bool:
        return self.view is not None and self.view.can_be_shared_by(self.user)


def view_bar(
    user: User,
    kind: str,
    text: str,
    order: str,
    view: SavedQuery | None,
    *,
    wrong: bool = False,
    options: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> ViewBar:
    """`options` and `given` as in ViewBar. `wrong`: the query has a Mistake. Then `remains` says
    what still holds of a view that shows what was saved; whoever types sees what is wrong with what
    they typed."""
    listing = listings.find(kind)
    if listing is None:
        raise LookupError(kind)
    text = storable(text).strip()
    bar = ViewBar(user, listing, text, order, view, options=options or {}, given=given or {})
    if not wrong or view is None or bar.text != view.text:
        return bar
    return replace(bar, remains=what_holds(listing.language, bar.text, context(user)))


# In lists of views -------------------------------------------------------------------------------


@dataclass(frozen=True)
class ViewRow:
    """A view as its reader sees it on the page of views."""

    view: SavedQuery
    can_edit: bool
    can_share: bool
    can_go_up: bool = False
    can_go_down: bool = False

    @property
    def steps(self) -> list[tuple[str, bool, str]]:
        """(where to, whether it can go there, icon)"""
        return [("up", self.can_go_up, "arrow-up"), ("down", self.can_go_down, "arrow-down")]

    @property
    def order_label(self) -> str:
        listing = self.view.listing
        return str(listing.orders.get(self.view.order, "")) if listing else ""


def own_views(user: User) -> list[SavedQuery]:
    """In the order that this person gave them."""
    own = SavedQuery.objects.current().filter(owner=user, kind__in=listings.kinds())
    return list(own.in_own_order()[:MOST])


def team_views(user: User) -> list[SavedQuery]:
    """What colleagues share, by name."""
    shared = SavedQuery.objects.current().filter(shared=True, kind__in=listings.kinds())
    rows = shared.exclude(owner=user).select_related("owner")
    return list(rows.order_by(Lower("name"), "pk")[:MOST_SHARED])


def rows_of(views: list[SavedQuery], user: User) -> list[ViewRow]:
    last = len(views) - 1
    return [
        ViewRow(
            view,
            view.can_be_edited_by(user),
            view.can_be_shared_by(user),
            can_go_up=view.owner_id == user.pk and place > 0,
            can_go_down=view.owner_id == user.pk and place < last,
        )
        for place, view in enumerate(as_seen_by(views, user))
    ]


# When something is renamed -----------------------------------------------------------------------


def rename_value(
    what: str,
    old: str | Callable[[str], bool],
    new: str,
    *,
    known_to: Known | None = None,
    begun: Callable[[str], bool] | None = None,
) -> dict[int, tuple[str, str]]:
    """Every saved query that names a "tag", "source", "user", "organisation" or "event" by `old`
    names it by `new`: those of everybody, also the removed ones, which Undo may bring back.

    `old`: a value, in whatever case, or a function of a value in lower case; `begun`: the same of
    what names it only where an operator's values name nothing else. `known_to`: whether this owner
    of a query may know it; a guess of theirs must not become its new name. Answers the text before
    and after, by id. Call it in the transaction of the renaming.
    """
    naming, wanted = _naming(what)
    alone = {it.kind: it.language.referring_to(what, alone=True) for it in listings.every()}
    changed: dict[int, tuple[str, str]] = {}
    may_know: dict[int, bool] = {}
    with transaction.atomic():
        rows = SavedQuery.objects.filter(wanted).select_for_update(of=("self",))
        touched = []
        for row in rows.select_related("owner").order_by("pk"):
            text = rename(row.text, naming[row.kind], old, new)
            if begun:
                text = rename(text, alone[row.kind], begun, new)
            if text == row.text or len(text) > LONGEST:
                continue
            if row.owner_id not in may_know:
                may_know[row.owner_id] = known_to is None or known_to(row.owner)
            if may_know[row.owner_id]:
                changed[row.pk] = (row.text, text)
                row.text = text
                touched.append(row)
        SavedQuery.objects.bulk_update(touched, ["text"], batch_size=500)
        if touched:
            live.publish("team", "views", {})
    return changed


def is_named(what: str, value: str) -> bool:
    """Does any saved query, of whomever, name this, such as a "tag"? See rename_value()."""
    naming, wanted = _naming(what)
    texts = SavedQuery.objects.current().filter(wanted).values_list("kind", "text")
    other = f"not {value}"
    return any(rename(text, naming[kind], value, other) != text for kind, text in texts)


def _naming(what: str) -> tuple[dict[str, list[str]], Q]:
    """The operators that name a `what`, by kind of list; and the rows whose text has one."""
    naming = {listing.kind: listing.language.referring_to(what) for listing in listings.every()}
    wanted = Q(pk__in=[])
    for kind, operators in naming.items():
        for operator in operators:
            wanted |= Q(kind=kind, text__icontains=f"{operator}:")
    return naming, wanted


def put_texts_back(changed: dict[str, list[str]]) -> None:
    """What `rename_value` answered, as JSON has it: where nobody has changed the text since."""
    for pk, (before, after) in changed.items():
        SavedQuery.objects.filter(pk=int(pk), text=after).update(text=before)
    if changed:
        live.publish("team", "views", {})
