"""Querysets whose SQL is compiled once a process, for what every page reads.

To build and compile a query of a few joins and subqueries takes the ORM 2 to 5 ms; PostgreSQL
answers it in one. Such a query is written as any other, through the managers of its models, in a
function that takes the values which differ from request to request. It is compiled with
placeholders at their places, and afterwards only executed, prepared where PostgreSQL can keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable

from . import prepared_sql
from .compiled_rows import Converter, Models, converted, converters_of

T = TypeVar("T")
Value = int | str | datetime | date

MOST = 200  # statements a process keeps; of a list there is one for each role and source
_kept: dict[Hashable, Statement] = {}
_lock = Lock()


def rows(key: Hashable, build: Callable[..., QuerySet[Any, T]], **values: Value) -> list[T]:
    """What `build(**values)` finds, as a list.

    `key` names all that decides what the SQL is: which list, which role. What only fills it in is
    in `values`; `build` is given placeholders for them, and may compare columns with them and
    nothing else. ValueError where one does not arrive in the SQL as it is.
    """
    return statement(key, build, values).rows(values)


def statement(
    key: Hashable, build: Callable[..., QuerySet[Any, Any]], values: dict[str, Value]
) -> Statement:
    """The one that is kept; compiled now where there is none yet."""
    found = _kept.get(key)
    if found is None:
        found = compiled(build, values)
        with _lock:
            while len(_kept) >= MOST:
                del _kept[next(iter(_kept))]  # the oldest
            _kept[key] = found
    return found


@dataclass(frozen=True)
class Statement:
    """`order`: whose values are the parameters that are left, and the type that the database's
    driver is given them in. `text` is `sql` with all the others written out, so that PostgreSQL
    plans with them in sight."""

    queryset: Any
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    text: str
    order: list[tuple[str, type[Any]]]
    converters: list[Converter]
    models: Models | None

    def parameters(self, values: dict[str, Value]) -> list[Value]:
        """Of `text`, in its order."""
        return [_as(values[name], kind) for name, kind in self.order]

    def rows(self, values: dict[str, Value]) -> list[Any]:
        using = self.queryset.db
        connection = connections[using]  # each thread has its own
        with prepared_sql.cursor(connection) as cursor:
            cursor.execute(self.text, self.parameters(values))
            found = cursor.fetchall()
        if self.models:
            return self.models.read(converted(found, self.converters, connection), using)
        compiler = copy(self.compiler)
        compiler.connection = connection
        compiler.execute_sql = partial(_answer, [found])
        return list(self.queryset._iterable_class(_Read(using, compiler)))


@dataclass(frozen=True)
class _Read:
    """What Django's iterables ask of a queryset and its query, for rows that were read already."""

    db: str
    compiler: Any
    _known_related_objects: ClassVar[dict[Any, Any]] = {}

    @property
    def query(self) -> _Read:
        return self

    def get_compiler(self, using: str) -> Any:
        return self.compiler


def _answer(found: list[Any], *args: Any, **options: Any) -> list[Any]:
    return found


def compiled(build: Callable[..., QuerySet[Any, Any]], values: dict[str, Value]) -> Statement:
    markers = {name: _marker(value, number) for number, (name, value) in enumerate(values.items())}
    queryset: Any = build(**markers)
    if queryset._prefetch_related_lookups or queryset._known_related_objects:
        raise ValueError("prefetch_related() and related managers are not for compiled SQL")
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet as error:  # the placeholder is too large for its column
        raise ValueError("only bigint columns can be compared with numbers") from error
    names = {
        number: name
        for number, param in enumerate(params)
        for name, marker in markers.items()
        if param == marker
    }
    rest = repr([sql, *(param for number, param in enumerate(params) if number not in names)])
    wrong = [
        name
        for name, marker in markers.items()
        if name not in names.values() or str(marker) in rest
    ]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: not a parameter of the SQL, or not only that")
    connection = connections[queryset.db]
    return Statement(
        queryset,
        compiler,
        sql,
        tuple(params),
        prepared_sql.with_literals(sql, params, set(names), connection),
        [(name, type(params[number])) for number, name in sorted(names.items())],
        converters_of(compiler),
        Models.of(compiler) if queryset._iterable_class is ModelIterable else None,
    )


def _marker(value: Value, number: int) -> Value:
    """A value of the same type that no row has."""
    if isinstance(value, bool) or not isinstance(value, Value):
        raise TypeError(f"{value!r} is no value for compiled SQL")
    if isinstance(value, int):
        return 2**62 + number
    if isinstance(value, datetime):
        return datetime(9000, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if isinstance(value, date):
        return date(9100, 1, 1) + timedelta(days=number)
    return f"\N{REPLACEMENT CHARACTER}placeholder {number}"


def _as(value: Value, given_as: type[Any]) -> Any:
    """psycopg has types of its own for integers of so many bytes."""
    return value if type(value) is given_as else given_as(value)
