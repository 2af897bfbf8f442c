"""What every connector promises of itself, of reading, of errors, of edits and deletions."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from inbox.connectors.base import (
    AuthExpired,
    Connector,
    Format,
    Misconfigured,
    Op,
    RateLimited,
    Transient,
    Visibility,
    WebPage,
)
from inbox.connectors.contract.platform import (
    Platform,
    assert_plain_sentence,
    beginning,
    drain,
    through_json,
    walk,
)
from inbox.connectors.registry import connector_class

REASONS = {"", "direct", "handle"}


class ReadingContract:
    """The fixtures come from ConnectorContract."""

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

    def test_a_web_page_where_the_platform_was_expected_is_said_to_be_one(
        self, connector: Connector, platform: Platform
    ) -> None:
        platform.answer_html()
        for ask in (connector.check, lambda: drain(connector, beginning(connector))):
            with pytest.raises((WebPage, Misconfigured)) as caught:
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
