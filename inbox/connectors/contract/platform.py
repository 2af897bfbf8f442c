"""What the contract needs of a local server, and how its tests walk through a connector."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import pytest

from inbox.connectors.base import (
    Connector,
    ConnectorError,
    Incoming,
    Outgoing,
    Page,
)


class Platform(Protocol):
    """What a test needs from the local server. A hook is called only where the capabilities say
    that the platform can do it; a fault lasts until `heal()`."""

    page_size: int  # posts in one of its pages; a test makes a little over two pages of them

    def post(self, text: str) -> str:
        """Somebody else writes what a pull must bring; returns its external_id."""

    def edit(self, external_id: str, text: str) -> None: ...

    def delete(self, external_id: str) -> None: ...

    def count(self, text: str) -> int:
        """How many posts that stand there contain `text`."""

    def revoke(self) -> None:
        """Our credentials stop working."""

    def limit_rate(self, seconds: int) -> None:
        """Every request is refused, with the platform's own way of saying how long to wait."""

    def break_down(self) -> None:
        """Every request ends in a 503."""

    def answer_html(self) -> None:
        """Every request is answered with a web page and status 200."""

    def lose_answers(self) -> None:
        """What is posted is kept, but the connection ends before the answer."""

    def heal(self) -> None:
        """As it was before the fault."""


def through_json(value: Any) -> Any:
    """As it comes back from the database."""
    return json.loads(json.dumps(value))


def beginning(connector: Connector) -> dict[str, Any]:
    cursor: dict[str, Any] = through_json(connector.begin(datetime.now(UTC) - timedelta(days=1)))
    return cursor


def walk(connector: Connector, cursor: dict[str, Any]) -> Iterator[Page]:
    """Page after page, each in a pull of its own, as if every pull were cut after one page."""
    for _ in range(500):
        page = next(iter(connector.pull(cursor, deadline=time.monotonic() + 30)), None)
        if page is None:
            return
        yield page
        if not page.has_more:
            return
        cursor = through_json(page.cursor)
    pytest.fail("The pull never ended: 500 pages, and has_more was still true.")


def drain(connector: Connector, cursor: dict[str, Any]) -> tuple[list[Incoming], dict[str, Any]]:
    """Everything that one pull brings, and the cursor after it."""
    items: list[Incoming] = []
    for page in connector.pull(cursor, deadline=time.monotonic() + 60):
        items += page.items
        cursor = through_json(page.cursor)
    return items, cursor


def reply_to(item: Incoming, text: str) -> Outgoing:
    return Outgoing(
        token=uuid4(),
        created_at=datetime.now(UTC),
        reply_ref=through_json(dict(item.reply_ref)),
        markdown=text,
        visibility=item.visibility,
    )


def assert_plain_sentence(error: ConnectorError, connector: Connector) -> None:
    """An error says what happened, and never a secret."""
    said = str(error)
    assert said.strip(), "The error says nothing."
    assert "\n" not in said, "One line: it stands in a banner."
    for secret in connector.credentials.values():
        assert not secret or str(secret) not in said, "A secret in an error's text."
