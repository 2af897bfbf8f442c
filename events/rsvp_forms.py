"""The form of a public page, and that of a personal link. Bots are told by a field that people do
not see, and by how soon after the page the answer comes."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.text import TooLong, typed_line

from .models import Answer, Attendance, Event
from .models.pending import LONGEST_NAME
from .rsvp import Said

SALT = "events.rsvp-form"
TOO_SOON = 2.0  # seconds
TOO_LATE = timedelta(hours=12)
_ADDRESS = re.compile(r"://|www\.|\bhttps?\b", re.IGNORECASE)


def shown_now(event: Event) -> str:
    """Signed: that the page of this event was made now."""
    return signing.dumps([event.pk, time.time()], salt=SALT)


class RsvpForm(forms.Form):
    """`cleaned()` is what it said. Whatever is wrong, what was typed stays in the form."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your email"),
        help_text=gettext_lazy("We send you a link to confirm. Nobody else sees it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy("Enter an email address, such as ines@example.org.")
        },
    )
    wanted = forms.ChoiceField(label=gettext_lazy("Your answer"), widget=forms.RadioSelect)
    guests = forms.IntegerField(
        label=gettext_lazy("Guests you bring"), min_value=0, required=False, initial=0
    )
    website = forms.CharField(required=False, label=gettext_lazy("Leave this empty"))
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, event: Event, is_full: bool = False) -> None:
        super().__init__(data, initial={"shown": shown_now(event), "wanted": Answer.GOING})
        self.event = event
        going = _("Join the waiting list") if is_full else _("I’m going")
        self.fields["wanted"].choices = [  # type: ignore[attr-defined]
            (Answer.GOING.value, going),
            (Answer.MAYBE.value, _("Maybe")),
        ]
        _limit_guests(self, event.most_guests)

    @property
    def shown_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in ("website", "shown")]

    def clean_name(self) -> str:
        if _ADDRESS.search(self.cleaned_data["name"]):
            raise forms.ValidationError(_("Enter your name without a web address."))
        try:
            name = typed_line(self.cleaned_data["name"], LONGEST_NAME)
        except TooLong as error:
            raise forms.ValidationError(str(error)) from None
        if not name:
            raise forms.ValidationError(_("Enter your name."))
        return name

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if said := self._why_no_person():
            self.add_error(None, said)
        return data

    def said(self) -> Said:
        data = self.cleaned_data
        return Said(data["name"], data["email"], data["wanted"], data.get("guests") or 0)

    def _why_no_person(self) -> str:
        """A sentence that also helps a person whose browser filled in the hidden field, or who was
        quick. Afterwards the form carries what lets them through."""
        if self.cleaned_data.get("website"):
            self._put("website", "")
            return _("Your browser filled in a hidden field that has to stay empty. Send it again.")
        token = self.cleaned_data.get("shown", "")
        try:
            age = _age_of(token, self.event)
        except signing.BadSignature:
            self._put("shown", shown_now(self.event))
            return _("This page was open for too long. Check what you entered and send it again.")
        if age < TOO_SOON:
            return _("That was very quick. Wait two seconds, then send it again.")
        return ""

    def _put(self, name: str, value: str) -> None:
        self.data = {**{key: self.data.get(key) for key in self.data}, name: value}


class MyAnswerForm(forms.Form):
    """On the page of a personal link."""

    wanted = forms.ChoiceField(label=gettext_lazy("Your answer"), widget=forms.RadioSelect)
    guests = forms.IntegerField(label=gettext_lazy("Guests you bring"), min_value=0, required=False)

    def __init__(self, data: Any = None, *, attendance: Attendance, is_full: bool) -> None:
        now = Answer(attendance.answer)
        is_in = now in (Answer.GOING, Answer.WAITING)
        wanted = Answer.GOING if is_in else "" if now == Answer.INVITED else now
        super().__init__(data, initial={"wanted": wanted, "guests": attendance.guests})
        waits = now == Answer.WAITING or (is_full and now != Answer.GOING)
        self.fields["wanted"].choices = [  # type: ignore[attr-defined]
            (Answer.GOING.value, _("On the waiting list") if waits else _("I’m going")),
            (Answer.MAYBE.value, _("Maybe")),
            (Answer.DECLINED.value, _("Not going")),
        ]
        _limit_guests(self, max(attendance.event.most_guests, attendance.guests))


def _limit_guests(form: forms.Form, most: int) -> None:
    if not most:
        del form.fields["guests"]
        return
    field = forms.IntegerField(
        label=form.fields["guests"].label,
        min_value=0,
        max_value=most,
        required=False,
        initial=0,
        help_text=_("Up to %(n)d. Each takes a seat.") % {"n": most},
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    form.fields["guests"] = field


def _age_of(token: str, event: Event) -> float:
    """In seconds. BadSignature for what is none of ours, too old, or of another event."""
    found = signing.loads(token, salt=SALT, max_age=TOO_LATE)
    if not isinstance(found, list) or found[:1] != [event.pk]:
        raise signing.BadSignature
    return time.time() - float(found[1])
