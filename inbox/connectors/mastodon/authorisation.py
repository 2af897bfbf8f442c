"""Signing in at a Mastodon server: the hub registers itself there as an application, the person
allows it, and their code becomes an access token.

https://docs.joinmastodon.org/client/authorized/ for the steps, methods/apps/#create and
methods/oauth/ for the requests. Tokens do not end by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from django.utils.translation import gettext as _

from community_hub.lib.http import guarded_client
from inbox.connectors.authorisation import Authorisation, challenge_of, code_in, new_verifier
from inbox.connectors.base import AuthExpired, Credentials, Misconfigured
from inbox.connectors.errors import not_json, translate
from inbox.connectors.json_values import Json, record, text
from inbox.connectors.mastodon.forms import TOKEN
from inbox.connectors.mastodon.scopes import REQUESTED
from inbox.connectors.waits import json_of

CLIENT_NAME = "Community Hub"
# What answers a server, or a proxy in front of it, that knows no such endpoint or closed it.
NOT_OFFERED = (401, 403, 404, 405, 410, 501)


class MastodonAuthorisation(Authorisation):
    """One application for each server. Mastodon before 4.3 deletes those that nobody allowed, so
    whether it is still there is asked before a person is sent to it."""

    def place(self, config: Mapping[str, Any]) -> str:
        return urlsplit(text(config.get("instance"))).netloc

    def register(
        self, config: Mapping[str, Any], callback_url: str, known: Mapping[str, Any]
    ) -> dict[str, Any]:
        """`POST /api/v1/apps`, where what is known is not there any more."""
        if known and known.get("scopes") == REQUESTED and self._is_there(config, known):
            return dict(known)
        answer = self._post(
            config,
            "/api/v1/apps",
            {"client_name": CLIENT_NAME, "redirect_uris": callback_url, "scopes": REQUESTED},
        )
        if answer.status_code in NOT_OFFERED:
            raise self._not_offered(config)
        application = self._read(config, answer)
        client_id, secret = (
            text(application.get("client_id")),
            text(application.get("client_secret")),
        )
        if not client_id or not secret:
            raise self._not_offered(config)
        return {"client_id": client_id, "client_secret": secret, "scopes": REQUESTED}

    def begin(
        self,
        config: Mapping[str, Any],
        callback_url: str,
        state: str,
        application: Mapping[str, Any],
    ) -> tuple[str, dict[str, Any]]:
        """The address of `GET /oauth/authorize` on the server that was typed in; nothing of the
        address is taken from an answer but the client id."""
        client_id, verifier = application["client_id"], new_verifier()
        query = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": callback_url,
            "scope": REQUESTED,
            "state": state,
            "code_challenge": challenge_of(verifier),  # 4.3; others take no notice of it
            "code_challenge_method": "S256",
        }
        kept = {
            "client_id": client_id,
            "client_secret": application["client_secret"],
            "redirect_uri": callback_url,
            "code_verifier": verifier,
        }
        return f"{config['instance']}/oauth/authorize?{urlencode(query)}", kept

    def finish(
        self, config: Mapping[str, Any], kept: Mapping[str, Any], query: Mapping[str, str]
    ) -> Credentials:
        """`POST /oauth/token`: the code for an access token."""
        code = code_in(query, self.place(config))
        fields = {"grant_type": "authorization_code", "code": code, "scope": REQUESTED}
        answer = self._post(config, "/oauth/token", {**fields, **kept})
        if answer.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
            raise AuthExpired(  # invalid_grant, invalid_client: the code is used, old or not ours
                _("%(where)s didn’t accept the sign-in. Sign in again.")
                % {"where": self.place(config)}
            )
        token = text(self._read(config, answer).get("access_token"))
        if not TOKEN.fullmatch(token):
            raise Misconfigured(
                _("%(where)s sent no usable access token. Create one there and paste it instead.")
                % {"where": self.place(config)}
            )
        keys = {name: kept[name] for name in ("client_id", "client_secret")}
        return {"access_token": token, **keys}  # without the keys it cannot be revoked

    def revoke(self, config: Mapping[str, Any], credentials: Credentials) -> None:
        """`POST /oauth/revoke`. A token that was pasted belongs to an application of somebody's."""
        if not credentials.get("client_secret"):
            return
        names = {
            "token": "access_token",
            "client_id": "client_id",
            "client_secret": "client_secret",
        }
        fields = {name: text(credentials.get(of)) for name, of in names.items()}
        answer = self._post(config, "/oauth/revoke", fields)
        if not answer.is_success:
            raise translate(answer, self.place(config), wrote=False)

    def is_same_access(self, one: Credentials, other: Credentials) -> bool:
        """One token, also where one source has it with the keys of its application and another, in
        which it was pasted, without them."""
        return text(one.get("access_token")) == text(other.get("access_token"))

    def _is_there(self, config: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
        """Whether the server gives the application a token of its own, for nobody."""
        fields = {name: known.get(name) for name in ("client_id", "client_secret")}
        answer = self._post(
            config, "/oauth/token", {**fields, "grant_type": "client_credentials", "scope": "read"}
        )
        return answer.is_success and bool(text(record(json_of(answer)).get("access_token")))

    def _post(self, config: Mapping[str, Any], path: str, fields: Json) -> httpx.Response:
        try:
            with guarded_client(base_url=text(config["instance"])) as client:
                return client.post(path, data=fields)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise translate(error, self.place(config), wrote=False) from error

    def _read(self, config: Mapping[str, Any], answer: httpx.Response) -> Json:
        """Not `json_or_problem`, which says of a POST that a message may have been posted."""
        if not answer.is_success:
            raise translate(answer, self.place(config), wrote=False)
        if json_of(answer) is None:
            raise not_json(answer, self.place(config))
        return record(json_of(answer))

    def _not_offered(self, config: Mapping[str, Any]) -> Misconfigured:
        return Misconfigured(
            _(
                "%(where)s doesn’t let you sign in from here. Is the address right? If it is, "
                "create an access token there and paste it."
            )
            % {"where": self.place(config)}
        )
