"""What a real Mastodon server said goes through the connector and reads well."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
import yaml

from inbox.connectors.base import Incoming, Outgoing, Page, Person
from inbox.connectors.ignored import Ignored
from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest
from inbox.connectors.mastodon.connector import MastodonConnector
from inbox.connectors.mastodon.parse import Reader

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "recordings" / "mastodon"
CASSETTES = sorted(FOLDER.glob("*.yaml")) or [FOLDER / "none.yaml"]
KEPT = {"content-type", "link", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
US = {"id": "1", "username": "hub", "acct": "hub", "url": "http://localhost:3000/@hub"}

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="The recordings lie beside the project, and here they are not."
)


def interactions(cassette: Path) -> list[dict[str, Any]]:
    return yaml.safe_load(cassette.read_text())["interactions"]


def recorded(name: str, number: int) -> Any:
    return json.loads(interactions(FOLDER / f"{name}.yaml")[number]["response"]["body"]["string"])


class Replay:
    """Answers each method and path with what was recorded for it, in order; the last one stays.

    Between them only what every server has: who we are, and empty lists."""

    def __init__(self, cassette: Path) -> None:
        self.answers: dict[tuple[str, str], list[Answer]] = {}
        for each in interactions(cassette):
            request, response = each["request"], each["response"]
            key = request["method"], urlsplit(request["uri"]).path.rstrip("/")
            headers = {k: v[0] for k, v in response["headers"].items() if k.lower() in KEPT}
            body = response["body"]["string"]
            body = body.encode() if isinstance(body, str) else body
            answer = Answer(body, response["status"]["code"], headers)
            self.answers.setdefault(key, []).append(answer)
        self.web = LocalServer(self.answer)

    def answer(self, asked: ReceivedRequest) -> Answer:
        path = asked.path.rstrip("/")
        recorded = self.answers.get((asked.method, path))
        if recorded:
            return recorded.pop(0) if len(recorded) > 1 else recorded[0]
        if path.endswith("verify_credentials"):
            return Answer(US)
        if path.endswith(("/notifications", "/statuses")) and asked.method == "GET":
            return Answer([])
        return Answer({"error": "Record not found"}, 404)


@pytest.fixture
def connected(settings) -> Iterator[Any]:
    opened: list[Any] = []

    def connect(name: str) -> tuple[MastodonConnector, Replay]:
        replay = Replay(FOLDER / f"{name}.yaml")
        opened.append(replay.web.__enter__())
        settings.HTTP_ALLOWED_ORIGINS = [replay.web.url]
        token = {"access_token": "a-token-of-a-recording"}
        return MastodonConnector({"instance": replay.web.url}, token), replay

    yield connect
    for web in opened:
        web.__exit__()


def pulled(connector: MastodonConnector) -> list[Page]:
    start = connector.begin(datetime(2020, 1, 1, tzinfo=UTC))
    return list(connector.pull(start, deadline=time.monotonic() + 20))


def statuses_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every status anywhere in a recorded answer."""
    if isinstance(value, list):
        for item in value:
            yield from statuses_in(item)
    elif isinstance(value, dict):
        if {"id", "content", "account", "created_at", "visibility"} <= set(value):
            yield value
        for item in value.values():
            yield from statuses_in(item)


def assert_reads_well(item: Incoming) -> None:
    assert all([item.external_id, item.thread_id, item.version])
    assert item.created_at.utcoffset() is not None
    assert item.body or item.attachments
    assert isinstance(item.author, Person)
    assert item.author.external_id.startswith("http")
    assert item.author.handle.count("@") == 1
    assert item.permalink.startswith("http")
    assert item.reply_ref["id"] == item.external_id
    json.dumps([dict(item.raw), dict(item.reply_ref)])


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_every_recorded_post_can_be_read(cassette: Path) -> None:
    reader = Reader("http://localhost:3000", US)
    for each in interactions(cassette):
        for status in statuses_in(json.loads(each["response"]["body"]["string"])):
            assert_reads_well(reader.incoming(status))


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_every_recording_can_be_pulled_to_its_end(cassette: Path, connected) -> None:
    connector, replay = connected(cassette.stem)
    pages = pulled(connector)
    assert not pages[-1].has_more
    for page in pages:
        assert page.problems == []
        assert page.fetched in (None, len(page.items) + sum(page.ignored.values()))
        for item in page.items:
            assert_reads_well(item)
    assert len(replay.web.asked) < 20


@pytest.mark.parametrize("name", ["test_notifications", "test_notifications_mentions_only"])
def test_recorded_mention_is_one_message_with_a_reason(name: str, connected) -> None:
    connector, _ = connected(name)
    (item,) = [item for page in pulled(connector) for item in page.items]
    assert item.mention_reason == "handle"
    assert "hello!" in item.body
    (written, *_) = statuses_in(recorded(name, 0))
    assert item.author is not None
    assert item.author.external_id == written["account"]["uri"]
    assert item.body == written["content"]


def test_recorded_direct_messages_are_direct(connected) -> None:
    connector, _ = connected("test_conversations")
    items = [item for page in pulled(connector) for item in page.items]
    assert items
    assert {item.visibility for item in items} == {"direct"}
    assert all(item.is_own or item.mention_reason == "direct" for item in items)


def test_recorded_mentions_whose_posts_are_gone_are_counted(connected) -> None:
    connector, _ = connected("test_entity_notification")
    pages = pulled(connector)
    assert [page.ignored for page in pages if page.ignored] == [{Ignored.GONE: 39}]
    assert sum(len(page.items) for page in pages) == 1


def test_recorded_edit_is_seen_as_an_edit(connected) -> None:
    connector, replay = connected("test_status_edit")
    before = Reader(replay.web.url, US).incoming(recorded("test_status_edit", 0))
    (after,) = connector.fetch([before.external_id]).items
    assert after.edited_at is not None
    assert (after.version != before.version, after.body != before.body) == (True, True)


def test_recorded_404_is_a_deletion(connected) -> None:
    connector, _ = connected("test_status_missing")
    (item,) = connector.fetch(["0"]).items
    assert (item.external_id, item.op) == ("0", "delete")


def test_recorded_reply_is_sent_the_way_it_was_recorded(connected) -> None:
    connector, replay = connected("test_status_reply")
    parent = json.loads(replay.answers["POST", "/api/v1/statuses"].pop(0).body)
    asked = interactions(FOLDER / "test_status_reply.yaml")[2]["request"]["body"]
    form = {name: value for name, value in parse_qsl(asked) if value}
    reply_ref = Reader(replay.web.url, US).incoming(parent).reply_ref
    words = form["status"].partition(" ")[2]
    sent = connector.send(connector.prepare(Outgoing(uuid4(), datetime.now(UTC), reply_ref, words)))
    assert sent.state == "sent"
    posted = replay.web.asked[-1].form()
    assert {name: posted[name] for name in form} == form
