"""What is remembered of private conversations, so that one we are invited to late is whole."""

import time

import pytest

from inbox.connectors.contract import beginning, drain, through_json


def ids(items):
    return {item.external_id for item in items}


@pytest.mark.parametrize("writes", [True, False], ids=["and written to", "in silence"])
def test_a_private_conversation_we_are_invited_to_late_is_read_whole(connector, forum, writes):
    topic = forum.topic("Not for us yet", private=True)
    forum.uninvited.add(topic)
    said = {str(forum.add(f"Word {n}", topic=topic)["id"]) for n in range(40)}
    for number in range(80):  # so that these are old by the time we are invited
        forum.add(f"Public {number}")
    forum.add("Hello", topic=forum.topic("Another", private=True))
    _, cursor = drain(connector, beginning(connector))
    forum.uninvited.clear()
    if writes:
        said.add(str(forum.add("What does @hub say?", topic=topic)["id"]))
    items, cursor = drain(connector, cursor)
    assert said <= ids(items)
    assert cursor["direct"]["topics"][str(topic)] == max(map(int, said))


def test_a_very_long_private_conversation_is_read_in_parts_that_may_stop_anywhere(connector, forum):
    topic = forum.topic("Very long", private=True)
    said = {str(forum.add(f"Word {n}", topic=topic)["id"]) for n in range(900)}
    cursor, found, steps = beginning(connector), set(), 0
    while True:
        (page,) = connector.pull(cursor, deadline=time.monotonic() - 1)
        found |= ids(page.items)
        assert len(page.items) <= 220
        cursor, steps = through_json(page.cursor), steps + 1
        if not page.has_more:
            break
    assert found == said
    assert steps < 12


def test_what_is_remembered_of_private_conversations_is_bounded(connector, forum, monkeypatch):
    monkeypatch.setattr("inbox.connectors.discourse.pulling.MOST_TOPICS", 5)
    topics = [forum.topic(f"Talk {number}", private=True) for number in range(40)]
    said = {str(forum.add("Hello", topic=topic)["id"]) for topic in topics}
    items, cursor = drain(connector, beginning(connector))
    assert ids(items) == said
    assert set(cursor["direct"]["topics"]) == {str(topic) for topic in topics[-5:]}
    moved = str(forum.add("Hello again", topic=topics[0])["id"])
    items, cursor = drain(connector, cursor)
    assert moved in ids(items)
    assert len(cursor["direct"]["topics"]) == 5


def test_a_cursor_that_knew_one_mark_for_all_private_conversations_goes_on(connector, forum):
    topic = forum.topic("Long", private=True)
    said = {str(forum.add(f"Word {n}", topic=topic)["id"]) for n in range(130)}
    _, cursor = drain(connector, beginning(connector))
    mark = cursor["direct"]["mark"]
    cursor["direct"] = {"mark": mark, "id": forum.next_id}
    items, cursor = drain(connector, cursor)
    assert ids(items) >= said
    assert set(cursor["direct"]) == {"mark", "topics"}
