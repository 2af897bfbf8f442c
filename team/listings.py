"""What can be listed by a query, and so saved as a view: conversations, members, later events.

An app registers each of its lists in its `AppConfig.ready()`; SavedQuery knows them by this alone.

The page of a list reads three values of its address: `q`, a query; `sort`, one of its orders; and
`view`, the id of a saved query, whose query, order and options stand in for those that the address
has not. `saved_queries.opened` and `saved_queries.filled_in` do that, and `ViewBar` with
`team/_view_bar.html` shows what was opened and saves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise

from community_hub.lib.paths import path
from community_hub.lib.query import Language, Mistake, OperatorDefinition
from community_hub.lib.text import storable

Text = str | Promise
LONGEST = 200  # characters of an option


class CutShort(Exception):
    """A count that did not come to its end: there are `number` at least."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True, kw_only=True)
class ListKind:
    """`kind` is what SavedQuery keeps, and never changes; `label` is for people, in the plural.

    `page`: the name of its URL. `orders`: value and label of each, the usual one first. `count`
    takes a user, a query and a number, and counts what the user may see, no further than that
    number. It raises Mistake, OperationalError where a limit of the database's time is over, and
    CutShort where it took too long and some were found by then.
    `keeps`: the names of other values of its address that a view keeps, such as the columns.
    `words`: a sentence that says what words are looked for in. `register`: puts an operator into
    `language` (and whatever else answers its queries), given the facts of an OperatorDefinition.
    """

    kind: str
    label: Text
    icon: str
    page: str
    language: Language
    orders: Mapping[str, Text]
    count: Callable[[Any, str, int], int]
    words: Text = ""
    keeps: Sequence[str] = ()
    register: Callable[..., None] | None = None

    def add_operator(self, **facts: Any) -> None:
        if self.register:
            self.register(**facts)
        else:
            self.language.register(OperatorDefinition(**facts))

    @property
    def usual_order(self) -> str:
        return next(iter(self.orders))

    def order(self, wanted: str) -> str:
        """One of its orders; the usual one, where it has none of this name."""
        return wanted if wanted in self.orders else self.usual_order

    def options(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Of what a form or an address has, what a view keeps."""
        values = {name: storable(str(given.get(name, ""))) for name in self.keeps}
        return {name: value[:LONGEST] for name, value in values.items() if value}

    def address(self, text: str, order: str = "") -> str:
        """Where a query is listed."""
        values = {"q": text, "sort": order if order != self.usual_order else ""}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path(self.page)}?{query}" if query else path(self.page)

    def view_address(self, pk: int) -> str:
        """Where a saved query is opened: the link for colleagues."""
        return f"{path(self.page)}?view={pk}"


_listings: dict[str, ListKind] = {}
_operators: dict[str, list[dict[str, Any]]] = {}  # that wait for their list


def register(listing: ListKind) -> None:
    """Raises ValueError for a kind that is there already, and for a list without an order."""
    if listing.kind in _listings:
        raise ValueError(f"{listing.kind} is listed already")
    if not listing.orders:
        raise ValueError(f"{listing.kind} has no order")
    _listings[listing.kind] = listing
    listing.language.elsewhere = partial(_other_with, listing.kind)
    for facts in _operators.pop(listing.kind, ()):
        listing.add_operator(**facts)


def add_operator(kind: str, **facts: Any) -> None:
    """An operator of an app that does not know the list, or stands beside its app: as soon as there
    is one of this kind. `build` gives a condition on its rows, by their ids."""
    if listing := _listings.get(kind):
        listing.add_operator(**facts)
    else:
        _operators.setdefault(kind, []).append(facts)


def _other_with(kind: str, operator: str) -> tuple[str, Text] | None:
    """Another list whose queries have this operator."""
    others = (it for it in _listings.values() if it.kind != kind and it.language.get(operator))
    return next(((it.kind, it.label) for it in others), None)


def find(kind: str) -> ListKind | None:
    """None for one of an app, or of a version, that is not there any more."""
    return _listings.get(kind)


def of(kind: str) -> ListKind:
    """Raises KeyError for one that is not there."""
    return _listings[kind]


def elsewhere(mistake: Mistake | None, text: str) -> tuple[str, Text] | None:
    """Where a query is listed that has a mistake because it belongs there: address and label."""
    other = find(mistake.elsewhere) if mistake else None
    return (other.address(text), other.label) if other else None


def every() -> list[ListKind]:
    """In the order they were registered."""
    return list(_listings.values())


def kinds() -> list[str]:
    return list(_listings)
