"""Whatever a server says, the connector answers with a sentence or with the post as it is."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.connectors.base import ConnectorError, Forbidden, Misconfigured, Page, WebPage
from inbox.connectors.local_server import Answer, LocalServer
from inbox.connectors.mastodon.connector import MastodonConnector
from inbox.connectors.mastodon.forms import MastodonForm
from tests.platforms.mastodon import TOKEN, MastodonServer


@pytest.fixture
def site(settings) -> Iterator[MastodonServer]:
    with MastodonServer() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        yield site


@pytest.fixture
def connector(site: MastodonServer) -> Iterator[MastodonConnector]:
    connector = MastodonConnector({"instance": site.url}, {"access_token": TOKEN})
    yield connector
    connector.close()


def pull(connector: MastodonConnector) -> list[Page]:
    start = connector.begin(datetime.now(UTC) - timedelta(days=1))
    return list(connector.pull(start, deadline=time.monotonic() + 20))


def items_by_id(connector: MastodonConnector) -> dict[str, Any]:
    return {item.external_id: item for page in pull(connector) for item in page.items}


HOSTILE = "<script>alert(1)</script>\u200b\u202eoverridden\x00 \u0645\u0631\u062d\u0628\u0627"
STRANGE = {
    "an account without a name": {"account": {"id": "9", "uri": "https://x.example/u/9"}},
    "no author any more": {"account": None},
    "null everywhere": dict.fromkeys(
        ("content", "spoiler_text", "language", "media_attachments", "mentions", "tags", "url")
    ),
    "fields of the wrong kind": {"media_attachments": "x", "mentions": [None, 3], "tags": {}},
    "a date in the future": {"created_at": "2999-01-01T00:00:00.000Z"},
    "a date before the first": {"created_at": "0001-01-01T00:00:00+14:00"},
    "a date after the last": {"created_at": "9999-12-31T23:59:59-14:00"},
    "no date at all": {"created_at": None},
    "a date without a zone": {"created_at": "2026-08-01T12:00:00"},
    "hostile text": {"content": HOSTILE, "spoiler_text": HOSTILE, "language": HOSTILE},
    "a huge text": {"content": "x" * 2_000_000},
    "a link that runs code": {"url": "javascript:alert(1)", "uri": "data:text/html,x"},
    "an unknown visibility": {"visibility": "mutuals_only"},
    "a poll": {"poll": {"options": [{"title": "<b>Yes</b>"}, {"title": None}]}},
}


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_strange_post_is_read_all_the_same(site, connector, change: dict[str, Any]) -> None:
    fine = site.post("a normal one")
    odd = site.post("an odd one")
    site.stored[odd] |= change
    items = items_by_id(connector)
    assert {fine, odd} == set(items)
    item = items[odd]
    assert item.created_at.astimezone(UTC)
    assert not item.permalink or item.permalink.startswith("http")
    json.dumps(dict(item.raw))


def test_audience_that_is_not_known_is_kept_private(site, connector) -> None:
    odd = site.say("ada", "@hub hello", visibility="mutuals_only")
    assert items_by_id(connector)[odd].visibility == "private"


def test_deleted_author_is_nobody(site, connector) -> None:
    one, two = site.post("one"), site.post("two")
    for each in (one, two):
        site.stored[each]["account"] = None
    items = items_by_id(connector)
    assert items[one].author is items[two].author is None


def test_entry_that_cannot_be_read_is_kept_raw_and_the_rest_comes(site, connector) -> None:
    fine, broken = site.post("fine"), site.post("broken")
    site.stored[broken] |= {"id": None}
    pages = pull(connector)
    assert [item.external_id for page in pages for item in page.items] == [fine]
    (problem,) = [problem for page in pages for problem in page.problems]
    assert "broken" in problem.raw["content"]


def test_address_of_a_private_network_is_explained(settings) -> None:
    settings.HTTP_ALLOWED_ORIGINS = []
    connector = MastodonConnector({"instance": "http://127.0.0.1:9"}, {"access_token": TOKEN})
    with pytest.raises(Misconfigured, match="private address"):
        connector.check()


def test_server_that_redirects_into_a_private_network_is_explained(settings) -> None:
    away = Answer(status=302, headers={"Location": "http://127.0.0.1:9/inside"})
    with LocalServer(lambda asked: away) as server:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        connector = MastodonConnector({"instance": server.url}, {"access_token": TOKEN})
        with pytest.raises(Misconfigured, match="private address"):
            connector.check()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda: Answer("<html>Welcome</html>"), "web page"),
        (lambda: Answer("<html>Not here</html>", 404), "nothing at that address"),
        (lambda: Answer(b"x" * 1_000_000 for _ in range(40)), "more data than the hub accepts"),
        (lambda: Answer({"hello": "world"}), "doesn’t look like a Mastodon server"),
        (lambda: Answer(["a", "list"]), "doesn’t look like a Mastodon server"),
        (lambda: Answer({"error": "Your login is disabled"}, 403), "login is disabled"),
    ],
)
def test_wrong_server_is_explained(settings, answer: Callable[[], Answer], words: str) -> None:
    with LocalServer(lambda asked: answer()) as server:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        connector = MastodonConnector({"instance": server.url}, {"access_token": TOKEN})
        with pytest.raises((Misconfigured, Forbidden, WebPage), match=words):
            connector.check()


def test_token_that_names_a_file_is_not_read_from_disk(site, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a-secret-of-the-machine")
    connector = MastodonConnector({"instance": site.url}, {"access_token": str(secret)})
    with pytest.raises(ConnectorError):
        connector.check()
    assert "a-secret-of-the-machine" not in str([asked.headers for asked in site.web.asked])


@pytest.mark.parametrize(
    "typed", ["mastodon.social", "https://mastodon.social/@hub", "@hub@mastodon.social"]
)
def test_server_may_be_typed_in_many_ways(typed: str) -> None:
    form = MastodonForm(
        {"instance": typed, "access_token": TOKEN, "hashtags": "#Soldering, SynthDIY"}
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["instance"] == "https://mastodon.social"
    assert form.cleaned_data["hashtags"] == ["soldering", "synthdiy"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("instance", "ftp://x.example"),
        ("instance", "https://"),
        ("instance", "http://a b"),
        ("instance", "https://x:99999"),
        ("instance", "http://[::1"),
        ("access_token", "two words"),
        ("hashtags", "c++"),
    ],
)
def test_form_says_what_is_wrong(field: str, typed: str) -> None:
    data = {"instance": "mastodon.social", "access_token": TOKEN, "hashtags": ""}
    form = MastodonForm({**data, field: typed})
    assert list(form.errors) == [field]
