"""Model instances out of rows, for a query that is read again and again.

Django's ModelIterable finds out for each query which column belongs to which field of which model;
here that is found out once. What it makes is the same, except that the signals `pre_init` and
`post_init` are not sent: nobody here listens to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState

Row = Sequence[Any]
# The number of a column, what makes the value that the database gave one of Python's, and what
# each of these is called with.
Converter = tuple[int, list[Callable[..., Any]], Any]


@dataclass(frozen=True)
class Shape:
    """Which columns make an instance of a model, and which make its related objects."""

    model: type[Model]
    names: tuple[str, ...]
    values: Callable[[Row], tuple[Any, ...]]
    key: int
    related: tuple[tuple[Shape, Callable[..., None], Callable[..., None]], ...]

    @classmethod
    def of(cls, info: dict[str, Any], select: Sequence[Any]) -> Shape:
        """From what Django's compiler knows of it, as RelatedPopulator reads it."""
        model, columns = info["model"], info["select_fields"]
        names = tuple(select[number][0].target.attname for number in columns)
        related = (
            (cls.of(one, select), one["local_setter"], one["remote_setter"])
            for one in info.get("related_klass_infos", [])
        )
        return cls(
            model,
            names,
            itemgetter(*columns) if len(columns) > 1 else lambda row: (row[columns[0]],),
            columns[names.index(model._meta.pk.attname)],
            tuple(related),
        )

    def made(self, row: Row, using: str) -> Any:
        """The instance; None where an outer join found nothing."""
        if row[self.key] is None:
            return None
        one = self.model.__new__(self.model)
        one.__dict__.update(zip(self.names, self.values(row), strict=True))
        one._state = ModelState()
        one._state.adding = False
        one._state.db = using
        for shape, link, link_back in self.related:
            other = shape.made(row, using)
            link(one, other)
            if other is not None:
                link_back(other, one)
        return one


@dataclass(frozen=True)
class Models:
    """Rows of a queryset of models, with what was annotated."""

    shape: Shape
    annotated: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, compiler: Any) -> Models:
        annotated = tuple(compiler.annotation_col_map.items())
        return cls(Shape.of(compiler.klass_info, compiler.select), annotated)

    def read(self, rows: Sequence[Row], using: str) -> list[Any]:
        found = []
        for row in rows:
            one = self.shape.made(row, using)
            for name, number in self.annotated:
                setattr(one, name, row[number])
            found.append(one)
        return found


def converters_of(compiler: Any) -> list[Converter]:
    fields = [one[0] for one in compiler.select[: compiler.col_count]]
    found = compiler.get_converters(fields)
    return [(number, *how) for number, how in found.items()]


def converted(rows: Sequence[Row], converters: list[Converter], connection: Any) -> Sequence[Row]:
    if not converters:
        return rows
    found = [list(row) for row in rows]
    for number, calls, expression in converters:
        for row in found:
            for call in calls:
                row[number] = call(row[number], expression, connection)
    return found
