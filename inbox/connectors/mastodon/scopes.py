"""What an access token may do, and what it lacks, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inbox.connectors.base import AuthExpired, Forbidden, Misconfigured, WebPage
from inbox.connectors.mastodon.client import Client

REQUESTED = "read write:statuses"  # what the form says of a token's scopes, and no more


def scopes_of(client: Client) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the token may do and what it lacks, from the application's scopes where the server
    tells them (4.3), else by trying what can be tried without posting."""
    try:
        scopes = set(client.application().get("scopes") or ())
    except (Misconfigured, Forbidden, AuthExpired, WebPage):
        scopes = set()
    needs = [
        ("read:notifications", _("read mentions and direct messages")),
        ("read:statuses", _("read threads and hashtags")),
        ("write:statuses", _("reply")),
    ]
    may: list[str] = []
    missing: list[str] = []
    for scope, words in needs:
        granted = not scopes or bool(scopes & {scope, scope.partition(":")[0]})
        (may if granted else missing).append(
            words
            if granted
            else _("%(words)s (the token lacks the scope %(scope)s)")
            % {"words": words, "scope": scope}
        )
    if not missing:
        try:
            client.mentions()
        except Forbidden:
            missing.append(may.pop(0))
    return tuple(may), tuple(missing)
