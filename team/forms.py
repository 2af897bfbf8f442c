"""What admins say about the hub and whom they let in."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from team.models import Hub, Role, User


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
