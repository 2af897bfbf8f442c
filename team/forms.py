"""What people type about themselves and each other."""

from __future__ import annotations

from datetime import date, timedelta
from time import strptime
from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    validate_password,
)
from django.forms.utils import flatatt
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from team import notifications, timezones
from team.models import NO_ADDRESS, Hub, Invitation, Role, User


class TimeInput(forms.TimeInput):
    input_type = "time"
    format_key = "TIME_INPUT_FORMATS"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class LongSelect(forms.Select):
    """Django renders a template an option: five hundred of them took 100 ms."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "",
            "<option value='{}'{}>{}</option>",
            ((key, SELECTED if str(key) == str(value) else "", text) for key, text in self.choices),
        )
        attributes = flatatt(self.build_attrs({**self.attrs, "name": name}, attrs))
        return format_html("<select{}>{}</select>", attributes, options)


SELECTED = mark_safe(" selected")


class HubForm(forms.ModelForm):
    class Meta:
        model = Hub
        fields = ["name"]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        help_text=_("Without an email, anyone with the link can join."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MANAGER)
    days = forms.TypedChoiceField(
        label=_("Expires after"),
        coerce=int,
        choices=[(1, _("a day")), (7, _("a week")), (30, _("a month"))],
        initial=7,
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        there = User.objects.filter(email=email).first() if email else None
        if there and there.is_active:
            raise forms.ValidationError(_("They’re already on the team."))
        if there:
            raise forms.ValidationError(
                _("They have a deactivated account. Reactivate it instead.")
            )
        return email

    @property
    def lifetime(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])


class PasswordForm(forms.Form):
    """A first password, checked by the rules for the person who will have it."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A few words in a row are easy to remember."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class NewPasswordForm(PasswordForm):
    """For who has one, and may have lost it: left empty, the old one stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("New password")
        self.fields["password"].required = False

    def clean_password(self) -> str:
        return super().clean_password() if self.cleaned_data["password"] else ""


class SeatForm(PasswordForm):
    """Who takes a seat: what colleagues call them, what they sign in with, when their day is."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("Shown to your teammates."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    timezone = forms.ChoiceField(
        label=_("Timezone"), choices=timezones.choices, initial="UTC", widget=LongSelect
    )
    field_order = ["name", "email", "password", "timezone"]

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        """`email` is the address that is known already; empty: they say which one is theirs."""
        super().__init__(*args, **kwargs)
        if email:
            self.fields["email"].disabled = True
            self.initial["email"] = email

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email=email).exclude(pk=self.user.pk).exists():
            raise forms.ValidationError(
                _("This email already has an account. If it’s yours, sign in.")
            )
        self.user.email = email
        self.user.name = self.cleaned_data.get("name", "")
        return email


class AcceptForm(SeatForm):
    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        user = User(email=invitation.email)
        super().__init__(*args, user=user, email=invitation.email, **kwargs)


class OwnerForm(SeatForm):
    """The first visit of an owner whom the command line made, with no name and maybe no address."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        known = "" if user.email == NO_ADDRESS else user.email
        super().__init__(*args, user=user, email=known, **kwargs)


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "timezone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Timezone"),
            choices=timezones.choices_with(self.instance.timezone),
            widget=LongSelect,
            help_text=_("Times are shown in this timezone."),
        )


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


class NotificationForm(forms.Form):
    """What is ticked is on. The quiet hours are "HH:MM" or empty, both or neither."""

    bell = forms.MultipleChoiceField(required=False)
    mail = forms.MultipleChoiceField(required=False)
    quiet_from = forms.TimeField(required=False)
    quiet_until = forms.TimeField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.slug, kind.label) for kind in notifications.kinds()]
        for name in ("bell", "mail"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("quiet_from")) != bool(found.get("quiet_until")):
            raise forms.ValidationError(_("Enter both times of your quiet hours, or none."))
        return found

    def chosen(self) -> dict[str, Any]:
        """As User.prefer() takes them."""
        said = self.cleaned_data
        return {
            "notifications": {
                kind.slug: {way: kind.slug in said[way] for way in ("bell", "mail")}
                for kind in notifications.kinds()
            },
            **{
                name: said[name].strftime("%H:%M") if said[name] else ""
                for name in ("quiet_from", "quiet_until")
            },
        }


class PreferencesForm(forms.Form):
    """Any of them may be sent alone: a switch in the menu saves itself."""

    theme = forms.ChoiceField(
        required=False,
        choices=[("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    density = forms.ChoiceField(
        required=False, choices=[("comfortable", _("Comfortable")), ("compact", _("Compact"))]
    )
    list_width = forms.IntegerField(required=False, min_value=0, max_value=4000)
    keys = forms.ChoiceField(required=False, choices=[("on", _("On")), ("off", _("Off"))])
    assign = forms.ChoiceField(required=False, choices=[("on", _("On")), ("off", _("Off"))])
    pictures = forms.ChoiceField(required=False, choices=[("on", _("On")), ("off", _("Off"))])
    next = forms.ChoiceField(
        required=False,
        choices=[("on", _("Open the next conversation")), ("off", _("Stay on this one"))],
    )

    def chosen(self) -> dict[str, Any]:
        """As User.prefer() takes them."""
        sent = {name: value for name, value in self.cleaned_data.items() if value}
        chosen: dict[str, Any] = {n: sent[n] for n in ("theme", "density") if n in sent}
        if self.cleaned_data["list_width"] is not None:  # 0 goes back to the width it had
            chosen["list_width"] = self.cleaned_data["list_width"]
        if "keys" in sent:
            chosen["single_keys"] = sent["keys"] == "on"
        if "pictures" in sent:
            chosen["pictures"] = sent["pictures"] == "on"
        if "assign" in sent:
            chosen["assign_on_reply"] = sent["assign"] == "on"
        if "next" in sent:
            chosen["open_next"] = sent["next"] == "on"
        return chosen
