"""The form of a hand-over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from team.models import User


class HandoverForm(forms.Form):
    """Who takes over what `teammate` looks after."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Who takes over"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Select a teammate"),
        error_messages={
            "required": gettext_lazy("Select a teammate."),
            "invalid_choice": gettext_lazy("Select a teammate who can edit members."),
        },
    )

    def __init__(self, data: Any = None, *, teammate: User) -> None:
        super().__init__(data, prefix="hand-over")
        others = User.objects.who_can_triage().exclude(pk=teammate.pk).order_by("name", "pk")
        field: Any = self.fields["to"]
        field.queryset = others
