"""Lists by keyset: a page begins after a place, not after a number of rows, so that the thousandth
page costs what the first does.

A place is a moment or a text and the id of a row, exact although two rows share a second or a name.
It travels through addresses as a cursor, so whatever comes back is looked at: one that cannot be
read begins at the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet

from community_hub.lib.text import number, storable

M = TypeVar("M", bound=Model)
CAP = 100  # a count stops here and says 99+


@dataclass(frozen=True)
class Order:
    """By a field of moments (of texts where `is_text`), then by id, both in one direction:
    "-last_seen" is the newest first. "-id" or "id" is by id alone. The field is never null, or rows
    without it are found on the first page alone. `key` gives a row's place where that is not simply
    the field."""

    by: str
    key: Callable[[Any], Any] | None = None
    is_text: bool = False
    bound: str = ""  # a field whose value no place lies beyond, where the order is of an expression

    @property
    def is_descending(self) -> bool:
        return self.by.startswith("-")

    @property
    def name(self) -> str:
        return self.by.removeprefix("-")

    @property
    def fields(self) -> tuple[str, ...]:
        """For order_by()."""
        if self.name == "id":
            return (self.by,)
        return (self.by, "-id" if self.is_descending else "id")

    def value_of(self, row: Any) -> Any:
        return self.key(row) if self.key else getattr(row, self.name)

    def cursor_of(self, row: Any) -> str:
        if self.name == "id":
            return str(row.pk)
        value = self.value_of(row)
        return f"{value}_{row.pk}" if self.is_text else cursor(value, row.pk)

    def after(self, cursor: str) -> Q:
        """The rows that follow a place."""
        return self._beside(cursor, "lt" if self.is_descending else "gt", "")

    def beginning_at(self, cursor: str) -> Q:
        """The rows that follow a place, with the row that stands there."""
        return self._beside(cursor, "lt" if self.is_descending else "gt", "e")

    def until(self, cursor: str) -> Q:
        """The rows down to a place, with the row that stands there."""
        return self._beside(cursor, "gt" if self.is_descending else "lt", "e")

    def not_behind(self, last: Sequence[Any]) -> Q:
        """Without rows that stand behind the first of `last`, as far as the bound tells."""
        if not last or not self.bound:
            return Q()
        return Q(
            **{f"{self.bound}__{'gte' if self.is_descending else 'lte'}": self.value_of(last[0])}
        )

    def _beside(self, cursor: str, side: str, or_equal: str) -> Q:
        if self.name == "id":
            pk = number(cursor)
            return Q(**{f"pk__{side}{or_equal}": pk}) if pk else Q()
        found = text_place(cursor) if self.is_text else parse_cursor(cursor)
        if found is None:
            return Q()
        at, pk = found
        # the first condition says what the second does, in a way that an index can begin at
        within = Q(**{f"{self.name}__{side}e": at})
        return within & (Q(**{f"{self.name}__{side}": at}) | Q(**{f"pk__{side}{or_equal}": pk}))


@dataclass
class Listing(Generic[M]):
    """A part of a list as a page shows it. `cursor`: after which place it begins, "" at the top;
    `more`: where the next part begins, "" at the end. `filters`: what narrows the list, as it
    stands in the address."""

    rows: list[M]
    order: Order
    cursor: str = ""
    more: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_filtered(self) -> bool:
        return any(self.filters.values())

    @property
    def next_query(self) -> str:
        """The query of the next part's address; "" at the end."""
        if not self.more:
            return ""
        return urlencode({**{k: v for k, v in self.filters.items() if v}, "before": self.more})


def page(
    found: QuerySet[M],
    order: Order,
    cursor: str,
    size: int,
    *,
    filters: Mapping[str, str] | None = None,
) -> Listing[M]:
    """`size` rows after a place, in one query that reads one row more."""
    rows = list(found.filter(order.after(cursor)).order_by(*order.fields)[: size + 1])
    return listing(rows, order, cursor, size, filters=filters)


def page_of_parts(
    parts: Iterable[QuerySet[M]],
    order: Order,
    cursor: str,
    size: int,
    *,
    filters: Mapping[str, str] | None = None,
) -> Listing[M]:
    """The same of several querysets that have no row in common: a query each. Texts are compared
    by code point, as in the collation "C"."""
    rows: list[M] = []
    for part in parts:
        wanted = part.filter(order.after(cursor), order.not_behind(rows[size:]))
        rows += wanted.order_by(*order.fields)[: size + 1]
        rows.sort(key=lambda row: (order.value_of(row), row.pk), reverse=order.is_descending)
    return listing(rows[: size + 1], order, cursor, size, filters=filters)


def listing(
    rows: list[M],
    order: Order,
    cursor: str,
    size: int,
    *,
    filters: Mapping[str, str] | None = None,
) -> Listing[M]:
    """Of rows that were read, one more than `size` where there are more."""
    more = order.cursor_of(rows[size - 1]) if len(rows) > size else ""
    return Listing(rows[:size], order, cursor, more, filters or {})


def counted(found: QuerySet[Any], most: int = CAP) -> int:
    """How many rows there are, up to `most`, which is as many as are read."""
    return found.order_by().values("pk")[:most].count()


def cursor(at: datetime | None, pk: int) -> str:
    return f"{at.isoformat() if at else ''}_{pk}"


def parse_cursor(text: str) -> tuple[datetime, int] | None:
    """None where it cannot be read, or names a moment or a number that no row can have."""
    moment, _sep, digits = text.rpartition("_")
    try:
        at, pk = datetime.fromisoformat(moment), int(digits)
        return (at.astimezone(UTC), pk) if at.tzinfo and 0 < pk < 2**63 else None
    except (ValueError, OverflowError):
        return None


def text_place(text: str) -> tuple[str, int] | None:
    """As `place`, of an order of texts."""
    words, sep, digits = storable(text).rpartition("_")
    pk = number(digits)
    return (words, pk) if sep and pk else None
