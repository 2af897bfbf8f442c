"""The part of a local Mastodon that registers applications and signs people in to them.

From https://docs.joinmastodon.org/methods/apps/ and methods/oauth/; the errors are Doorkeeper's,
and those of RFC 6749 (5.2) and RFC 7636 (4.6).
"""

from __future__ import annotations

import html
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

import httpx

from inbox.connectors.local_server import Answer, ReceivedRequest

PATHS = ("/api/v1/apps", "/oauth/authorize", "/oauth/token", "/oauth/revoke")
SUPPORTED = {"read", "write", "write:statuses", "read:statuses", "read:notifications"}


@dataclass
class Application:
    client_secret: str
    redirect_uri: str
    scopes: set[str]


@dataclass
class Applications:
    """`token`: what a code is exchanged for. `granted`: the scopes that were allowed last."""

    token: str
    registered: dict[str, Application] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    granted: set[str] = field(default_factory=set)
    revoked: list[str] = field(default_factory=list)

    def answer(self, asked: ReceivedRequest, path: str) -> Answer:
        match asked.method, path:
            case "POST", "/api/v1/apps":
                return self._register(asked.form())
            case (("GET" | "POST"), "/oauth/authorize"):
                return self._authorize(asked)
            case "POST", "/oauth/token":
                return self._exchange(asked.form())
            case "POST", "/oauth/revoke":
                return self._revoke(asked.form())
            case _:
                return Answer({"error": "Record not found"}, 404)

    def _register(self, form: dict[str, str]) -> Answer:
        target, scopes = form.get("redirect_uris", ""), set(form.get("scopes", "read").split())
        if not form.get("client_name"):
            return Answer({"error": "Validation failed: Application name can't be blank"}, 422)
        if not urlsplit(target).netloc:
            words = "Validation failed: Redirect URI must be an absolute URI."
            return Answer({"error": words}, 422)
        if not scopes <= SUPPORTED:
            return Answer({"error": "Validation failed: Scopes doesn't match configured"}, 422)
        client_id, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.registered[client_id] = Application(secret, target, scopes)
        keys = {"client_id": client_id, "client_secret": secret}
        return Answer({"id": "1", "name": form["client_name"], "redirect_uri": target, **keys})

    def _authorize(self, asked: ReceivedRequest) -> Answer:
        """GET shows who asks for what, POST is the decision of whoever is signed in there."""
        query = dict(asked.query)
        found = self.registered.get(query.get("client_id", ""))
        if found is None or found.redirect_uri != query.get("redirect_uri"):
            return Answer("<!DOCTYPE html><title>An error has occurred</title>", 400)
        scopes = set(query.get("scope", "read").split())
        if not scopes <= found.scopes:
            return _sent_back(query, error="invalid_scope")
        if asked.method == "GET":
            return Answer(_page(scopes))
        if asked.form().get("decision") != "allow":
            return _sent_back(query, error="access_denied")
        code = secrets.token_urlsafe(32)
        self.codes[code] = query
        return _sent_back(query, code=code)

    def _exchange(self, form: dict[str, str]) -> Answer:
        found = self.registered.get(form.get("client_id", ""))
        if found is None or found.client_secret != form.get("client_secret"):
            return Answer({"error": "invalid_client", "error_description": "Unknown client"}, 401)
        if form.get("grant_type") == "client_credentials":
            return Answer({"access_token": secrets.token_urlsafe(32), "scope": "read"})
        query = self.codes.pop(form.get("code", ""), None)
        if query is None or not _is_for(form, query):
            words = "The provided authorization grant is invalid, expired or revoked."
            return Answer({"error": "invalid_grant", "error_description": words}, 400)
        self.granted = set(query["scope"].split())
        granted = {"scope": query["scope"], "token_type": "Bearer", "created_at": 1_700_000_000}
        return Answer({"access_token": self.token, **granted})

    def _revoke(self, form: dict[str, str]) -> Answer:
        found = self.registered.get(form.get("client_id", ""))
        if found is None or found.client_secret != form.get("client_secret"):
            return Answer({"error": "unauthorized_client"}, 403)
        self.revoked.append(form.get("token", ""))
        return Answer({})


def decide(address: str, decision: str = "allow") -> str:
    """What the person's browser does at the address; the one it is sent to then."""
    assert httpx.get(address).status_code == 200
    answer = httpx.post(address, data={"decision": decision})
    assert answer.status_code == 302
    return answer.headers["Location"]


def _is_for(form: dict[str, str], query: dict[str, str]) -> bool:
    verified = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest())
    return (
        form.get("grant_type") == "authorization_code"
        and all(form.get(name) == query[name] for name in ("client_id", "redirect_uri"))
        and query.get("code_challenge") in (None, verified.decode().rstrip("="))
    )


def _sent_back(query: dict[str, str], **result: str) -> Answer:
    result |= {"state": query["state"]} if "state" in query else {}
    return Answer("", 302, {"Location": f"{query['redirect_uri']}?{urlencode(result)}"})


def _page(scopes: set[str]) -> str:
    listed = html.escape(", ".join(sorted(scopes)))
    buttons = "".join(
        f'<button name="decision" value="{word}">{word.title()}</button>'
        for word in ("allow", "deny")
    )
    return (
        "<!DOCTYPE html><title>Authorization required</title>"
        f'<h1>Authorization required</h1><p>{listed}</p><form method="post">{buttons}</form>'
    )
