"""What it takes to connect a Mastodon account."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TOKEN = re.compile(r"[A-Za-z0-9._~+=-]{8,1000}")


class MastodonForm(forms.Form):
    """`cleaned_data` holds plain JSON values; the token becomes a credential."""

    secret_fields = ("access_token",)

    instance = forms.CharField(
        label=gettext_lazy("Server"),
        max_length=255,
        help_text=gettext_lazy("Where the account lives, for example mastodon.social"),
    )
    access_token = forms.CharField(
        label=gettext_lazy("Access token"),
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Not needed if you sign in at the server. To paste one, open Preferences, Development, "
            "New application there, with the scopes read and write:statuses, and copy “Your access "
            "token”."
        ),
    )
    hashtags = forms.CharField(
        label=gettext_lazy("Hashtags to follow"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Separated by spaces, for example: soldering synthdiy"),
    )

    def clean_instance(self) -> str:
        typed = self.cleaned_data["instance"].strip()
        if re.fullmatch(r"@?[^@\s/]+@[^@\s/]+", typed):  # @hub@mastodon.social
            typed = typed.rpartition("@")[2]
        origin = _origin(typed if "://" in typed else f"https://{typed}")
        if not origin:
            raise forms.ValidationError(_("Enter a server’s address, such as mastodon.social"))
        return origin

    def clean_access_token(self) -> str:
        token: str = self.cleaned_data["access_token"].strip()
        if not TOKEN.fullmatch(token):
            raise forms.ValidationError(
                _("This is not an access token. Copy the line “Your access token” again.")
            )
        return token

    def clean_hashtags(self) -> list[str]:
        words = re.split(r"[\s,;#]+", self.cleaned_data["hashtags"])
        names = list(dict.fromkeys(word.lower() for word in words if word))
        for name in names:
            if not re.fullmatch(r"[\w·]+", name) or name.isdigit():
                raise forms.ValidationError(
                    _("“%(name)s” can’t be a hashtag: use only letters, digits and _.")
                    % {"name": name}
                )
        return names


def _origin(url: str) -> str:
    """scheme://host[:port] of a web address, or "" where it is none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # a port that is no number, or half a bracket
        return ""
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[^\s/@]+", host):
        return ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
