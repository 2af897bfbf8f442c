"""The contract that every connector passes, as a pytest class that outside packages subclass too.

    class TestMyPlatform(ConnectorContract):
        @pytest.fixture
        def platform(self): ...   # a local server that behaves like the platform: see Platform
        @pytest.fixture
        def connector(self, platform): ...   # signed in there

Nothing here knows a platform, a model or a database. A class whose fixtures never came up fails,
also where each of its tests was skipped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import uuid4

import pytest

from inbox.connectors.base import (
    AuthExpired,
    Connector,
    ConnectorError,
    Format,
    Incoming,
    Misconfigured,
    Op,
    Outgoing,
    Page,
    RateLimited,
    Rejected,
    SendState,
    Sent,
    Transient,
    Unknown,
    Visibility,
)
from inbox.connectors.registry import connector_class

REASONS = {"", "direct", "handle"}


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


class ConnectorContract:
    """Subclass it as Test..., override the two fixtures, and every test below runs."""

    started: ClassVar[set[str]]  # the tests that got a platform and a connector

    @classmethod
    def setup_class(cls) -> None:
        cls.started = set()

    @classmethod
    def teardown_class(cls) -> None:
        if not cls.started:
            pytest.fail("The contract ran nothing: `platform` or `connector` never came up.", False)

    @pytest.fixture(autouse=True)
    def _counts(
        self, platform: Platform, connector: Connector, request: pytest.FixtureRequest
    ) -> None:
        type(self).started.add(request.node.name)

    @pytest.fixture
    def platform(self) -> Any:
        raise NotImplementedError("Return a Platform: a local server with its hooks.")

    @pytest.fixture
    def connector(self, platform: Platform) -> Any:
        raise NotImplementedError("Return the connector, signed in on `platform`.")

    @pytest.fixture
    def many(self, platform: Platform) -> set[str]:
        """Posts that fill more than two pages; their ids."""
        return {platform.post(f"Post number {n}") for n in range(platform.page_size * 2 + 3)}

    @pytest.fixture
    def answering(self, connector: Connector, platform: Platform) -> Incoming:
        """A post that may be answered; skips where the platform is only read."""
        if not connector.capabilities.send:
            pytest.skip("This connector only reads.")
        asked = platform.post("Does anybody know?")
        items, _ = drain(connector, beginning(connector))
        return next(item for item in items if item.external_id == asked)

    # --- what it says about itself

    def test_it_is_found_by_its_entry_point(self, connector: Connector) -> None:
        assert connector_class(connector.kind) is type(connector)

    def test_config_and_credentials_are_plain_json(self, connector: Connector) -> None:
        assert through_json(connector.config) == connector.config
        assert through_json(connector.credentials) == connector.credentials
        assert connector.network()

    def test_its_form_names_its_secrets(self, connector: Connector) -> None:
        form = connector.form_class()
        secrets = getattr(form, "secret_fields", None)
        assert isinstance(secrets, tuple), "The form needs `secret_fields`, a tuple of names."
        assert set(secrets) <= set(form.base_fields)

    def test_check_names_the_account(self, connector: Connector) -> None:
        health = connector.check()
        assert health.account_label
        if connector.capabilities.send:
            assert health.account is not None
            assert health.account.external_id
            assert health.account.network == connector.network()

    def test_channels_have_ids_and_names(self, connector: Connector) -> None:
        channels = connector.channels()
        assert bool(channels) == connector.capabilities.has_channels
        assert all(channel.external_id and channel.name for channel in channels)

    # --- pulling

    def test_a_pull_from_the_beginning_brings_every_post(
        self, connector: Connector, many: set[str]
    ) -> None:
        items, _ = drain(connector, beginning(connector))
        assert {item.external_id for item in items} == many

    def test_a_walk_cut_after_every_page_loses_nothing_and_ends(
        self, connector: Connector, many: set[str]
    ) -> None:
        pages = list(walk(connector, beginning(connector)))
        assert {item.external_id for page in pages for item in page.items} == many

    def test_a_post_made_in_the_middle_of_a_walk_is_not_lost(
        self, connector: Connector, platform: Platform, many: set[str]
    ) -> None:
        seen: set[str] = set()
        cursor = beginning(connector)
        for number, page in enumerate(walk(connector, cursor)):
            seen |= {item.external_id for item in page.items}
            cursor = through_json(page.cursor)
            if number == 0:
                many.add(platform.post("I came in the middle"))
        items, _ = drain(connector, cursor)
        assert seen | {item.external_id for item in items} == many

    def test_a_post_made_between_two_pulls_comes_once(
        self, connector: Connector, platform: Platform, many: set[str]
    ) -> None:
        _, cursor = drain(connector, beginning(connector))
        new = platform.post("I came in between")
        after, _ = drain(connector, cursor)
        assert [item.external_id for item in after].count(new) == 1
        assert {item.external_id for item in after} <= many | {new}

    def test_a_post_that_comes_again_unchanged_has_the_same_version(
        self, connector: Connector, many: set[str]
    ) -> None:
        first, cursor = drain(connector, beginning(connector))
        again, _ = drain(connector, beginning(connector))
        overlap, _ = drain(connector, cursor)
        versions = {item.external_id: item.version for item in first}
        assert all(item.version == versions[item.external_id] for item in again + overlap)

    def test_a_pull_whose_time_is_over_stops_after_one_page(
        self, connector: Connector, many: set[str]
    ) -> None:
        pages = list(connector.pull(beginning(connector), deadline=time.monotonic() - 1))
        assert len(pages) <= 1

    def test_every_page_accounts_for_what_it_fetched(
        self, connector: Connector, many: set[str]
    ) -> None:
        for page in walk(connector, beginning(connector)):
            assert through_json(page.cursor) == page.cursor
            if page.fetched is not None:
                known = len(page.items) + len(page.problems) + sum(page.ignored.values())
                assert page.fetched == known, "fetched = items + problems + ignored"

    def test_incoming_fields_are_well_formed(self, connector: Connector, many: set[str]) -> None:
        items, _ = drain(connector, beginning(connector))
        for item in items:
            assert item.external_id
            assert item.thread_id
            assert item.op in list(Op)
            assert item.mention_reason in REASONS
            assert item.body_format in list(Format)
            assert item.visibility in list(Visibility)
            assert item.can_reply or item.reply_blocked_reason
            for moment in (item.created_at, item.edited_at):
                assert moment is None or moment.utcoffset() is not None
            for person in (*([item.author] if item.author else []), *item.mentions):
                assert person.external_id
                assert person.network == connector.network()
            for link in (item.permalink, item.thread_permalink):
                assert not link or link.startswith(("https://", "http://"))
            through_json([dict(item.raw), dict(item.reply_ref)])

    # --- what goes wrong

    def test_credentials_that_ended_ask_for_a_new_sign_in(
        self, connector: Connector, platform: Platform
    ) -> None:
        if not connector.credentials:
            pytest.skip("This connector signs in nowhere.")
        platform.revoke()
        for ask in (connector.check, lambda: drain(connector, beginning(connector))):
            with pytest.raises(AuthExpired) as caught:
                ask()
            assert_plain_sentence(caught.value, connector)

    def test_a_rate_limit_says_when_to_come_back(
        self, connector: Connector, platform: Platform
    ) -> None:
        platform.limit_rate(90)
        with pytest.raises(RateLimited) as caught:
            drain(connector, beginning(connector))
        wait = caught.value.retry_at - datetime.now(UTC)
        assert timedelta(seconds=80) < wait < timedelta(seconds=100)
        assert_plain_sentence(caught.value, connector)

    def test_a_broken_server_is_tried_again_and_nothing_is_lost(
        self, connector: Connector, platform: Platform, many: set[str]
    ) -> None:
        platform.break_down()
        with pytest.raises(Transient) as caught:
            drain(connector, beginning(connector))
        assert_plain_sentence(caught.value, connector)
        platform.heal()
        items, _ = drain(connector, beginning(connector))
        assert {item.external_id for item in items} == many

    def test_a_web_page_where_the_platform_was_expected_is_a_wrong_address(
        self, connector: Connector, platform: Platform
    ) -> None:
        platform.answer_html()
        for ask in (connector.check, lambda: drain(connector, beginning(connector))):
            with pytest.raises(Misconfigured) as caught:
                ask()
            assert_plain_sentence(caught.value, connector)

    # --- edits and deletions

    def test_an_edit_is_seen(self, connector: Connector, platform: Platform) -> None:
        if not connector.capabilities.sees_edits:
            pytest.skip("This platform does not tell of edits.")
        edited = platform.post("Before")
        items, _ = drain(connector, beginning(connector))
        old = next(item for item in items if item.external_id == edited)
        platform.edit(edited, "Afterwards")
        (new,) = connector.fetch([edited]).items
        assert new.external_id == edited
        assert "Afterwards" in new.body
        assert new.version != old.version

    def test_a_deletion_is_seen(self, connector: Connector, platform: Platform) -> None:
        if not connector.capabilities.sees_deletes:
            pytest.skip("This platform does not tell of deletions.")
        kept, gone = platform.post("Kept"), platform.post("Gone")
        platform.delete(gone)
        found = {item.external_id: item.op for item in connector.fetch([kept, gone]).items}
        assert found == {kept: Op.UPSERT, gone: Op.DELETE}

    # --- sending

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


def assert_plain_sentence(error: ConnectorError, connector: Connector) -> None:
    """An error says what happened, and never a secret."""
    said = str(error)
    assert said.strip(), "The error says nothing."
    assert "\n" not in said, "One line: it stands in a banner."
    for secret in connector.credentials.values():
        assert not secret or str(secret) not in said, "A secret in an error's text."
