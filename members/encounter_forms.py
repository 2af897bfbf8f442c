"""The form of an encounter: when it was is typed loosely, who was there is in encounter_people."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from community_hub.lib.loose_time import NotUnderstood, read_moment
from team.models import User

from . import follow_up_checks, follow_ups
from .due_words import day_in
from .encounter_checks import LONGEST, NotPossible, checked_moment
from .models import Encounter, EncounterKind, Visibility
from .models.encounter import PLACE_LENGTH
from .models.follow_up import LONGEST as FOLLOW_UP_LENGTH

KEPT = timedelta(days=30)  # what was typed before that is read as if it were typed now


class EncounterForm(forms.Form):
    """`encounter`: the one that is edited; without one it is for a new one, with a next step."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=EncounterKind.choices,
        initial=EncounterKind.MEETING,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what it was.")},
    )
    when = forms.CharField(
        label=gettext_lazy("When"),
        max_length=200,
        initial="now",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Say when it was, such as “yesterday 15:00” or “now”.")
        },
    )
    place = forms.CharField(label=gettext_lazy("Where"), max_length=PLACE_LENGTH, required=False)
    text = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Visible to"), choices=Visibility.choices, initial=Visibility.TEAM
    )
    next_text = forms.CharField(
        label=gettext_lazy("What to do next"),
        max_length=FOLLOW_UP_LENGTH,
        required=False,
    )
    next_on = forms.DateField(
        label=gettext_lazy("By"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Else the day that you write (“on Friday”), or a week from now."),
        error_messages={
            "invalid": gettext_lazy("That’s not a day. Write it as 2026-12-31."),
        },
    )
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    said_at = forms.CharField(required=False, widget=forms.HiddenInput)  # when “now” was typed

    def __init__(self, data: Any = None, *, user: User, encounter: Encounter | None = None) -> None:
        first: dict[str, Any] = {
            "token": uuid.uuid4(),
            "said_at": timezone.now().isoformat(),
        }
        if encounter:
            first = {
                "kind": encounter.kind,
                "when": exact(encounter.occurred_at),
                "place": encounter.place,
                "text": encounter.text,
                "visibility": encounter.visibility,
            }
        super().__init__(data, initial=first, auto_id="encounter-%s")
        self.user, self.encounter = user, encounter
        if encounter:
            del self.fields["next_text"], self.fields["next_on"], self.fields["token"]

    def clean_when(self) -> datetime:
        typed = self.cleaned_data["when"]
        if self.encounter and typed == exact(self.encounter.occurred_at):
            return self.encounter.occurred_at  # to the second, as it was
        return understood(typed, self.data.get("said_at", ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("next_text", "").strip() and "next_on" in data:
            named = day_in(data["next_text"], follow_ups.today())
            data["next_on"] = data["next_on"] or named or follow_ups.usual_day(self.user)
            try:
                follow_up_checks.checked_day(data["next_on"])
            except follow_up_checks.NotPossible as error:
                self.add_error("next_on", str(error))
        return data

    @property
    def said(self) -> dict[str, Any]:
        """As the verbs take it."""
        data = self.cleaned_data
        fields = {name: data[name] for name in ("kind", "place", "text", "visibility")}
        return {**fields, "occurred_at": data["when"]}


def understood(typed: str, said_at: str) -> datetime:
    """In the reader's timezone. Raises ValidationError, also for what is still to come. `said_at`:
    when it was typed, as ISO 8601 has it; it may be saved much later."""
    try:
        return checked_moment(read_moment(typed, timezone.localtime(_moment(said_at))))
    except (NotUnderstood, NotPossible) as error:
        raise forms.ValidationError(str(error)) from None


def _moment(said_at: str) -> datetime:
    """Now, where it says nothing that can be, as the clock of a phone may be wrong."""
    now = timezone.now()
    try:
        at = datetime.fromisoformat(said_at.replace("Z", "+00:00"))
    except ValueError:
        return now
    return at if at.tzinfo and now - KEPT < at < now else now


def exact(at: datetime) -> str:
    """As somebody could have typed it."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def in_words(at: datetime) -> str:
    """What was understood."""
    return date_format(timezone.localtime(at), "l, j F Y, H:i")
