"""Live events, over real HTTP and a real Redis."""

import asyncio
import time
from collections.abc import Iterator

import httpx
import pytest
from django.db import connection

from community_hub import stream
from community_hub.lib import live
from inbox.models import Source
from inbox.verbs import sources as source_verbs
from team.models import Grant, Role, User
from tests.serving import serve_hub
from tests.start.stream_client import ENDED, StreamClient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.standard_servers]


@pytest.fixture
def hub(transactional_db: None) -> Iterator[str]:
    with serve_hub() as base:
        yield base


def make_source(name: str, *, restricted: bool = False) -> Source:
    return Source.objects.create(kind="feed", name=name, network=name, restricted=restricted)


def test_an_event_arrives_within_a_second(hub, bob):
    source = make_source("open")
    with StreamClient(hub, bob) as client:
        rung = time.monotonic()
        live.publish(f"source:{source.pk}", "conversation", {"id": 42})
        heard = client.next()
    assert (heard.event, heard.data) == ("conversation", {"id": 42})
    assert time.monotonic() - rung < 1


def test_each_event_has_an_id_of_its_own(hub, bob):
    with StreamClient(hub, bob) as client:
        live.publish("team", "one", {})
        live.publish("team", "two", {})
        assert len({client.hello.id, client.next().id, client.next().id}) == 3


def test_an_event_waits_for_the_commit(hub, bob):
    from django.db import transaction

    with StreamClient(hub, bob) as client:
        with transaction.atomic():
            live.publish("team", "early", {})
            assert client.hears_nothing(0.3)
        assert client.next().event == "early"


def test_a_restricted_source_is_not_heard_without_a_grant(hub, bob):
    secret, mine = make_source("secret", restricted=True), make_source("mine", restricted=True)
    Grant.objects.create(user=bob, scope=mine.scope)
    with StreamClient(hub, bob) as client:
        live.publish(secret.scope, "conversation", {"id": 1})
        live.publish(mine.scope, "conversation", {"id": 2})
        assert client.next().data == {"id": 2}
        assert client.hears_nothing(0.2)


def test_a_lead_hears_restricted_sources(hub):
    lena = User.objects.create_user("lena@example.org", name="Lena", role=Role.LEAD)
    secret = make_source("secret", restricted=True)
    with StreamClient(hub, lena) as client:
        live.publish(secret.scope, "conversation", {"id": 1})
        assert client.next().data == {"id": 1}


def test_what_is_for_one_person_is_heard_by_that_person_alone(hub, bob):
    other = User.objects.create_user("carol@example.org", name="Carol", role=Role.MANAGER)
    with StreamClient(hub, bob) as client, StreamClient(hub, other) as theirs:
        live.publish(f"user:{other.pk}", "notification", {})
        assert theirs.next().event == "notification"
        assert client.hears_nothing(0.2)


def test_close_ends_that_persons_stream_and_no_other(hub, bob):
    other = User.objects.create_user("carol@example.org", name="Carol", role=Role.MANAGER)
    with StreamClient(hub, bob) as client, StreamClient(hub, other) as theirs:
        live.publish(f"user:{bob.pk}", live.CLOSE, {})
        assert client.next() == ENDED
        live.publish("team", "still", {})
        assert theirs.next().event == "still"


@pytest.mark.parametrize("active", [None, False])
def test_whoever_is_not_signed_in_gets_401_and_no_redirect(hub, bob, active):
    if active is None:
        answer = httpx.get(f"{hub}/live/")
    else:
        client = StreamClient(hub, bob)
        User.objects.filter(pk=bob.pk).update(is_active=False)
        answer = client.client.send(client.request)
    assert answer.status_code == 401


def test_a_browser_that_comes_back_is_told_to_catch_up(hub, bob):
    with StreamClient(hub, bob) as client:
        assert client.hello.data == {"resumed": False}
    with StreamClient(hub, bob, {"Last-Event-ID": client.hello.id}) as again:
        assert again.hello.data == {"resumed": True}


def test_what_was_published_since_the_page_was_made_is_told_by_its_stream(hub, bob):
    live.publish("team", "before", {})
    since = f"{time.time():.6f}"
    live.publish("team", "views", {"id": 1})
    live.publish("user:0", "views", {"id": 2})  # for somebody else
    live.publish(f"user:{bob.pk}", live.CLOSE, {})  # it was asked who that is since
    with StreamClient(hub, bob, since=since) as client:
        assert client.hello.data == {"resumed": False}
        heard = client.next()
        assert (heard.event, heard.data) == ("views", {"id": 1})
        live.publish("team", "views", {"id": 3})
        heard = client.next()
        assert heard.data == {"id": 3}
    assert float(heard.id.partition("-")[0]) > float(since)
    with StreamClient(hub, bob, since=heard.id.partition("-")[0]) as client:
        assert client.hears_nothing(0.2)


@pytest.mark.parametrize("since", ["0", "yesterday", "nan"])
def test_what_is_too_much_to_be_told_is_caught_up_with(hub, bob, since):
    for number in range(stream.WAITING + 1):
        live.publish("team", "conversation", {"id": number})
    with StreamClient(hub, bob, since=since) as client:
        assert client.hello.data == {"resumed": since == "0"}
        assert client.hears_nothing(0.2)


def test_an_open_stream_holds_no_database_connection(hub, bob):
    def others() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database() "
                "and pid != pg_backend_pid() and backend_type = 'client backend'"
            )
            return cursor.fetchone()[0]

    with StreamClient(hub, bob), StreamClient(hub, bob), StreamClient(hub, bob):
        until = time.monotonic() + 3
        while others() and time.monotonic() < until:
            time.sleep(0.05)
        assert others() == 0


def test_a_silent_stream_says_that_it_is_still_there(hub, bob, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    client = StreamClient(hub, bob)
    with client.client.stream("GET", "/live/") as answer:
        lines = answer.iter_lines()
        assert any(line == ": still here" for line, _ in zip(lines, range(30), strict=False))


def test_a_stream_ends_after_a_while_so_that_the_browser_asks_again(hub, bob, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    monkeypatch.setattr(stream, "LONGEST", 0.3)
    with StreamClient(hub, bob) as client:
        assert client.next() == ENDED


def test_when_redis_drops_the_connection_the_browser_reconnects_and_catches_up(hub, bob):
    with StreamClient(hub, bob) as client:
        end_live_streams()
        assert client.next() == ENDED
    with StreamClient(hub, bob, {"Last-Event-ID": "1"}) as again:
        live.publish("team", "back", {})
        assert again.next().event == "back"


def test_a_redis_that_is_quiet_for_long_is_asked_whether_it_is_there(hub, bob, monkeypatch):
    monkeypatch.setattr(stream, "SILENCE", 0.1)
    with StreamClient(hub, bob) as client:
        time.sleep(1)
        live.publish("team", "after the silence", {})
        assert client.next().event == "after the silence"


def test_who_is_not_named_hears_no_more_of_a_source_once_it_is_restricted(hub, bob, alice):
    source = make_source("turned inward")
    with StreamClient(hub, bob) as client:
        source_verbs.restrict(source, [], by=alice)
        assert ended(client)
    with StreamClient(hub, bob) as again:
        live.publish(source.scope, "conversation", {"id": 1})
        assert again.hears_nothing(0.2)


def test_whom_a_source_is_opened_to_hears_of_it_in_the_page_that_is_open(hub, bob, alice):
    source = make_source("opened", restricted=True)
    with StreamClient(hub, bob) as client:
        source_verbs.restrict(source, None, by=alice)
        assert ended(client)


def ended(client: StreamClient) -> bool:
    """Soon, after whatever was said before."""
    return any(client.next() == ENDED for _ in range(5))


def end_live_streams() -> None:
    """End the subscriptions of this test, and not of those beside it on the same server."""
    server = live.client()
    number = str(server.get_connection_kwargs().get("db") or 0)
    ours = [heard for heard in server.client_list(_type="pubsub") if heard["db"] == number]
    assert ours
    for heard in ours:
        server.client_kill_filter(_id=heard["id"])


def test_a_source_that_was_closed_while_the_line_was_laid_is_not_heard(bob):
    """Nobody could end that stream: it was asked what it may hear, and was not there yet."""
    allowed = {"team", "source:3"}

    async def heard() -> list[bytes]:
        said = stream.events(allowed, resumed=False, ask=lambda: {"team"})
        return [words async for words in said]

    assert asyncio.run(asyncio.wait_for(heard(), 5)) == []
