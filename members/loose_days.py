"""Days as exact as somebody knows them: “2024”, “Mar 2024”, “15 Mar 2024”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.query import Context, Mistake, dates
from community_hub.lib.text import one_line
from team import hours

from .models import Precision

LONGEST = 40  # characters
_MONTH_FIRST = re.compile(r"(\d{1,2})\s*[/.]\s*(\d{4})", re.ASCII)  # 03/2024
_LENGTHS = {
    Precision.DAY: relativedelta(days=1),
    Precision.MONTH: relativedelta(months=1),
    Precision.YEAR: relativedelta(years=1),
}
_WRITTEN = {Precision.DAY: "%Y-%m-%d", Precision.MONTH: "%Y-%m", Precision.YEAR: "%Y"}


@dataclass(frozen=True)
class LooseDay:
    """`first` of a day, a month or a year."""

    first: date
    precision: Precision = Precision.DAY

    @property
    def last(self) -> date:
        return self.first + _LENGTHS[self.precision] - timedelta(days=1)


def read(typed: str) -> LooseDay:
    """As in queries; a month by its number too: “03/2024”. ValueError with a sentence."""
    month = _MONTH_FIRST.fullmatch(typed.strip())
    text = f"{month[2]}-{month[1]}" if month else typed.strip()
    context = Context(user=None, now=timezone.now(), timezone=hours.of_hub().zone)
    try:
        span = dates.read_span(text, context)
    except dates.NotADate:
        raise ValueError(_not_understood(typed)) from None
    except Mistake as mistake:
        raise ValueError(mistake.sentence) from None
    first, after = span.start.date(), span.end.date()
    for precision, length in _LENGTHS.items():
        if first + length == after:
            return LooseDay(first, precision)
    raise ValueError(_not_understood(typed))  # a week


def written(day: date | None, precision: str) -> str:
    """As read() takes it: “2024-03”."""
    return day.strftime(_WRITTEN[Precision(precision)]) if day else ""


def _not_understood(typed: str) -> str:
    said = _("“%(typed)s” is no day, month or year. Write 2024, Mar 2024 or 2024-03-15.")
    return said % {"typed": one_line(typed, LONGEST)}


class LooseDayField(forms.CharField):
    """A LooseDay, or None where it is empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=LONGEST, **options)
        self.widget.attrs |= {"autocomplete": "off"}

    def clean(self, value: Any) -> LooseDay | None:
        typed: str = super().clean(value)
        if not typed:
            return None
        try:
            return read(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
