"""The form that connects a Discourse forum."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _


class DiscourseForm(forms.Form):
    """Where the forum is, and with which key we sign in."""

    secret_fields: tuple[str, ...] = ("api_key",)

    url = forms.CharField(
        label=_("Address of the forum"),
        max_length=300,
        widget=forms.URLInput(attrs={"placeholder": "https://forum.example.org"}),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("The account you reply from. Replies appear under its name."),
    )
    api_key = forms.CharField(
        label=_("API key"),
        max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("A forum admin creates one under Admin, API, for this user only."),
    )

    def clean_url(self) -> str:
        """The address without what a copied one carries: a topic's path, a trailing slash."""
        typed = self.cleaned_data["url"].strip()
        if "://" not in typed:
            typed = f"https://{typed}"
        try:
            parts = urlsplit(typed)
            host = parts.hostname
        except ValueError:
            host = None
        if not host or parts.scheme not in ("http", "https") or parts.username:
            raise forms.ValidationError(_("Enter a web address, such as https://forum.example.org"))
        path = parts.path.rstrip("/")
        for page in ("/t/", "/c/", "/u/", "/latest", "/categories", "/top", "/new"):
            path = path.partition(page)[0] if f"{path}/".find(page) >= 0 else path
        return f"{parts.scheme}://{parts.netloc.lower()}{path}"

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().removeprefix("@")

    def clean_api_key(self) -> str:
        key = str(self.cleaned_data["api_key"]).strip()
        if not key.isascii() or any(letter.isspace() for letter in key):
            raise forms.ValidationError(_("A key is one word of letters and digits."))
        return key
