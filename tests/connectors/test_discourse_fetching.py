"""Posts read again: what was edited, what is gone, and what only looks so."""

import pytest

from inbox.connectors.base import RateLimited, Transient
from inbox.connectors.ignored import Ignored
from inbox.connectors.local_server import Answer
from tests.platforms.discourse import FORBIDDEN, NOT_FOUND, refusal

PROXY = "<html>nginx: not found</html>"


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


def requests(forum, connector, ids):
    before = len(forum.server.asked)
    page = connector.fetch(ids)
    return page, [asked.path for asked in forum.server.asked[before:]]


def said(forum, count, **where):
    return [str(forum.add(f"Word {number}", **where)["id"]) for number in range(count)]


def test_a_long_conversation_is_read_again_in_a_handful_of_requests(connector, forum):
    ids = said(forum, 60)
    page, paths = requests(forum, connector, ids)
    assert ops(page) == dict.fromkeys(ids, "upsert")
    assert page.fetched == 60
    assert paths == [
        "/site.json",
        f"/posts/{ids[0]}.json",
        "/t/50.json",
        "/t/50/posts.json",
    ]
    for asked in forum.server.asked:
        assert sum(name == "post_ids[]" for name, _ in asked.query) <= 50


def test_a_short_conversation_costs_two_requests(connector, forum):
    ids = said(forum, 15)
    connector.fetch(ids)  # the categories are asked for once
    page, paths = requests(forum, connector, ids)
    assert ops(page) == dict.fromkeys(ids, "upsert")
    assert paths == [f"/posts/{ids[0]}.json", "/t/50.json"]


def test_a_post_that_comes_with_its_topic_is_the_same_as_alone(connector, forum):
    ids = said(forum, 3)
    together = {item.external_id: item for item in connector.fetch(ids).items}
    (alone,) = connector.fetch(ids[2:]).items
    found = together[ids[2]]
    same = ("body", "version", "thread_id", "parent_ref", "visibility", "author", "created_at")
    assert [getattr(found, name) for name in same] == [getattr(alone, name) for name in same]


def test_only_what_a_topic_does_not_have_is_asked_for_alone(connector, forum):
    ids = said(forum, 10)
    elsewhere = forum.topic("Split off")
    forum.posts[int(ids[4])]["topic_id"] = elsewhere
    forum.posts[int(ids[5])]["topic_id"] = elsewhere
    forum.delete(ids[7])
    page, paths = requests(forum, connector, ids)
    assert ops(page) == {**dict.fromkeys(ids, "upsert"), ids[7]: "delete"}
    threads = {item.external_id: item.thread_id for item in page.items if item.op == "upsert"}
    assert [threads[ids[4]], threads[ids[5]], threads[ids[6]]] == [str(elsewhere)] * 2 + ["50"]
    alone = [path for path in paths if path.startswith("/posts/")]
    assert alone == [f"/posts/{ids[number]}.json" for number in (0, 4, 7)]


def test_what_comes_together_is_as_private_as_its_topic(connector, forum):
    topic = forum.topic("Psst", private=True)
    page = connector.fetch(said(forum, 3, topic=topic))
    assert [item.visibility for item in page.items] == ["direct"] * 3


def test_where_only_single_posts_may_be_read_they_are_read_alone(connector, forum):
    ids = said(forum, 4)
    refused = refusal(403, FORBIDDEN, "invalid_access")
    forum.fault = lambda asked: refused if asked.path == "/t/50/posts.json" else None
    assert ops(connector.fetch(ids)) == dict.fromkeys(ids, "upsert")


def test_a_topic_we_may_not_look_into_is_asked_for_once(connector, forum):
    refused = refusal(403, FORBIDDEN, "invalid_access")
    forum.fault = lambda asked: refused if asked.path == "/t/50.json" else None
    page, paths = requests(forum, connector, said(forum, 3))
    assert (page.items, page.problems) == ([], [])
    assert page.ignored == {Ignored.HIDDEN: 3}
    assert paths.count("/t/50.json") == 1


def test_what_was_read_before_a_rate_limit_is_kept(connector, forum):
    ids = said(forum, 90)
    left = iter(range(5))  # requests until the forum has enough

    def enough(asked):
        return None if next(left, None) is not None else too_many

    too_many = refusal(429, "Slow down", "rate_limit", extras={"wait_seconds": 30})
    forum.delete(ids[0])
    forum.fault = enough
    page = connector.fetch(ids)
    assert isinstance(page.stopped_by, RateLimited)
    assert page.fetched == len(page.items) == 1 + 20 + 50
    with pytest.raises(RateLimited):
        connector.fetch(ids)


@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, {"posts": [None, 7, {}, {"id": None}]}])
def test_an_answer_of_the_wrong_shape_loses_no_post(connector, forum, junk):
    ids = said(forum, 3)
    answer = Answer({"post_stream": junk})
    forum.fault = lambda asked: answer if asked.path == "/t/50/posts.json" else None
    assert ops(connector.fetch(ids)) == dict.fromkeys(ids, "upsert")


@pytest.mark.parametrize("topic_id", [None, "x", [5]])
def test_a_post_that_names_no_topic_is_set_aside(connector, forum, topic_id):
    asked = forum.post("Where am I?")
    answer = Answer({**forum.posts[int(asked)], "topic_id": topic_id})
    forum.fault = lambda request: answer if request.path.startswith("/posts/") else None
    page = connector.fetch([asked])
    assert (page.items, [problem.external_id for problem in page.problems]) == ([], [asked])
