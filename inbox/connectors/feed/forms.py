"""The form that connects a feed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedForm(forms.Form):
    """Where the feed is; it needs no sign-in."""

    secret_fields: tuple[str, ...] = ()

    url = forms.CharField(
        label=_("Address of the feed"),
        max_length=1000,
        widget=forms.URLInput(attrs={"placeholder": "https://blog.example.org/feed.xml"}),
        help_text=_("RSS, Atom or JSON Feed. Comments of one article are one conversation."),
    )

    def clean_url(self) -> str:
        typed = self.cleaned_data["url"].strip()
        if typed.startswith("feed:"):
            typed = typed.removeprefix("feed:").removeprefix("//")
        if "://" not in typed:
            typed = f"https://{typed}"
        try:
            parts = urlsplit(typed)
            is_web = bool(parts.hostname) and parts.scheme in ("http", "https")
        except ValueError:
            is_web = False
        if not is_web or parts.username or any(letter.isspace() for letter in typed):
            raise forms.ValidationError(
                _("Enter a web address, such as https://blog.example.org/feed.xml")
            )
        return typed
