"""What a connector promises of replies: sent once, found again, never sent under a limit."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from inbox.connectors.base import (
    Connector,
    Incoming,
    Outgoing,
    RateLimited,
    Rejected,
    SendState,
    Sent,
    Unknown,
)
from inbox.connectors.contract.platform import (
    Platform,
    beginning,
    drain,
    reply_to,
    through_json,
)


class SendingContract:
    """The fixtures come from ConnectorContract; skipped where the platform is only read."""

    @pytest.fixture
    def answering(self, connector: Connector, platform: Platform) -> Incoming:
        """A post that may be answered; skips where the platform is only read."""
        if not connector.capabilities.send:
            pytest.skip("This connector only reads.")
        asked = platform.post("Does anybody know?")
        items, _ = drain(connector, beginning(connector))
        return next(item for item in items if item.external_id == asked)

    def test_a_connector_that_only_reads_refuses_to_send(self, connector: Connector) -> None:
        if connector.capabilities.send:
            pytest.skip("This connector sends.")
        nowhere = Outgoing(
            token=uuid4(), created_at=datetime.now(UTC), reply_ref={}, markdown="Hello"
        )
        with pytest.raises((Rejected, NotImplementedError)):
            connector.send(nowhere)

    def test_what_we_send_comes_back_once_and_as_ours(
        self, connector: Connector, platform: Platform, answering: Incoming
    ) -> None:
        _, cursor = drain(connector, beginning(connector))
        sent = connector.send(connector.prepare(reply_to(answering, "Yes: the blue one.")))
        assert sent.state == SendState.SENT
        assert sent.external_id
        items, _ = drain(connector, cursor)
        (back,) = [item for item in items if item.external_id == sent.external_id]
        assert back.is_own
        assert back.thread_id == answering.thread_id
        assert platform.count("Yes: the blue one.") == 1

    def test_what_is_prepared_stays_as_it_is(
        self, connector: Connector, answering: Incoming
    ) -> None:
        prepared = connector.prepare(reply_to(answering, "Once more"))
        assert through_json(dict(prepared.prepared)) == dict(prepared.prepared)
        assert connector.prepare(prepared) == prepared

    def test_an_answer_that_got_lost_is_found_again_and_posted_once(
        self, connector: Connector, platform: Platform, answering: Incoming
    ) -> None:
        outgoing = connector.prepare(reply_to(answering, "Lost on the way back"))
        platform.lose_answers()
        assert ends_unknown(connector, outgoing)
        platform.heal()
        found = connector.reconcile(outgoing)
        assert found is not None
        assert found.external_id
        assert platform.count("Lost on the way back") == 1

    def test_what_never_left_is_not_found(self, connector: Connector, answering: Incoming) -> None:
        outgoing = connector.prepare(reply_to(answering, "Never sent"))
        assert connector.reconcile(outgoing) is None

    def test_the_same_reply_sent_twice_is_one_post(
        self, connector: Connector, platform: Platform, answering: Incoming
    ) -> None:
        if connector.capabilities.idempotency not in ("native", "window"):
            pytest.skip("A repeat is not safe there, so the hub reads back and never repeats.")
        outgoing = connector.prepare(reply_to(answering, "Only once, please"))
        first, second = connector.send(outgoing), connector.send(outgoing)
        assert first.external_id == second.external_id
        assert platform.count("Only once, please") == 1

    def test_a_send_under_a_rate_limit_posts_nothing(
        self, connector: Connector, platform: Platform, answering: Incoming
    ) -> None:
        outgoing = connector.prepare(reply_to(answering, "Held back"))
        platform.limit_rate(90)
        with pytest.raises(RateLimited):
            connector.send(outgoing)
        platform.heal()
        assert platform.count("Held back") == 0


def ends_unknown(connector: Connector, outgoing: Outgoing) -> bool:
    """Whether send() owns up to not knowing: as a state, or as the error."""
    try:
        sent: Sent = connector.send(outgoing)
    except Unknown:
        return True
    return sent.state == SendState.UNKNOWN
