"""Did a reply land? Our own newest statuses are compared with what was to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from inbox.connectors.base import Forbidden, Misconfigured, SendState, Sent, WebPage
from inbox.connectors.json_values import Json, records, text
from inbox.connectors.mastodon.client import Client
from inbox.connectors.mastodon.parse import moment, version_of, web
from inbox.connectors.mastodon.text import essence, strip_tags

CLOCKS_DIFFER = timedelta(minutes=5)
MOST_PAGES = 5


def landed(
    client: Client, account_id: str, prepared: Mapping[str, Any], created_at: datetime
) -> Sent | None:
    """The status that `prepared` became; None where it is not there. `created_at`: when the reply
    was written here, so that nothing older is looked at."""
    oldest = created_at - CLOCKS_DIFFER
    where: dict[str, str] = {}
    for _page in range(MOST_PAGES):
        statuses = records(client.own_statuses(account_id, **where))
        for status in statuses:
            if _is_same(client, status, prepared, oldest):
                return sent_of(status)
        written = moment(statuses[-1].get("created_at")) if statuses else None
        if written is None or written < oldest:
            return None
        where = {"max_id": text(statuses[-1].get("id"))}
    return None


def sent_of(status: Json) -> Sent:
    return Sent(
        state=SendState.SENT,
        external_id=text(status.get("id")),
        version=version_of(status),
        permalink=web(status.get("url")) or web(status.get("uri")),
        created_at=moment(status.get("created_at")),
        raw=status,
    )


def _is_same(client: Client, status: Json, prepared: Mapping[str, Any], oldest: datetime) -> bool:
    written = moment(status.get("created_at"))
    if text(status.get("in_reply_to_id")) != prepared["in_reply_to_id"]:
        return False
    if written is None or written < oldest:
        return False
    wanted = essence(prepared["status"])
    if essence(strip_tags(text(status.get("content")))) == wanted:
        return True
    try:  # the page shortens links and names; the source is what was typed
        return essence(text(client.source(text(status.get("id"))).get("text"))) == wanted
    except (Misconfigured, Forbidden, WebPage):
        return False
