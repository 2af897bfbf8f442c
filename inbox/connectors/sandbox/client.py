"""The practice sites' API over the guarded HTTP client: paths and JSON, nothing of the hub."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx
from django.utils.translation import gettext as _

from community_hub.lib.http import guarded_client
from inbox.connectors.base import Misconfigured
from inbox.connectors.errors import json_or_problem, translate

PAGE = 100
SWITCHED_OFF = 503  # said before anything is taken, so a reply may simply be tried again
ME = {
    "account": {"id", "handle", "name", "bio", "url", "bot", "hub"},
    "site": {"name", "max_length", "moderates"},
}


class Client:
    """`where` names the site in the sentences of errors."""

    def __init__(self, base_url: str, token: str, where: str) -> None:
        self.where = where
        self._http = guarded_client(base_url=base_url, headers={"Authorization": f"Bearer {token}"})

    def me(self) -> dict[str, Any]:
        data = self._get("me")
        for part, keys in ME.items():
            if not isinstance(data.get(part), dict) or not keys <= data[part].keys():
                raise self._strange()
        return data

    def places(self) -> list[dict[str, Any]]:
        return self._list(self._get("places"), "places")

    def changes(self, **where_from: str | int) -> dict[str, Any]:
        """{"posts": [...], "next": number, "more": bool}; from `after` (number) or `since`."""
        data = self._get("changes", limit=PAGE, **where_from)
        self._list(data, "posts")
        if not isinstance(data.get("next"), int):
            raise self._strange()
        return data

    def posts(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        return self._list(self._get("posts", ids=",".join(ids)), "posts")

    def by_token(self, client_token: str) -> dict[str, Any] | None:
        found = self._list(self._get("posts", client_token=client_token), "posts")
        return found[0] if found else None

    def ancestors(self, post_id: str) -> list[dict[str, Any]]:
        """What a post answers, the topmost first."""
        return self._list(self._get(f"posts/{post_id}/context"), "ancestors")

    def reply(self, data: dict[str, Any]) -> dict[str, Any]:
        return self._ask("POST", "posts", json=data)

    def close(self) -> None:
        self._http.close()

    def _get(self, path: str, **params: str | int) -> dict[str, Any]:
        return self._ask("GET", path, params=params)

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, f"api/{path}", **content)
            if response.status_code == SWITCHED_OFF:
                raise translate(response, self.where, wrote=False)
            data = json_or_problem(response, self.where)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise translate(error, self.where, wrote=method == "POST") from error
        if not isinstance(data, dict):
            raise self._strange()
        return data

    def _list(self, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
        found = data.get(key)
        if not isinstance(found, list):
            raise self._strange()
        return found

    def _strange(self) -> Misconfigured:
        return Misconfigured(
            _("%(where)s doesn’t look like a practice site. Is the address right?")
            % {"where": self.where}
        )
