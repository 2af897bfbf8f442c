"""The fields that a team has added: which there are, and what they hold for a member."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.text import one_line

from .models import Field, FieldType, Member
from .models.field import LONGEST_KEY, MOST_FIELDS

LONGEST_TEXT = 500  # characters of a value
PREFIX = "field-"  # of the names in a form


@dataclass(frozen=True)
class FilledField:
    """`text` as a page shows it; `link` where it is a web address."""

    field: Field
    text: str
    link: str = ""


def current() -> list[Field]:
    return list(Field.objects.current()[:MOST_FIELDS])


def filled(member: Member) -> list[FilledField]:
    """Those that hold something. One query, none for a member without any."""
    if not member.fields:
        return []
    return [
        shown(field, member.fields[field.key]) for field in current() if field.key in member.fields
    ]


def shown(field: Field, value: Any) -> FilledField:
    if field.kind == FieldType.DATE:
        return FilledField(field, date_format(date.fromisoformat(value), "j F Y"))
    if field.kind == FieldType.URL:
        return FilledField(field, value.split("://", 1)[-1].rstrip("/"), link=value)
    return FilledField(field, str(value))


def new_key(name: str) -> str:
    """From a name, unlike all that there are: letters, digits and "-"."""
    stem = slugify(name).replace("_", "-").strip("-")[: LONGEST_KEY - 4].strip("-") or "field"
    taken = set(Field.objects.filter(key__startswith=stem).values_list("key", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(key for key in numbered if key not in taken)


# In a form of the member's details --------------------------------------------------------------


def form_fields(fields: Iterable[Field]) -> dict[str, forms.Field]:
    """By their names in the form, none of them required."""
    return {PREFIX + field.key: _form_field(field) for field in fields}


def initial(fields: Iterable[Field], member: Member) -> dict[str, Any]:
    return {PREFIX + field.key: member.fields.get(field.key, "") for field in fields}


def stored(fields: Iterable[Field], member: Member, cleaned: dict[str, Any]) -> dict[str, Any]:
    """`Member.fields` as a valid form leaves them; what is left blank goes."""
    kept = dict(member.fields)
    for field in fields:
        value = _plain(cleaned.get(PREFIX + field.key))
        if value in ("", None):
            kept.pop(field.key, None)
        else:
            kept[field.key] = value
    return kept


def _form_field(field: Field) -> forms.Field:
    # The help is a person's own text, and forms show it as HTML.
    about: dict[str, Any] = {
        "label": field.name,
        "required": False,
        "help_text": escape(field.help),
    }
    if field.kind == FieldType.NUMBER:
        return NumberField(**about)
    if field.kind == FieldType.DATE:
        return DayField(**about)
    if field.kind == FieldType.CHOICE:
        choices = [("", "–"), *((choice, choice) for choice in field.choices)]
        wrong = {"invalid_choice": _("Select one of the choices.")}
        return forms.ChoiceField(choices=choices, error_messages=wrong, **about)
    if field.kind == FieldType.URL:
        return WebAddressField(**about)
    return TextField(max_length=LONGEST_TEXT, **about)


class TextField(forms.CharField):
    def clean(self, value: Any) -> str:
        return one_line(super().clean(value), LONGEST_TEXT)


class NumberField(forms.FloatField):
    default_error_messages = {
        "invalid": gettext_lazy("Enter a number, such as 12 or 3.5."),
    }

    def clean(self, value: Any) -> int | float | None:
        found = super().clean(value)
        return int(found) if found is not None and found == int(found) else found


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {
        "invalid": gettext_lazy("That’s not a day. Write it as 2026-12-31."),
    }


class WebAddressField(forms.URLField):
    default_error_messages = {
        "invalid": gettext_lazy("Enter a web address, such as https://example.org/."),
    }

    def __init__(self, **about: Any) -> None:
        super().__init__(max_length=LONGEST_TEXT, assume_scheme="https", **about)

    def clean(self, value: Any) -> str:
        found: str = super().clean(value)
        if found and not found.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(self.error_messages["invalid"])
        return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
