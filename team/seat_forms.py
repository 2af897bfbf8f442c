"""What somebody types to take a seat, or to choose a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from team import timezones
from team.models import NO_ADDRESS, Invitation, User
from team.widgets import LongSelect


class PasswordForm(forms.Form):
    """A first password, checked by the rules for the person who will have it."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
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
        self.fields["name"].widget.attrs["autofocus"] = self.fields["password"].widget.attrs.pop(
            "autofocus"
        )
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
