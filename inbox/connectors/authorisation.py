"""How a connector sends a person to its platform to sign in there, and what comes back.

The hub's part (the redirect, `state`, the callback) is in inbox/views/sources_authorisation.py.
The helpers are for OAuth 2.0's authorization code grant (RFC 6749, 4.1) with PKCE (RFC 7636).
"""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from inbox.connectors.failures import Forbidden, Misconfigured, Transient
from inbox.connectors.values import Credentials

ERROR_CODE = re.compile(r"[a-z_]{1,40}")


class Authorisation:
    """Signing in at the platform, in place of a secret that is pasted into the form.

    A connector class names one as its `authorisation`. `config` is what the form asked for. All
    methods but place() may ask the platform, over `community_hub.lib.http` only; they raise
    ConnectorError with a sentence that the person reads on the form.
    """

    def place(self, config: Mapping[str, Any]) -> str:
        """Where the person signs in, for the button: "mastodon.social"; "" where the form does
        not say it yet. `config` may hold anything, or nothing. Pure: no HTTP."""
        return ""

    def register(
        self, config: Mapping[str, Any], callback_url: str, known: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the platform knows the hub by there: JSON values that the hub keeps encrypted, for
        each place() and callback. `known`: what was kept; {} where nothing is. {} where a platform
        needs no such thing."""
        return {}

    def begin(
        self,
        config: Mapping[str, Any],
        callback_url: str,
        state: str,
        application: Mapping[str, Any],
    ) -> tuple[str, dict[str, Any]]:
        """The address to send the person to, and what to keep until they are back.

        `application` is what register() answered. The address holds `state` and `callback_url` as
        the platform wants them, and no secret.
        What is kept are JSON values; the hub keeps them encrypted, on the server, for 10 minutes.
        """
        raise NotImplementedError

    def finish(
        self, config: Mapping[str, Any], kept: Mapping[str, Any], query: Mapping[str, str]
    ) -> Credentials:
        """The credentials, all of them, once the person came back with `query`. Its `state` was
        checked; anything else in it may be made up."""
        raise NotImplementedError

    def revoke(self, config: Mapping[str, Any], credentials: Credentials) -> None:
        """Tell the platform that these credentials, of which finish() made some or all, are used no
        more. Credentials that were typed in are left alone. Raises ConnectorError."""

    def is_same_access(self, one: Credentials, other: Credentials) -> bool:
        """Whether revoking one ends the other too. Pure: no HTTP."""
        return one == other


def code_in(query: Mapping[str, str], where: str) -> str:
    """The authorization code that the person was sent back with (RFC 6749, 4.1.2).

    Raises Forbidden where they said no, Transient or Misconfigured for the other errors (4.1.2.1).
    """
    error = query.get("error", "")
    if error == "access_denied":
        raise Forbidden(
            _("Access was denied at %(where)s. To connect, sign in again and allow it.")
            % {"where": where}
        )
    if error in ("server_error", "temporarily_unavailable"):
        raise Transient(_("%(where)s can’t sign you in right now. Try later.") % {"where": where})
    if error:
        reason = f" ({error})" if ERROR_CODE.fullmatch(error) else ""
        raise Misconfigured(
            _("%(where)s rejected the sign-in%(reason)s.") % {"where": where, "reason": reason}
        )
    if code := query.get("code", ""):
        return code
    raise Misconfigured(_("%(where)s didn’t finish the sign-in. Try again.") % {"where": where})


def new_verifier() -> str:
    """A code verifier: 64 random characters (RFC 7636, 4.1)."""
    return secrets.token_urlsafe(48)


def challenge_of(verifier: str) -> str:
    """The code challenge of a verifier by the method S256 (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
