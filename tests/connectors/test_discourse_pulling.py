"""How the walk goes on over days: marks, holes, backfill, private messages."""

import json
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from inbox.connectors.base import ConnectorError
from inbox.connectors.contract import beginning, drain, through_json, walk
from inbox.connectors.discourse.connector import DiscourseConnector
from inbox.connectors.ignored import Ignored
from inbox.connectors.local_server import Answer
from tests.platforms.discourse import FORBIDDEN, Discourse, refusal


@pytest.fixture(params=[False, True], ids=["pages of posts", "windows of ids"])
def forum(settings, request):
    with Discourse(windows=request.param) as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


def ids(items):
    return {item.external_id for item in items}


def days_ago(days):
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def test_a_flood_cut_short_between_two_pulls_is_read_to_its_end(connector, forum):
    forum.post("The first")
    _, cursor = drain(connector, beginning(connector))
    flood = {forum.post(f"Flood {number}") for number in range(170)}
    (page,) = connector.pull(cursor, deadline=time.monotonic() - 1)
    assert page.has_more
    assert page.cursor["mark"] == cursor["mark"], "the mark moved before the old one was reached"
    items, _ = drain(connector, through_json(page.cursor))
    assert flood <= ids(page.items) | ids(items)


def test_a_post_seen_late_below_the_mark_is_found(connector, forum):
    forum.post("One")
    forum.next_id += 1  # an id given to a post whose transaction is still open
    late = forum.next_id
    for number in range(30):
        forum.post(f"Meanwhile {number}")
    _, cursor = drain(connector, beginning(connector))
    forum.posts[late] = {**forum.posts[late - 1], "id": late}
    for number in range(40):
        forum.post(f"Afterwards {number}")
    items, _ = drain(connector, cursor)
    assert str(late) in ids(items)


def test_a_hole_of_hundreds_of_ids_hides_nothing(connector, forum):
    old = {forum.post(f"Old {number}") for number in range(60)}
    forum.next_id += 400
    new = {forum.post(f"New {number}") for number in range(60)}
    items, _ = drain(connector, beginning(connector))
    assert ids(items) == old | new


def test_a_hole_above_the_mark_hides_nothing(connector, forum):
    forum.post("The first")
    _, cursor = drain(connector, beginning(connector))
    low = forum.post("Low")
    forum.next_id += 300
    high = forum.post("High")
    items, _ = drain(connector, cursor)
    assert {low, high} <= ids(items)


def test_a_backfill_stops_at_its_start(connector, forum):
    for number in range(120):
        forum.add(f"Ancient {number}", created_at=days_ago(400))
    wanted = {str(forum.add(f"Recent {n}", created_at=days_ago(3))["id"]) for n in range(20)}
    items, cursor = drain(connector, connector.begin(datetime.now(UTC) - timedelta(days=30)))
    assert ids(items) == wanted
    assert "backfill" not in cursor


def test_a_mention_of_today_does_not_wait_for_the_backfill(connector, forum):
    for number in range(1100):
        forum.add(f"Old {number}")
    today, came = "", []
    for number, page in enumerate(walk(connector, beginning(connector))):
        if number == 2:
            today = forum.post("@hub are you there?")
        came.append(today in ids(page.items))
    assert came.index(True) < len(came) / 2 + 2


def test_private_messages_come_as_direct_conversations(connector, forum):
    topic = forum.topic("Psst", private=True)
    asked = str(forum.add("Just between us", topic=topic)["id"])
    items, cursor = drain(connector, beginning(connector))
    (item,) = [found for found in items if found.external_id == asked]
    assert (item.visibility, item.mention_reason, item.thread_id) == (
        "direct",
        "direct",
        str(topic),
    )
    answer = str(forum.add("And another thing", topic=topic)["id"])
    items, _ = drain(connector, cursor)
    assert answer in ids(items)


def test_a_long_private_conversation_is_whole(connector, forum):
    topic = forum.topic("Long", private=True)
    said = {str(forum.add(f"Word {n}", topic=topic)["id"]) for n in range(130)}
    items, cursor = drain(connector, beginning(connector))
    assert ids(items) == said
    said.add(str(forum.add("The last word", topic=topic)["id"]))
    later, _ = drain(connector, cursor)
    assert ids(items) | ids(later) == said


def test_many_private_conversations_are_all_read(connector, forum):
    said = {
        str(forum.add("Hello", topic=forum.topic(f"Talk {n}", private=True))["id"])
        for n in range(65)
    }
    pages = list(walk(connector, beginning(connector)))
    assert {item.external_id for page in pages for item in page.items} == said


def test_a_key_that_may_not_read_private_messages_reads_the_rest(connector, forum):
    forum.private_allowed = False
    public = forum.post("Public")
    items, cursor = drain(connector, beginning(connector))
    assert ids(items) == {public}
    asked = len(forum.server.asked)
    drain(connector, cursor)
    paths = [request.path for request in forum.server.asked[asked:]]
    assert "/topics/private-messages/hub.json" not in paths, "asked again within the day"


def test_a_closed_topic_takes_no_reply(connector, forum):
    asked = forum.post("Too late?")
    forum.topics[50]["closed"] = True
    items, _ = drain(connector, beginning(connector))
    assert {item.can_reply for item in items} == {False}
    (fetched,) = connector.fetch([asked]).items
    assert not fetched.can_reply


def test_posts_are_read_where_the_topic_list_is_not_allowed(connector, forum):
    asked = forum.post("Hello")
    forum.fault = lambda request: Answer({}, 404) if request.path == "/latest.json" else None
    items, _ = drain(connector, beginning(connector))
    assert ids(items) == {asked}


def test_a_private_conversation_we_were_taken_out_of_silences_no_other(connector, forum):
    closed, open_ = (forum.topic(title, private=True) for title in ("Closed", "Open"))
    forum.add("Not for you any more", topic=closed)
    asked = str(forum.add("Still there?", topic=open_)["id"])
    refused = refusal(403, FORBIDDEN, "invalid_access")
    forum.fault = lambda request: refused if request.path == f"/t/{closed}.json" else None
    pages = list(walk(connector, beginning(connector)))
    assert asked in {item.external_id for page in pages for item in page.items}
    (problem,) = [problem for page in pages for problem in page.problems]
    assert problem.raw == {"topic_id": closed}


@pytest.mark.parametrize("named", ["52", 9999, None])
def test_what_comes_with_a_private_conversation_never_passes_for_public(connector, forum, named):
    topic = forum.topic("Psst", private=True)
    post = forum.add("Between us", topic=topic)
    shown = {"id": topic, "post_stream": {"posts": [{**post, "topic_id": named}], "stream": []}}
    forum.fault = lambda request: Answer(shown) if request.path == f"/t/{topic}.json" else None
    items, _ = drain(connector, beginning(connector))
    assert [item.visibility for item in items] == ["direct"]
    assert [item.thread_id for item in items] == [str(topic)]


def test_a_post_we_may_no_longer_read_is_neither_deleted_nor_kept_aside(connector, forum):
    asked = forum.post("Hello")
    refused = refusal(403, FORBIDDEN, "invalid_access")
    forum.fault = lambda request: refused if request.path == f"/posts/{asked}.json" else None
    page = connector.fetch([asked])
    assert (page.items, page.problems) == ([], [])
    assert page.ignored == {Ignored.HIDDEN: 1}


JUNK = [None, 7, True, "x", [], {}, [None, 3], {"id": None}, [{"id": "x"}], {"topics": [5]}]


@pytest.mark.parametrize("forum", [False], ids=["pages of posts"], indirect=True)
@pytest.mark.parametrize("junk", JUNK, ids=repr)
@pytest.mark.parametrize("part", ["/latest.json", "/t/", "/site.json", "/topics/", "/session/"])
def test_an_answer_of_the_wrong_shape_is_an_error_in_words_or_nothing(connector, forum, part, junk):
    """Never a crash: that would stop a source with no sentence for anybody."""
    forum.post("Hello")
    forum.add("Psst", topic=forum.topic("Psst", private=True))
    shapes = [junk, {"topic_list": junk}, {"post_stream": junk}, {"categories": junk}]
    shapes += [{"topic_list": {"topics": junk}}, {"post_stream": {"posts": junk, "stream": junk}}]
    shapes += [{"current_user": junk}, {"topic_list": {"topics": [{"id": 51, "bumped_at": junk}]}}]
    for shape in shapes:
        answer = Answer(json.dumps(shape).encode(), headers={"Content-Type": "application/json"})
        forum.fault = lambda request, answer=answer: answer if part in request.path else None
        fresh = DiscourseConnector(connector.config, connector.credentials)
        for ask in (fresh.check, lambda fresh=fresh: list(walk(fresh, beginning(fresh)))):
            with suppress(ConnectorError):
                ask()
        fresh.close()
