"""How an event repeats, as its form asks it, and what an edit of a date is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import local_time
from . import series as rules
from .models import Event
from .verbs.series import SCOPES, THIS

WEEKDAYS = [
    ("0", gettext_lazy("Monday")),
    ("1", gettext_lazy("Tuesday")),
    ("2", gettext_lazy("Wednesday")),
    ("3", gettext_lazy("Thursday")),
    ("4", gettext_lazy("Friday")),
    ("5", gettext_lazy("Saturday")),
    ("6", gettext_lazy("Sunday")),
]


class RepeatForm(forms.Form):
    """`event`: the one that is edited; of a date of a series it asks which dates are meant."""

    repeats = forms.ChoiceField(
        label=gettext_lazy("Repeats"), choices=list(rules.REPEATS.items()), required=False
    )
    every = forms.IntegerField(
        label=gettext_lazy("Every"),
        min_value=1,
        max_value=rules.MOST_INTERVAL,
        required=False,
        help_text=gettext_lazy("Weeks or months. 2: every other one."),
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"),
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For weekly. None: the day of the first date."),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("That’s not a day. Write it as 2026-12-31.")},
    )
    count = forms.IntegerField(
        label=gettext_lazy("Number of dates"),
        min_value=2,
        max_value=rules.MOST_COUNT,
        required=False,
        help_text=gettext_lazy("With the first one. Leave both empty to go on."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Change"),
        choices=list(SCOPES.items()),
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, data: Any = None, *, event: Event | None = None) -> None:
        self.event = event
        self.series = event.series if event and event.series_id else None
        first: dict[str, Any] = {"repeats": rules.NEVER, "every": 1, "scope": THIS}
        if self.series:
            was = rules.read(self.series.rule)
            first |= {
                "repeats": was.kind if self.series.ended_at is None else rules.NEVER,
                "every": was.every,
                "weekdays": [str(day) for day in was.weekdays],
                "until": was.until,
                "count": was.count,
            }
        super().__init__(data, initial=first, auto_id="event-%s")
        if not self.series:
            del self.fields["scope"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("until") and data.get("count"):
            self.add_error("count", _("Enter a last day or a number of dates, not both."))
        return data

    @property
    def meant(self) -> str:
        return str(self.cleaned_data.get("scope") or THIS) if self.series else THIS

    @property
    def repeat(self) -> rules.Repeat | None:
        """None where it doesn't repeat."""
        data = self.cleaned_data
        if not data["repeats"]:
            return None
        days = data["weekdays"] if data["repeats"] == rules.WEEKLY else []
        return rules.Repeat(
            data["repeats"],
            every=data["every"] or 1,
            weekdays=tuple(sorted(int(day) for day in days)),
            until=data["until"],
            count=data["count"],
        )

    @property
    def change(self) -> rules.Repeat | None:
        """How a series repeats from now on; None for as before. One that doesn't any more has this
        date as its last."""
        if self.series is None:
            return self.repeat
        was, now = rules.read(self.series.rule), self.repeat
        if now is None:
            ended = self.series.ended_at is not None
            return None if ended else rules.Repeat(was.kind, was.every, was.weekdays, count=1)
        return None if now == was else now

    def refuse(self, error: ValueError) -> bool:
        """Where it is said of one of these fields."""
        field = getattr(error, "field", "")
        if field not in self.fields:
            return False
        self.add_error(field, str(error))
        return True


def words_of(event: Event) -> str:
    """How the series of a date repeats."""
    series = event.series
    if series is None:
        return ""
    if series.ended_at:
        day = date_format(timezone.localtime(series.ended_at), "j F Y")
        return _("Ended on %(day)s") % {"day": day}
    start = local_time.in_place(event.starts_at, event.timezone)
    if not event.moved:
        return rules.in_words(series.rule, start)
    return rules.in_words(series.rule, datetime.fromisoformat(series.starts_local))
