"""Working days and hours: the hub’s, and those of one colleague."""

from __future__ import annotations

from datetime import date
from time import strptime
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from team import timezones
from team.models import Hub
from team.widgets import LongSelect, TimeInput

WEEKDAYS = [(str(number), name) for number, name in WEEKDAY_NAMES.items()]


def _holiday(word: str) -> str:
    """The ISO form of 2026-12-25 or 25.12.2026. Raises ValueError."""
    if "." in word:
        return date(*strptime(word, "%d.%m.%Y")[:3]).isoformat()
    return date.fromisoformat(word).isoformat()


class HoursForm(forms.Form):
    """The hub's timezone, working days and hours, and holidays."""

    timezone = forms.ChoiceField(
        label=_("Timezone"),
        choices=timezones.choices,
        widget=LongSelect,
        help_text=_("Counts by day begin and end at midnight in this timezone."),
    )
    work_days = forms.TypedMultipleChoiceField(
        label=_("Working days"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    work_from = forms.TimeField(label=_("From"), widget=TimeInput())
    work_until = forms.TimeField(
        label=_("To"),
        widget=TimeInput(),
        help_text=_("Each teammate’s snooze times use these hours in their own timezone."),
    )
    holidays = forms.CharField(
        label=_("Holidays"),
        required=False,
        max_length=5000,
        help_text=_("One date per line: 2026-12-25 or 25.12.2026."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_holidays(self) -> list[str]:
        found, wrong = set(), []
        for line in filter(None, map(str.strip, self.cleaned_data["holidays"].splitlines())):
            try:
                found |= {_holiday(word) for word in line.split()}
            except ValueError:
                wrong.append(line)
        if wrong:
            said = _("“%(line)s” is not a date. Write it like 2026-12-25 or 25.12.2026.")
            raise forms.ValidationError([said % {"line": line[:40]} for line in wrong])
        return sorted(found)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        begins, ends = said.get("work_from"), said.get("work_until")
        if begins and ends and begins >= ends:
            self.add_error("work_until", _("The working day must end after it begins."))
        return said

    @classmethod
    def of(cls, hub: Hub) -> HoursForm:
        initial = {
            "timezone": hub.timezone,
            "work_days": [str(day) for day in hub.work_days],
            "work_from": hub.work_from,
            "work_until": hub.work_until,
            "holidays": "\n".join(hub.holidays),
        }
        return cls(initial=initial)


class OwnHoursForm(forms.Form):
    """A colleague's own; all empty: the hub's."""

    work_days = forms.TypedMultipleChoiceField(choices=WEEKDAYS, coerce=int, required=False)
    work_from = forms.TimeField(required=False)
    work_until = forms.TimeField(required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        begins, ends = said.get("work_from"), said.get("work_until")
        if bool(begins) != bool(ends):
            raise forms.ValidationError(_("Enter both times of your working day, or none."))
        if begins and ends and begins >= ends:
            raise forms.ValidationError(_("The working day must end after it begins."))
        return said

    def chosen(self) -> dict[str, Any]:
        """As User.prefer() takes them."""
        said = self.cleaned_data
        clocks = {
            name: said[name].strftime("%H:%M") if said[name] else ""
            for name in ("work_from", "work_until")
        }
        return {"work_days": said["work_days"], **clocks}
