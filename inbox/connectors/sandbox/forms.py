"""The form that connects a practice site."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SITES = {
    "forum": gettext_lazy("The Polyphon Forum"),
    "social": gettext_lazy("Sine Social"),
    "help": gettext_lazy("Workbench"),
}


class SandboxForm(forms.Form):
    """The address is the hub's own, so only the site and its token are asked for."""

    secret_fields: tuple[str, ...] = ("token",)

    site = forms.ChoiceField(
        label=gettext_lazy("Practice site"),
        choices=[
            ("forum", gettext_lazy("The Polyphon Forum: topics and replies")),
            ("social", gettext_lazy("Sine Social: short posts and private messages")),
            ("help", gettext_lazy("Workbench: questions and answers")),
        ],
    )
    token = forms.CharField(
        label=gettext_lazy("Token"),
        max_length=200,
        help_text=gettext_lazy("Copy it from the practice site’s page “Moderation”."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.SANDBOX_ENABLED:
            self.fields["token"].help_text = format_html(
                "{} {}",
                _("Copy it from the site’s Moderation page:"),
                format_html_join(
                    " · ",
                    '<a class="link" href="/sandbox/{}/moderation/" target="_blank">{}</a>',
                    SITES.items(),
                ),
            )

    def clean_token(self) -> str:
        token: str = self.cleaned_data["token"].strip()
        if not re.fullmatch(r"[0-9a-f]{64}", token):
            raise forms.ValidationError(
                _("A token has 64 digits and letters from a to f. Copy all of it.")
            )
        return token
