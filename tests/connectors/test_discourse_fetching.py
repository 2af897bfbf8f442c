"""Posts read again: what was edited, what is gone, and what only looks so."""

import pytest

from inbox.connectors.base import Transient
from inbox.connectors.discourse.connector import DiscourseConnector
from tests.platforms.discourse import KEY, NOT_FOUND, Discourse, refusal
from tests.platforms.server import Answer

PROXY = "<html>nginx: not found</html>"


@pytest.fixture
def forum(settings):
    with Discourse() as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


@pytest.fixture
def connector(forum):
    connector = DiscourseConnector({"url": forum.url, "username": "hub"}, {"api_key": KEY})
    yield connector
    connector.close()


def ops(page):
    return {item.external_id: item.op for item in page.items}


@pytest.mark.parametrize("part", ["/posts/", "/t/"])
@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("body", [PROXY, {}, {"message": "no Route matched"}, b"{"])
def test_a_404_that_is_not_the_forums_own_deletes_nothing(connector, forum, part, status, body):
    asked = forum.post("Still here")
    forum.fault = lambda request: Answer(body, status) if part in request.path else None
    with pytest.raises(Transient):
        connector.fetch([asked])
    forum.heal()
    assert ops(connector.fetch([asked])) == {asked: "upsert"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_post_that_the_forum_says_is_gone_is_deleted(connector, forum, status):
    asked = forum.post("Not for long")
    answer = refusal(status, NOT_FOUND, "not_found")
    forum.fault = lambda request: answer if request.path.startswith("/posts/") else None
    assert ops(connector.fetch([asked])) == {asked: "delete"}


@pytest.mark.parametrize("path", ["/site.json", "/categories.json"])
def test_posts_are_read_where_a_proxy_shuts_the_list_of_categories(connector, forum, path):
    asked = forum.post("Hello")
    forum.fault = lambda request: Answer(PROXY, 404) if request.path == path else None
    assert ops(connector.fetch([asked])) == {asked: "upsert"}
