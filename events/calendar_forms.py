"""What is typed to import a calendar."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Visibility
from .models.calendars import LONGEST_NAME, LONGEST_URL


class FeedForm(forms.Form):
    url = forms.CharField(
        label=_("Address of the calendar"),
        max_length=LONGEST_URL,
        widget=forms.TextInput(
            attrs={
                "class": "input",
                "inputmode": "url",
                "autocomplete": "off",
                "placeholder": "https://example.org/events.ics",
            }
        ),
        help_text=_("In iCal format. Meetup, Luma and Google Calendar offer one."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    visibility = forms.ChoiceField(
        label=_("New events are shown to"),
        choices=Visibility.choices,
        initial=Visibility.TEAM,
        widget=forms.Select(attrs={"class": "input"}),
    )


class CalendarFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"class": "input", "accept": ".ics,text/calendar"}),
    )
    visibility = forms.ChoiceField(
        label=_("New events are shown to"),
        choices=Visibility.choices,
        initial=Visibility.TEAM,
        widget=forms.Select(attrs={"class": "input"}),
    )
