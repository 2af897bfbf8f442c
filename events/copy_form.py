"""When the copy of an event is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import local_time
from .forms import LocalTimeField
from .models import Event


class CopyForm(forms.Form):
    """`starts_at`: a moment, entered as the clocks of the event's place show it."""

    starts_at = LocalTimeField(
        label=gettext_lazy("Starts"),
        error_messages={"required": gettext_lazy("Enter when it starts.")},
    )

    in_series = forms.BooleanField(
        label=gettext_lazy("Another date of this series"),
        required=False,
        help_text=gettext_lazy("As the series is now, on a day of its own."),
    )

    def __init__(self, data: Any = None, *, event: Event) -> None:
        first = _same_clock_later(event).strftime(local_time.MINUTES)
        super().__init__(data, initial={"starts_at": first, "in_series": True}, auto_id="copy-%s")
        self.event = event
        if event.series_id is None:
            del self.fields["in_series"]

    def clean_starts_at(self) -> datetime:
        try:
            return local_time.read(self.cleaned_data["starts_at"], self.event.timezone).at
        except local_time.NoSuchTime as error:
            raise forms.ValidationError(str(error)) from None
        except (LookupError, ValueError):
            said = _("There’s no timezone “%(name)s” any more. Choose another one.")
            raise forms.ValidationError(said % {"name": self.event.timezone}) from None


def _same_clock_later(event: Event) -> datetime:
    """The same day of the week and clock time, weeks later, that is still to come."""
    start = local_time.in_place(event.starts_at, event.timezone)
    now = local_time.in_place(timezone.now(), event.timezone)
    weeks = max(1, (now - start).days // 7 + 1)
    return start + timedelta(weeks=weeks)
