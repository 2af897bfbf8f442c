"""What a form says of where a member is or was, and of an organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from community_hub.lib.text import typed_line

from .custom_fields import WebAddressField
from .loose_days import LooseDayField, written
from .models import Affiliation, Organisation
from .models.organisation import LONGEST_NAME, LONGEST_ROLE, organisation_name

NAMES = {"list": "organisation-names", "autocomplete": "off"}


def checked(value: str, check: Any) -> str:
    """`check` raises ValueError with a sentence."""
    try:
        found: str = check(value)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None
    return found


class PeriodForm(forms.Form):
    """Role and days of one that is there. `said`: as the verbs take it."""

    role = forms.CharField(
        label=gettext_lazy("Role"),
        max_length=LONGEST_ROLE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = LooseDayField(
        label=gettext_lazy("Since"), help_text=gettext_lazy("2024, Mar 2024 or 2024-03-15.")
    )
    until = LooseDayField(
        label=gettext_lazy("Until"), help_text=gettext_lazy("Empty while they are there.")
    )

    def __init__(self, data: Any = None, *, affiliation: Affiliation | None = None) -> None:
        first: dict[str, Any] = {}
        if affiliation:
            first = {
                "role": affiliation.role,
                "since": written(affiliation.since, affiliation.since_precision),
                "until": written(affiliation.until, affiliation.until_precision),
            }
        super().__init__(data, initial=first, auto_id="affiliation-%s")

    def clean_role(self) -> str:
        return checked(self.cleaned_data["role"], lambda role: typed_line(role, LONGEST_ROLE))

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("role", "since", "until")}


class AffiliationForm(PeriodForm):
    """A new one."""

    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs=NAMES),
        error_messages={"required": gettext_lazy("Enter the name of an organisation.")},
    )
    field_order = ("organisation", "role", "since", "until")

    def clean_organisation(self) -> str:
        return checked(self.cleaned_data["organisation"], organisation_name)

    @property
    def said(self) -> dict[str, Any]:
        return {"organisation": self.cleaned_data["organisation"], **super().said}


class OrganisationForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Enter the name of an organisation.")},
    )
    website = WebAddressField(label=gettext_lazy("Website"), required=False)

    def __init__(self, data: Any = None, *, organisation: Organisation) -> None:
        first = {"name": organisation.name, "website": organisation.website}
        super().__init__(data, initial=first)
        self.organisation = organisation

    def clean_name(self) -> str:
        return checked(self.cleaned_data["name"], organisation_name)
