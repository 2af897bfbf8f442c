"""Recorded answers of real forums, several of them old, go through the connector."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inbox.connectors.contract import drain, through_json
from inbox.connectors.discourse.client import flat_categories
from inbox.connectors.discourse.connector import DiscourseConnector
from inbox.connectors.discourse.parse import Reader, Topic
from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings" / "discourse"

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings lie beside the project, not in it"
)


def recorded(name):
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def recordings_with_posts():
    """Every recording that holds posts, whatever its name and nesting."""
    for path in sorted(RECORDINGS.glob("*.json")):
        if path.stem != "openapi" and (posts := list(posts_in(json.loads(path.read_text())))):
            yield pytest.param(posts, id=path.stem)


def posts_in(data):
    if isinstance(data, dict):
        if "post_number" in data and "cooked" in data:
            yield data
        data = list(data.values())
    for value in data if isinstance(data, list) else ():
        yield from posts_in(value)


@pytest.fixture
def forum(settings):
    """Answers with the recordings; everything that was not recorded is missing."""
    latest = recorded("posts_latest")["latest_posts"] + recorded("posts_before")["latest_posts"]
    posts = {post["id"]: post for post in latest}

    def answer(asked: ReceivedRequest) -> Answer:
        if asked.path == "/posts.json":
            before = int(asked.value("before", "0")) or 10**9
            below = sorted((n for n in posts if n < before), reverse=True)[:3]
            return Answer({"latest_posts": [posts[number] for number in below]})
        if asked.path.startswith("/topics/private-messages/"):
            return Answer(recorded("private_messages"))
        if asked.path == "/categories.json":
            return Answer(recorded("categories"))
        if asked.path == "/session/current.json":
            return Answer({"current_user": recorded("user")["user"]})
        if re.fullmatch(r"/t/\d+\.json", asked.path):
            return Answer(recorded("topic"))
        if re.fullmatch(r"/posts/\d+\.json", asked.path):
            return Answer(recorded("post"))
        return Answer({"errors": ["Not recorded"], "error_type": "not_found"}, 404)

    with LocalServer(answer) as server:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        yield server, posts


@pytest.fixture
def connector(forum):
    server, _ = forum
    connector = DiscourseConnector({"url": server.url, "username": "test_user"}, {"api_key": "k"})
    yield connector
    connector.close()


def test_every_recorded_post_is_brought(connector, forum):
    _, posts = forum
    items, cursor = drain(connector, connector.begin(datetime(2013, 1, 1, tzinfo=UTC)))
    public = {item.external_id for item in items if item.visibility == "public"}
    assert public == {str(number) for number in posts}
    assert {item.external_id for item in items if item.visibility == "direct"}
    again, _ = drain(connector, through_json(cursor))
    versions = {item.external_id: item.version for item in items}
    assert all(versions[item.external_id] == item.version for item in again)


def test_the_recorded_account_and_categories_are_understood(connector):
    assert connector.check().account.handle == "test_user"
    names = {category["name"] for category in recorded("categories")["category_list"]["categories"]}
    assert names <= {channel.name for channel in connector.channels()}


def test_the_recorded_post_is_fetched(connector):
    (item,) = connector.fetch(["11"]).items
    assert item.external_id == "11"
    assert item.author.handle == "system"
    assert item.author.is_bot


@pytest.mark.parametrize("posts", list(recordings_with_posts()))
def test_every_recorded_post_reads_well(posts):
    reader = Reader("https://forum.example.org", "discourse:forum.example.org", "hub")
    read = reader.read(posts, {})
    assert read.problems == []
    assert read.fetched == len(posts)
    for item in read.items:
        assert item.author.external_id
        assert item.body
        assert item.created_at.utcoffset() is not None
        assert item.permalink.startswith("https://forum.example.org/t/")


def test_the_recorded_topic_tells_title_and_state():
    topic = Topic.read(recorded("topic"))
    assert (topic.title, topic.closed) == (recorded("topic")["title"], recorded("topic")["closed"])


def test_categories_inside_categories_are_found():
    nested = [{"id": 1, "subcategory_list": [{"id": 2, "subcategory_list": [{"id": 3}]}]}]
    assert [category["id"] for category in flat_categories(nested)] == [1, 2, 3]
