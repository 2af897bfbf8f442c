"""Asking the list of members for what the team's own fields hold: field.size:XL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db.models import JSONField, Q, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    LessThan,
    LessThanOrEqual,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, Mistake, OperatorDefinition, Parts, dates, no_such

from . import custom_fields
from .filters import MOST_OFFERED, PEOPLE
from .models import Field, FieldType

_COMPARED = re.compile(r"(<=|>=|<|>|=)?\s*(-?\d+(?:[.,]\d+)?)")
_LOOKUPS: dict[str, Any] = {
    "<": LessThan,
    "<=": LessThanOrEqual,
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
}


def without_a_name(_value: str, context: Context) -> Q:
    example = example_for(context.user) or "field.size:XL"
    said = _("Name the field after a dot, such as %(example)s.")
    raise Mistake(said % {"example": example})


def held(key: str, value: str, context: Context) -> Q:
    """`any`, `none`, or by the kind of the field: a choice, a part of a text or an address, a
    number or `>5`, a day, month or year or `>2026-03`."""
    field = called(key)
    has = Q(fields__has_key=field.key)
    if value.lower() == "any":
        return has
    if value.lower() == "none":
        return ~has
    return has & _MATCHES[field.kind](field, value, context)


def called(key: str) -> Field:
    fields = custom_fields.current()
    found = next((field for field in fields if field.key == key), None)
    if found is None:
        said = _("There’s no field “%(name)s”.")
        raise no_such(said, key, [field.key for field in fields])
    return found


def _is_choice(field: Field, value: str, _context: Context) -> Q:
    for choice in field.choices:
        if choice.casefold() == value.casefold():
            return Q(fields__contains={field.key: choice})
    said = _("“%(name)s” is none of its choices.")
    raise no_such(said, value, field.choices)


def _has_text(field: Field, value: str, _context: Context) -> Q:
    return Q(IContains(KeyTextTransform(field.key, "fields"), value))


def _is_number(field: Field, value: str, _context: Context) -> Q:
    found = _COMPARED.fullmatch(value.strip())
    if found is None:
        said = _("“%(value)s” is not a number. Write 12, >12 or <3.5.")
        raise Mistake(said % {"value": value[:40]})
    number = float(found[2].replace(",", "."))
    if found[1] in (None, "="):
        return Q(fields__contains={field.key: number})
    return _compares(field, found[1], number)


def _is_day(field: Field, value: str, context: Context) -> Q:
    """Days are kept as 2026-03-01, which sorts as they do."""
    sign = value[:1] if value[:1] in "<>" else ""
    span = dates.read_span(value[len(sign) :], context)
    first, after = span.start.date().isoformat(), span.end.date().isoformat()
    if sign == "<":
        return _compares(field, "<", first)
    if sign == ">":
        return _compares(field, ">=", after)
    return _compares(field, ">=", first) & _compares(field, "<", after)


def _compares(field: Field, sign: str, value: Any) -> Q:
    held = KeyTransform(field.key, "fields")
    return Q(_LOOKUPS[sign](held, Value(value, output_field=JSONField())))


_MATCHES: dict[str, Callable[[Field, str, Context], Q]] = {
    FieldType.TEXT.value: _has_text,
    FieldType.URL.value: _has_text,
    FieldType.CHOICE.value: _is_choice,
    FieldType.NUMBER.value: _is_number,
    FieldType.DATE.value: _is_day,
}


def values_of(key: str, _user: Any, beginning: str) -> Iterable[tuple[str, str]]:
    """Of a choice, its choices; of all, whether they hold anything."""
    field = next((each for each in custom_fields.current() if each.key == key), None)
    if field is None:
        return []
    words = {"any": _("Anything"), "none": _("Nothing")}
    offered = [*((choice, choice) for choice in field.choices), *words.items()]
    return [each for each in offered if each[0].lower().startswith(beginning.lower())][
        :MOST_OFFERED
    ]


def names_of(_user: Any, beginning: str) -> Iterable[tuple[str, str]]:
    fields = custom_fields.current()
    like = [field for field in fields if field.key.startswith(beginning)]
    return [(field.key, field.name) for field in like][:MOST_OFFERED]


def example_for(_user: Any) -> str:
    field = next(iter(custom_fields.current()), None)
    return f"field.{field.key}:{'any' if not field.choices else field.choices[0]}" if field else ""


def definition_of(key: str) -> OperatorDefinition:
    return OperatorDefinition(
        name=f"field.{key}",
        help=gettext_lazy("A field of your team’s own"),
        example=f"field.{key}:any",
        build=partial(held, key),
        complete=partial(values_of, key),
    )


PEOPLE.register(
    OperatorDefinition(
        name="field",
        help=gettext_lazy("A field of your team’s own, named after a dot"),
        example="field.size:XL",
        build=without_a_name,
        example_for=example_for,
        parts=Parts(definition_of, names_of),
    )
)
