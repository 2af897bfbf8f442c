"""What became of a reply that a forum's moderators held: let through, turned down, or unclear."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from inbox.connectors.base import Outgoing, Rejected
from inbox.connectors.local_server import Answer
from tests.platforms.discourse import FORBIDDEN, NOT_FOUND, Discourse, refusal

WORDS = "Please let me in"


@pytest.fixture
def forum(settings):
    with Discourse(moderated=True) as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        forum.post("Question")
        yield forum


@pytest.fixture
def held(connector, forum):
    outgoing = Outgoing(
        token=uuid4(),
        created_at=datetime.now(UTC),
        reply_ref={"topic_id": 50, "post_number": 1},
        markdown=WORDS,
    )
    assert connector.send(outgoing).state == "pending_moderation"
    return replace(outgoing, held=True)


def shut(forum, answer):
    forum.fault = lambda asked: answer if asked.path == "/posts/hub/pending.json" else None


def test_it_is_pending_until_it_is_let_through(connector, forum, held):
    assert connector.reconcile(held).state == "pending_moderation"
    published = forum.approve()
    assert connector.reconcile(held).external_id == str(published["id"])


def test_what_is_neither_held_nor_published_was_turned_down(connector, forum, held):
    forum.add("Another answer")
    forum.reject()
    with pytest.raises(Rejected, match="moderators did not publish it"):
        connector.reconcile(held)


def test_what_never_was_held_is_not_there_and_was_not_turned_down(connector, forum, held):
    forum.reject()
    assert connector.reconcile(replace(held, held=False)) is None


@pytest.mark.parametrize("requests", [0, 1, 2, 3])
def test_a_reply_let_through_while_we_look_is_not_taken_for_turned_down(
    connector, forum, held, requests
):
    left = iter(range(requests))

    def moderate(asked):
        if next(left, None) is None and forum.pending:
            forum.approve()

    forum.fault = moderate
    assert connector.reconcile(held).state in ("pending_moderation", "sent")


@pytest.mark.parametrize(
    "answer",
    [
        refusal(403, FORBIDDEN, "invalid_access"),
        refusal(404, NOT_FOUND, "not_found"),
        Answer("<html>nginx: not found</html>", 404),
    ],
    ids=["a granular key", "a forum before 2021", "a proxy"],
)
def test_where_nobody_says_what_is_held_nothing_was_turned_down(connector, forum, held, answer):
    shut(forum, answer)
    forum.reject()
    assert connector.reconcile(held) is None


def test_what_the_moderators_edit_may_still_be_let_through(connector, forum, held):
    forum.pending[0]["raw_text"] = "Please let me in, politely"
    assert connector.reconcile(held) is None


def test_what_was_let_through_in_other_words_is_for_a_person_to_see(connector, forum, held):
    forum.approve("Please let me in, politely")
    assert connector.reconcile(held).state == "unknown"


def test_our_answers_to_others_leave_no_doubt(connector, forum, held):
    forum.reject()
    forum.add("You are welcome", by="hub", reply_to_post_number=7)
    with pytest.raises(Rejected):
        connector.reconcile(held)


def test_a_topic_too_busy_to_be_read_back_to_its_writing_is_for_a_person_to_see(
    connector, forum, held
):
    forum.reject()
    for number in range(60):
        forum.add(f"Meanwhile {number}")
    assert connector.reconcile(held).state == "unknown"
    with pytest.raises(Rejected):  # the topic is as busy, but its writing is in sight
        connector.reconcile(replace(held, created_at=datetime.now(UTC) + timedelta(minutes=9)))


def test_a_topic_that_is_gone_is_for_a_person_to_see(connector, forum, held):
    forum.reject()
    gone = refusal(404, NOT_FOUND, "not_found")
    forum.fault = lambda asked: gone if asked.path.startswith("/t/50") else None
    assert connector.reconcile(held).state == "unknown"
