"""A source between two pages: kept on the server, encrypted, for an hour. Nothing of it, least of
all a secret, travels through the browser."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from community_hub.lib.crypto import Sealed, Unreadable, decrypt_json, encrypt_json
from inbox.connectors.base import ChannelInfo, Connector, Health, Person
from inbox.connectors.registry import connector_class

KEY = "pending_source"
LIFETIME = timedelta(hours=1)
MOST_CHANNELS = 300


@dataclass(frozen=True)
class PendingSource:
    """What the platform answered to the test of the connection."""

    kind: str
    config: dict[str, Any]
    credentials: dict[str, Any] = field(repr=False)
    health: Health
    channels: tuple[ChannelInfo, ...] = ()
    problem: str = ""  # why the places could not be listed

    def connector(self) -> Connector:
        return connector_class(self.kind)(self.config, self.credentials)


def keep(request: HttpRequest, made: PendingSource) -> None:
    """Replaces what this session had half made before."""
    channels = [asdict(channel) for channel in made.channels[:MOST_CHANNELS]]
    request.session[KEY] = {
        "kind": made.kind,
        "until": (timezone.now() + LIFETIME).isoformat(),
        "sealed": encrypt_json(
            {
                "config": made.config,
                "credentials": made.credentials,
                "health": asdict(made.health),
                "channels": channels,
                "problem": made.problem,
            }
        ),
    }


def find(request: HttpRequest, kind: str) -> PendingSource | None:
    """None when there is none of this platform, when its hour is over or its key is gone."""
    found = request.session.get(KEY)
    if not found or found["kind"] != kind:
        return None
    if datetime.fromisoformat(found["until"]) < timezone.now():
        drop(request)
        return None
    try:
        opened = decrypt_json(found["sealed"])
    except Unreadable:
        drop(request)
        return None
    return PendingSource(
        kind=kind,
        config=opened["config"],
        credentials=Sealed(opened["credentials"]),
        health=read_health(opened["health"]),
        channels=tuple(ChannelInfo(**channel) for channel in opened["channels"]),
        problem=opened["problem"],
    )


def drop(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def read_health(data: dict[str, Any]) -> Health:
    account = data["account"]
    person = Person(**{**account, "links": tuple(account["links"])}) if account else None
    return Health(
        account=person,
        account_label=data["account_label"],
        may=tuple(data["may"]),
        missing=tuple(data["missing"]),
        max_length=data["max_length"],
        warnings=tuple(data["warnings"]),
    )
