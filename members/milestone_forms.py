"""The milestones of stages, as an admin writes them down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Milestones
from .stage_sql import NUMBERS

MOST = {"within_days": 3650, "participant_days": 366}
LABELS = {
    "participant_activities": gettext_lazy("Participant: number of activities"),
    "participant_days": gettext_lazy("Participant: on at least this many different days"),
    "contributor_activities": gettext_lazy("Contributor: number of activities"),
    "contributor_credits": gettext_lazy("Contributor: or this many credited answers"),
    "within_days": gettext_lazy("Number of days to look back"),
}


class MilestonesForm(forms.Form):
    def __init__(self, data: Any = None, *, now: Milestones) -> None:
        super().__init__(data, initial={name: getattr(now, name) for name in NUMBERS})
        for name in NUMBERS:
            self.fields[name] = forms.IntegerField(
                label=LABELS[name], min_value=1, max_value=MOST.get(name, 1000)
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        least, more = said.get("participant_activities"), said.get("contributor_activities")
        if least and more and more < least:
            words = _("A contributor needs at least as many as a participant.")
            self.add_error("contributor_activities", words)
        return said

    @property
    def given(self) -> Milestones:
        """As the form says, not saved."""
        return Milestones(pk=1, **self.cleaned_data)
