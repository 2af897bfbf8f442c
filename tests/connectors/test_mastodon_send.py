"""A reply reaches Mastodon once, with the audience and the people of what it answers."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from inbox.connectors.base import Attachment, Forbidden, Incoming, Outgoing, Rejected
from inbox.connectors.mastodon.connector import MastodonConnector, addressed, narrower
from tests.platforms.mastodon import TOKEN, MastodonServer


@pytest.fixture
def site(settings) -> Iterator[MastodonServer]:
    with MastodonServer() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        for name in ("ada", "ben@far.example", "cleo"):
            site.account(name)
        yield site


@pytest.fixture
def connector(site: MastodonServer) -> Iterator[MastodonConnector]:
    connector = MastodonConnector({"instance": site.url}, {"access_token": TOKEN})
    yield connector
    connector.close()


def answer(connector: MastodonConnector, asked: str, text: str, **more: object) -> Outgoing:
    cursor = connector.begin(datetime.now(UTC) - timedelta(days=1))
    pages = connector.pull(cursor, deadline=time.monotonic() + 20)
    found: dict[str, Incoming] = {item.external_id: item for page in pages for item in page.items}
    fields = {"visibility": "public", **more}
    outgoing = Outgoing(uuid4(), datetime.now(UTC), found[asked].reply_ref, text, **fields)
    return connector.prepare(outgoing)


def test_reply_names_its_author_and_stays_in_its_thread(site, connector) -> None:
    asked = site.say("ben@far.example", "@hub @cleo how?")
    sent = connector.send(answer(connector, asked, "Like **this**."))
    posted = site.stored[sent.external_id]
    assert site.sources[sent.external_id] == "@ben@far.example Like this."
    assert posted["in_reply_to_id"] == asked
    assert sent.permalink == posted["url"]


def test_author_already_named_is_not_named_twice(site, connector) -> None:
    asked = site.post("how?")
    sent = connector.send(answer(connector, asked, "Good question, @ada: so."))
    assert site.sources[sent.external_id] == "Good question, @ada: so."


def test_direct_answer_reaches_everybody_in_the_conversation(site, connector) -> None:
    asked = site.say("ada", "@hub @cleo just us three", visibility="direct")
    sent = connector.send(answer(connector, asked, "Fine."))
    assert site.sources[sent.external_id] == "@ada @cleo Fine."
    assert site.stored[sent.external_id]["visibility"] == "direct"


@pytest.mark.parametrize(
    ("wanted", "parent", "visibility"),
    [
        ("public", "public", "public"),
        ("public", "unlisted", "unlisted"),
        ("public", "followers", "private"),
        ("public", "direct", "direct"),
        ("direct", "public", "direct"),
        ("unlisted", "followers", "private"),
        ("private", "public", "private"),
        ("public", "something new", "direct"),
        ("something new", "public", "direct"),
    ],
)
def test_reply_is_never_wider_than_what_it_answers(
    wanted: str, parent: str, visibility: str
) -> None:
    assert narrower(wanted, parent) == visibility


def test_content_warning_is_kept(site, connector) -> None:
    asked = site.say("ada", "@hub the ending?", spoiler_text="Spoilers")
    sent = connector.send(answer(connector, asked, "He wakes up."))
    assert site.stored[sent.external_id]["spoiler_text"] == "Spoilers"


def test_same_token_twice_is_one_post_where_the_server_knows_the_key(site, connector) -> None:
    outgoing = answer(connector, site.post("how?"), "Once")
    assert connector.send(outgoing).external_id == connector.send(outgoing).external_id
    assert site.count("Once") == 1
    assert {asked.headers.get("idempotency-key") for asked in site.web.asked[-2:]} == {
        str(outgoing.token)
    }


def test_reply_is_found_again_by_its_source_where_the_page_shortened_it(site, connector) -> None:
    outgoing = answer(connector, site.post("where?"), "Here: https://example.org/a/long/path")
    sent = connector.send(outgoing)
    site.stored[sent.external_id]["content"] = "<p>Here: example.org/a/lo…</p>"
    found = connector.reconcile(outgoing)
    assert found is not None
    assert found.external_id == sent.external_id


def test_same_words_to_somebody_else_or_long_ago_are_not_the_reply(site, connector) -> None:
    first, second = site.post("one?"), site.post("two?")
    connector.send(answer(connector, first, "Yes."))
    assert connector.reconcile(answer(connector, second, "Yes.")) is None
    old = datetime.now(UTC) - timedelta(days=3)
    site.say("hub", "@ada Yes.", reply_to=second, at=old)
    assert connector.reconcile(answer(connector, second, "Yes.")) is None


def test_answer_to_a_post_that_is_gone_is_refused_for_good(site, connector) -> None:
    asked = site.post("how?")
    outgoing = answer(connector, asked, "Like this")
    site.delete(asked)
    with pytest.raises(Rejected, match="deleted or hidden"):
        connector.send(outgoing)


def test_reply_that_is_too_long_is_refused_with_the_servers_words(site, connector) -> None:
    outgoing = answer(connector, site.post("how?"), "so " * 300)
    with pytest.raises(Rejected, match="character limit of 500"):
        connector.send(outgoing)


def test_reply_without_the_scope_names_what_is_missing(site, connector) -> None:
    outgoing = answer(connector, site.post("how?"), "Like this")
    site.scopes = {"read"}
    with pytest.raises(Forbidden):
        connector.send(outgoing)
    health = connector.check()
    assert any("write:statuses" in missing for missing in health.missing)
    assert len(health.may) == 2


def test_files_are_refused_before_anything_is_sent(site, connector) -> None:
    file = Attachment("1", "image", "https://x.example/a.png")
    outgoing = answer(connector, site.post("how?"), "See", attachments=(file,))
    with pytest.raises(Rejected):
        connector.send(outgoing)
    assert site.count("See") == 0


def test_check_tells_the_servers_own_length(site, connector) -> None:
    site.max_characters = 5000
    health = connector.check()
    assert health.max_length == 5000
    assert health.account_label == f"@hub on {site.url.removeprefix('http://')}"
    assert health.missing == ()


def test_names_are_added_only_where_they_are_absent() -> None:
    assert addressed("hi", ["ada", "ben@x.example"]) == "@ada @ben@x.example hi"
    assert addressed("@Ada, hi", ["ada"]) == "@Ada, hi"
    assert addressed("@adalbert hi", ["ada"]) == "@ada @adalbert hi"
