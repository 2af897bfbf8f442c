"""A forum whose JSON is not as it should be: an error or a problem that a person sees."""

import json
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_hub.lib.text import storable_json
from inbox.connectors.base import ConnectorError, Outgoing, Transient, Unknown, WebPage
from inbox.connectors.discourse.connector import DiscourseConnector
from inbox.connectors.local_server import Answer
from inbox.ingest.items import raw_of
from tests.connectors.test_discourse_sending import reply
from tests.platforms.discourse import KEY
from tests.platforms.odd_shapes import ODD, nested, paths, with_odd

SINCE = {"since": "2020-01-01T00:00:00+00:00"}
# The forum is the same for all examples, and put right after each.
fuzz = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def forum(forum):
    """With something in every answer."""
    private = forum.topic("Private", private=True)
    forum.add("Hello @hub", mentioned_users=[{"id": 7, "username": "hub"}])
    forum.add("And more", reply_to_post_number=1)
    forum.add("A secret", topic=private)
    forum.pending.append({"id": 5, "raw_text": "Held back", "topic_id": 50})
    return forum


def connect(forum):
    return DiscourseConnector({"url": forum.url, "username": "hub"}, {"api_key": KEY})


def check_page(page):
    """What the hub does with a page: everything in it can be stored, nothing is left out."""
    for problem in page.problems:
        json.dumps(storable_json(dict(problem.raw)))
    for item in page.items:
        json.dumps(storable_json(raw_of(item)))
    found = len(page.items) + len(page.problems) + sum(page.ignored.values())
    assert page.fetched == found


def pull(forum, connector):
    cursor = SINCE
    for _ in range(2):
        for page in connector.pull(cursor, deadline=time.monotonic() + 1):
            check_page(page)
            cursor = json.loads(json.dumps(page.cursor))


def fetch(forum, connector):
    check_page(connector.fetch([str(number) for number in forum.posts]))


def send(forum, connector):
    forum.memo.clear()
    for number in [n for n, post in forum.posts.items() if post["username"] == "hub"]:
        del forum.posts[number]
    connector.send(reply("An answer to it"))


def read_back(forum, connector):
    for held in (False, True):
        connector.reconcile(
            Outgoing(
                token=uuid4(),
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
                reply_ref={"topic_id": 50, "post_number": 1},
                markdown="Hello @hub",
                held=held,
            )
        )


def connect_anew(forum, connector):
    connector.check()
    connector.channels()


READS = [
    (connect_anew, "/session/current.json"),
    (connect_anew, "/site.json"),
    (connect_anew, "/topics/private-messages/hub.json"),
    (pull, "/posts.json"),
    (pull, "/latest.json"),
    (pull, "/topics/private-messages/hub.json"),
    (pull, "/t/51.json"),
    (fetch, "/posts/1001.json"),
    (fetch, "/t/50.json"),
    (fetch, "/t/50/posts.json"),
    (send, "/posts.json"),
    (read_back, "/posts/hub/pending.json"),
    (read_back, "/t/50.json"),
    (read_back, "/t/50/posts.json"),
]


@pytest.fixture
def recorded(forum):
    """What the forum answers when all is well, by method and path."""
    found = {}

    def keep(asked, body):
        found.setdefault((asked.method, asked.path), body)
        return body

    forum.reshape = keep
    connector = connect(forum)
    for act in (connect_anew, pull, fetch, send, read_back):
        act(forum, connector)
    connector.close()
    return found


def error_of(forum, act):
    """The expected error that it ends with, if any; others go on."""
    connector = connect(forum)
    try:
        act(forum, connector)
    except ConnectorError as error:
        return error
    finally:
        connector.close()
    return None


@pytest.mark.parametrize(("act", "path"), READS)
@fuzz
@given(data=st.data())
def test_whatever_stands_in_an_answer_ends_as_an_error_that_is_expected(
    forum, recorded, act, path, data
):
    question = ("POST" if act is send else "GET", path)
    place = data.draw(st.sampled_from(list(paths(recorded[question]))))
    odd = data.draw(st.sampled_from(ODD))
    met = []

    def reshape(asked, body):
        if met or (asked.method, asked.path) != question:
            return body
        met.append(place)
        return with_odd(body, place, odd)

    forum.reshape = reshape
    error = error_of(forum, act)
    assert met
    if act is send:
        assert error is None or isinstance(error, Unknown)


@pytest.mark.parametrize("status", [400, 403, 404, 410, 422, 429, 500, 503])
@pytest.mark.parametrize("act", [connect_anew, pull, fetch, send, read_back])
@pytest.mark.parametrize(
    "body",
    [
        {"errors": nested(900)},
        {"errors": [None, 3, "no"]},
        {"extras": {"wait_seconds": 10**400}},
        {"error": {"message": []}},
        [1],
    ],
    ids=["nested", "mixed", "endless wait", "object", "list"],
)
def test_whatever_stands_in_a_refusal_ends_as_an_error_that_is_expected(forum, act, status, body):
    forum.fault = lambda asked: Answer(body, status)
    # a topic or post that the forum says is gone is an answer, not an error
    may_be_gone = act in (fetch, read_back) and status in (404, 410) and "errors" in body
    assert error_of(forum, act) or may_be_gone


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_json_nested_too_deeply_is_unreadable_and_tried_again(forum, depth):
    forum.fault = lambda asked: Answer(
        b"[" * depth + b"]" * depth, headers={"Content-Type": "application/json"}
    )
    connector = connect(forum)
    for act in (connect_anew, pull, fetch):
        with pytest.raises(WebPage):
            act(forum, connector)
    with pytest.raises(Unknown):
        send(forum, connector)
    connector.close()


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"id": 9},
        {"id": "nine", "post_number": 2},
        {"post": None},
        {"post": [{"id": 9}]},
        {"success": True},
        {"action": "create_post", "post": {"id": 9, "topic_id": 50, "post_number": 2}},
        [],
        None,
        "done",
        9,
    ],
)
def test_a_created_reply_that_the_forum_does_not_describe_is_unconfirmed(forum, odd):
    """It may be there: neither sent again nor called a failure, and never a KeyError."""
    forum.reshape = lambda asked, body: odd if asked.method == "POST" else body
    connector = connect(forum)
    with pytest.raises(Unknown, match="may have been posted"):
        send(forum, connector)
    forum.reshape = None
    assert connector.reconcile(reply("An answer to it")).state == "sent"
    connector.close()


@pytest.mark.parametrize(
    "odd", [{"stream": None}, {"stream": [None, 1001]}, {"stream": {}}, None, [], 3]
)
def test_a_topic_that_cannot_be_read_never_says_that_a_reply_is_not_there(forum, odd):
    """Else it would be sent a second time."""
    connector = connect(forum)
    connector.send(reply("It landed"))

    def reshape(asked, body):
        return {**body, "post_stream": odd} if asked.path == "/t/50.json" else body

    forum.reshape = reshape
    with pytest.raises(Transient):
        connector.reconcile(reply("It landed"))
    connector.close()


def test_one_post_nested_hundreds_deep_leaves_the_others(forum):
    deep = forum.add("Deep", category_id=nested(600), name=nested(900))
    forum.posts[deep["id"]]["created_at"] = nested(600)
    connector = connect(forum)
    page = next(iter(connector.pull(SINCE, deadline=time.monotonic())))
    assert [problem.external_id for problem in page.problems] == [str(deep["id"])]
    assert len(page.items) == 2
    connector.close()


def test_a_conversation_from_the_future_hides_none_of_today(forum):
    """Its time was kept as the mark, and what moved before the year 9999 was never read again."""
    forum.topics[51]["bumped_at"] = "9999-01-01T00:00:00Z"
    connector = connect(forum)
    cursor = SINCE
    for page in connector.pull(cursor, deadline=time.monotonic() + 5):
        cursor = page.cursor
    forum.add("Another secret", topic=51)
    forum.topics[51]["bumped_at"] = datetime.now(UTC).isoformat()
    found = [
        item.body
        for page in connector.pull(cursor, deadline=time.monotonic() + 5)
        for item in page.items
    ]
    assert "<p>Another secret</p>" in found
    connector.close()


def test_a_post_that_breaks_the_parser_keeps_its_words_and_its_mentions(forum):
    cooked = '<p><a class="mention" href="/u/hub">@hub</a> look: <![x]> there</p>'
    post = forum.add("x", cooked=cooked)
    connector = connect(forum)
    page = next(iter(connector.pull(SINCE, deadline=time.monotonic())))
    found = {item.external_id: item for item in page.items}
    assert page.problems == []
    assert found[str(post["id"])].mention_reason == "handle"
    connector.close()
