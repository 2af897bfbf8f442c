"""What the Mastodon connector makes of mentions, threads, hashtags and direct messages."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.connectors.base import Incoming, Misconfigured
from inbox.connectors.ignored import Ignored
from inbox.connectors.mastodon.connector import MastodonConnector
from inbox.connectors.mastodon.parse import snowflake, snowflake_time
from tests.platforms.mastodon import TOKEN, MastodonServer


@pytest.fixture
def site(settings) -> Iterator[MastodonServer]:
    with MastodonServer() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        for name in ("ada", "ben@far.example"):
            site.account(name)
        yield site


@pytest.fixture
def connector(site: MastodonServer) -> Iterator[MastodonConnector]:
    config = {"instance": site.url, "hashtags": ["soldering"]}
    connector = MastodonConnector(config, {"access_token": TOKEN})
    yield connector
    connector.close()


def pull(connector: MastodonConnector, cursor: dict[str, Any] | None = None) -> Any:
    """Items by id (the last one wins), and the cursor."""
    cursor = cursor or connector.begin(datetime.now(UTC) - timedelta(days=2))
    items: dict[str, Incoming] = {}
    for page in connector.pull(cursor, deadline=time.monotonic() + 20):
        items |= {item.external_id: item for item in page.items}
        cursor = json.loads(json.dumps(page.cursor))
    return items, cursor


def test_public_mention_asks_by_handle_and_direct_message_directly(site, connector) -> None:
    public, quiet = site.post("hello"), site.say("ada", "@hub psst", visibility="direct")
    items, _ = pull(connector)
    assert items[public].mention_reason == "handle"
    assert (items[quiet].mention_reason, items[quiet].visibility) == ("direct", "direct")


def test_direct_message_that_notified_nobody_is_found_all_the_same(site, connector) -> None:
    """A notification policy may drop what strangers write in private."""
    quiet = site.say("ben@far.example", "psst", visibility="direct")
    items, _ = pull(connector)
    assert items[quiet].mention_reason == "direct"


def test_followers_only_post_keeps_its_audience(site, connector) -> None:
    post = site.say("ada", "@hub among friends", visibility="private")
    assert pull(connector)[0][post].visibility == "followers"


def test_mention_deep_in_a_thread_brings_the_thread_around_it(site, connector) -> None:
    root = site.say("ada", "My oscillator drifts")
    answer = site.say("ben@far.example", "@ada warm it up", reply_to=root)
    asked = site.say("ada", "@hub is that so?", reply_to=answer)
    after = site.say("ben@far.example", "@ada it is", reply_to=asked)
    items, _ = pull(connector)
    assert set(items) == {root, answer, asked, after}
    assert {item.thread_id for item in items.values()} == {root}
    assert [items[each].parent_id for each in (root, answer, asked)] == ["", root, answer]
    assert [bool(items[each].mention_reason) for each in (root, asked, after)] == [0, 1, 0]


def test_thread_is_asked_for_once_a_pull(site, connector) -> None:
    root = site.post("a question")
    for number in range(5):
        root = site.say("ada", f"@hub and {number}?", reply_to=root)
    pull(connector)
    assert sum(path.endswith("/context") for path in site.paths()) <= 1


def test_thread_starts_at_the_topmost_post_that_is_left(site, connector) -> None:
    root = site.say("ada", "the first")
    middle = site.say("ada", "the second", reply_to=root)
    asked = site.say("ada", "@hub the third", reply_to=middle)
    site.delete(root)
    items, _ = pull(connector)
    assert items[asked].thread_id == middle
    assert items[middle].parent_id == root


def test_our_own_answer_made_natively_comes_as_ours(site, connector) -> None:
    asked = site.post("anybody?")
    items, cursor = pull(connector)
    answer = site.say("hub", "@ada yes, us", reply_to=asked)
    items, _ = pull(connector, cursor)
    assert items[answer].is_own
    assert items[answer].author.is_us
    assert (items[answer].thread_id, items[answer].mention_reason) == (asked, "")


def test_hashtag_is_a_channel_and_no_mention(site, connector) -> None:
    post = site.say("ada", "Cold joints again #Soldering")
    item = pull(connector)[0][post]
    assert (item.channel_id, item.mention_reason, item.is_root) == ("#soldering", "", True)


def test_mention_with_a_watched_hashtag_is_the_same_from_both_lists(site, connector) -> None:
    post = site.post("look #soldering")
    cursor = connector.begin(datetime.now(UTC) - timedelta(days=1))
    pages = list(connector.pull(cursor, deadline=time.monotonic() + 20))
    found = [item for page in pages for item in page.items if item.external_id == post]
    assert [(item.channel_id, item.mention_reason) for item in found] == [("#soldering", "handle")]
    assert sum(page.ignored.get(Ignored.TWICE, 0) for page in pages) == 1


def test_hashtag_post_that_arrived_late_from_another_server_is_found(site, connector) -> None:
    """It gets the id of the time it was written: below what was read already."""
    site.say("ada", "first #soldering")
    _, cursor = pull(connector)
    written = datetime.now(UTC) - timedelta(hours=1, minutes=5)
    late = site.say("ben@far.example", "slow mail #soldering", at=written)
    items, cursor = pull(connector, cursor)
    assert late in items
    assert all("at" not in state for state in cursor["streams"].values())


def test_lists_are_never_asked_by_since_id(site, connector) -> None:
    for number in range(25):
        site.post(f"post {number}")
    _, cursor = pull(connector)
    for number in range(25):
        site.post(f"later {number}")
    items, _ = pull(connector, cursor)
    assert len(items) == 25
    asked = [name for request in site.web.asked for name, _value in request.query]
    assert "since_id" not in asked
    assert "min_id" in asked


def test_backfill_import_from_its_date_and_says_what_it_left(site, connector) -> None:
    now = datetime.now(UTC)
    days = {age: site.say("ada", f"@hub {age}", at=now - timedelta(days=age)) for age in (9, 3, 1)}
    cursor = connector.begin(now - timedelta(days=4))
    pages = list(connector.pull(cursor, deadline=time.monotonic() + 20))
    assert {item.external_id for page in pages for item in page.items} == {days[3], days[1]}
    assert sum(page.ignored.get(Ignored.TOO_OLD, 0) for page in pages) == 1


def test_pages_tell_what_is_left_of_the_allowance(site, connector) -> None:
    site.allowance = 123
    site.post("hello")
    page = next(iter(connector.pull(connector.begin(datetime(2026, 1, 1, tzinfo=UTC)), deadline=0)))
    assert page.rate is not None
    assert (page.rate.limit, page.rate.remaining) == (300, 123)


def test_a_thread_is_read_again_with_few_requests(site, connector) -> None:
    root = site.post("a question")
    below = [site.say("ada", f"@hub and {number}?", reply_to=root) for number in range(30)]
    site.edit(below[9], "@hub and nine?")
    site.delete(below[3])
    found = {item.external_id: item for item in connector.fetch([*reversed(below), root]).items}
    assert set(found) == {root, *below}
    assert {key for key, item in found.items() if item.op == "delete"} == {below[3]}
    assert "nine" in found[below[9]].body
    who, opening, around, gone = (
        "/api/v1/accounts/verify_credentials",
        f"/api/v1/statuses/{root}",
        f"/api/v1/statuses/{root}/context",
        f"/api/v1/statuses/{below[3]}",
    )
    assert site.paths() == [who, opening, around, gone, who]


def test_posts_of_several_threads_are_fetched_together(site, connector) -> None:
    posts = [site.post(f"post {number}") for number in range(5)]
    site.delete(posts[2])
    found = {item.external_id: item.op for item in connector.fetch(posts).items}
    assert found == dict.fromkeys(posts, "upsert") | {posts[2]: "delete"}
    assert site.paths().count("/api/v1/statuses") == 1


def test_a_peers_answer_to_the_asker_alone_is_read_with_the_question(site, connector) -> None:
    asked = site.post("does it run on 12 volts?")
    answer = site.say("ben@far.example", "@ada it does", reply_to=asked)
    items, _ = pull(connector)
    assert set(items) == {asked, answer}
    assert (items[answer].thread_id, items[answer].mention_reason) == (asked, "")


def test_a_question_without_answers_is_not_asked_for_its_thread(site, connector) -> None:
    for number in range(3):
        site.stored[site.post(f"question {number}")]["replies_count"] = 0
    pull(connector)
    assert not [path for path in site.paths() if path.endswith("/context")]


def test_answers_that_came_since_are_fetched_with_a_question(site, connector) -> None:
    asked = site.post("does it run on 12 volts?")
    pull(connector)
    answer = site.say("ben@far.example", "@ada it does", reply_to=asked)
    below = site.say("ada", "@ben@far.example thanks", reply_to=answer)
    site.stored[asked]["replies_count"] = 0  # what only followers may see is not counted
    page = connector.fetch([asked])
    assert {item.external_id for item in page.items} == {asked, answer, below}
    assert {item.thread_id for item in page.items} == {asked}


def test_of_a_long_thread_the_newest_answers_are_fetched(site, connector) -> None:
    asked = site.post("a question")
    answers = [site.say("ben@far.example", f"@ada {n}", reply_to=asked) for n in range(70)]
    found = {item.external_id for item in connector.fetch([asked]).items}
    assert found == {asked, *answers[-60:]}


def test_snowflake_is_the_time_in_milliseconds_shifted() -> None:
    moment = datetime.fromtimestamp(1_750_000_000.125, UTC)
    assert int(snowflake(moment)) == 1_750_000_000_125 << 16
    assert snowflake_time(str((1_750_000_000_125 << 16) + 4711)) == moment
    assert snowflake_time("01HZY5V9T4") is None
    assert snowflake_time("23634") is None


def test_a_boost_is_no_message(site, connector) -> None:
    original = site.say("ada", "Look at this #soldering")
    boost = site.say(
        "ben@far.example", "", reblog=site.stored[original], tags=[{"name": "soldering"}]
    )
    items, _ = pull(connector)
    assert original in items
    assert boost not in items


def test_a_mention_that_was_read_as_context_first_still_asks(site, connector) -> None:
    """A compatible server may leave us out of the mentions of a post that it notifies us of."""
    opening = site.post("hello")
    quiet = site.say("ada", "and you too", reply_to=opening)
    site.notify(quiet)
    items, _ = pull(connector)
    assert items[quiet].mention_reason == "handle"


def test_an_answer_that_is_no_list_does_not_end_a_walk(site, connector) -> None:
    posted = {site.post(f"number {n}") for n in range(25)}
    start = connector.begin(datetime.now(UTC) - timedelta(days=2))
    first = next(iter(connector.pull(start, deadline=time.monotonic() + 20)))
    site.fault = "answer_nothing"
    with pytest.raises(Misconfigured):
        list(connector.pull(dict(first.cursor), deadline=time.monotonic() + 20))
    site.heal()
    items, _ = pull(connector, dict(first.cursor))
    assert {item.external_id for item in first.items} | set(items) == posted
