"""Many new rows of a model in one statement, faster than bulk_create().

bulk_create() makes an instance of each row and prepares each field of each instance. Here a row
holds what differs; all other fields get their default, prepared once a process where it is always
the same, else once a call, or by the database where it knows one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import NOT_PROVIDED, Field, Model

from . import prepared_sql


def insert_rows(model: type[Model], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Their primary keys, in the same order. Every row has the same keys: columns, in which values
    are as JSON has them (a moment as a datetime). Signals are not sent."""
    if not rows:
        return []
    text, defaults = _statement(model, tuple(rows[0]))
    rest = [_default(model, each) if isinstance(each, Field) else each for each in defaults]
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(text, [*rest, prepared_sql.as_json(rows)])
        return [pk for (pk,) in cursor.fetchall()]


@cache
def _statement(model: type[Model], columns: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """The text, and of each field that no row has its default, or the field where that changes."""
    meta = model._meta
    fields = {field.column: field for field in meta.concrete_fields if not field.primary_key}
    others = tuple(
        field
        for name, field in fields.items()
        if name not in columns and not field.generated and field.db_default is NOT_PROVIDED
    )

    def quoted(name: Any) -> str:
        return connection.ops.quote_name(str(name))

    names = ", ".join(quoted(name) for name in (*columns, *(field.column for field in others)))
    typed = ", ".join(f"{quoted(name)} {_type(fields[name])}" for name in columns)
    taken = ", ".join(
        [f"new.{quoted(name)}" for name in columns] + [f"%s::{_type(field)}" for field in others]
    )
    text = (
        f"insert into {quoted(meta.db_table)} ({names})"  # noqa: S608 - names of ours
        f" select {taken} from json_to_recordset(%s::json) as new({typed})"
        f" returning {quoted(meta.pk.column)}"
    )
    return text, tuple(field if _changes(field) else _default(model, field) for field in others)


def _changes(field: Field[Any, Any]) -> bool:
    """Whether its default is another one each time."""
    is_moment = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return is_moment or (_is_made(field) and field.default not in (dict, list))


def _is_made(field: Field[Any, Any]) -> bool:
    return field.has_default() and callable(field.default)


def _default(model: type[Model], field: Field[Any, Any]) -> Any:
    value = field.get_default() if _is_made(field) else field.pre_save(_blank(model), True)
    return field.get_db_prep_save(value, connection)


@cache
def _blank(model: type[Model]) -> Model:
    """Made once: what is asked of it is set anew each time, a moment, or never changes."""
    return model()


def _type(field: Field[Any, Any]) -> str:
    found = field.db_type(connection)
    if found is None:
        raise TypeError(f"{field} has no column")
    return found
