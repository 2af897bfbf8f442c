"""The three questions after an event, as people without an account are asked them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from .models.feedback import LONGEST_ANSWER


class FeedbackForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=gettext_lazy("Was it worth your time?"),
        coerce=int,
        choices=[
            ("5", gettext_lazy("5: very much")),
            ("4", "4"),
            ("3", "3"),
            ("2", "2"),
            ("1", gettext_lazy("1: not at all")),
        ],
        widget=forms.RadioSelect,
    )
    best = forms.CharField(
        label=gettext_lazy("What was best?"),
        max_length=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    change = forms.CharField(
        label=gettext_lazy("What should we change?"),
        max_length=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    anonymous = forms.BooleanField(
        label=gettext_lazy("Send it without my name"),
        help_text=gettext_lazy("Then nobody can see that it is yours, and it can’t be changed."),
        required=False,
    )
