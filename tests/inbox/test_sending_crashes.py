"""A worker killed at any step of sending leaves one post, or a reply that says it is in doubt.

The worker is a process of its own that dies by SIGKILL: nothing in it may tidy up. What follows is
what the sweeper does by the rows alone, over HTTP to local servers that behave like the platforms.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from inbox.delivery import outcomes, sending
from inbox.models import Conversation, Delivery, Message, Source
from inbox.tasks import deliver_due, pull
from inbox.verbs import writing
from tests.make import make_source
from tests.platforms import discourse, mastodon

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.standard_servers]
WORDS = "It is, at seven."
Platform = discourse.Discourse | mastodon.MastodonServer


@pytest.fixture(params=["discourse", "mastodon", "a server that ignores keys"])
def platform(request: pytest.FixtureRequest, settings: Any) -> Iterator[Platform]:
    settings.UNDO_SEND_SECONDS = 0
    made: Platform = (
        discourse.Discourse()
        if request.param == "discourse"
        else mastodon.MastodonServer(honours_keys=request.param == "mastodon")
    )
    with made:
        settings.HTTP_ALLOWED_ORIGINS = [made.url]
        yield made


@pytest.fixture
def source(db: None, platform: Platform) -> Source:
    if isinstance(platform, discourse.Discourse):
        what: dict[str, Any] = {
            "kind": "discourse",
            "config": {"url": platform.url, "username": "hub"},
            "credentials": {"api_key": discourse.KEY},
            "network": "discourse:forum",
        }
    else:
        what = {
            "kind": "mastodon",
            "config": {"instance": platform.url},
            "credentials": {"access_token": mastodon.TOKEN},
            "network": "mastodon",
        }
    source = make_source(**what)
    platform.post("Is the Berlin meet-up still on?")
    source.cursor = source.connector().begin(timezone.now() - timedelta(days=400))
    source.save()
    read(source)
    return source


def read(source: Source) -> None:
    source.refresh_from_db()
    pull(source, deadline=float("inf"))


def answer(by: Any) -> Delivery:
    waiting = Conversation.objects.get(waiting_since__isnull=False)
    return Delivery.objects.get(message=writing.reply(waiting, WORDS, by=by))


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def worker(delivery: Delivery, prepare: Callable[[], Any] = lambda: None) -> int:
    """Starts a process that delivers; `prepare` runs in it first."""
    connections.close_all()  # a connection must not be shared across the fork
    pid = os.fork()
    if pid == 0:
        try:
            prepare()
            sending.deliver(delivery.pk)
        finally:
            os._exit(0)
    return pid


def killed(pid: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def dies_at(module: Any, name: str) -> Callable[[], Any]:
    return lambda: patch.object(module, name, die).start()


def kill_on_post(platform: Platform, pid: list[int], *, landed: bool) -> None:
    """The worker dies while the platform handles its request, before or after it was taken."""
    web = platform.server if isinstance(platform, discourse.Discourse) else platform.web
    asked_before = web._answer

    def answer_(asked: Any) -> Any:
        if asked.method != "POST":
            return asked_before(asked)
        said = asked_before(asked) if landed else discourse.Answer()
        os.kill(pid[0], signal.SIGKILL)
        web._answer = asked_before
        said.end_live_streams = True
        return said

    web._answer = answer_


def sweep(source: Source, *, echo: bool, rounds: int = 14) -> None:
    """Hours of beat: what is due by the rows is taken a step on; the echo may come by a pull."""
    moment = timezone.now()
    for number in range(rounds):
        moment += timedelta(minutes=6)
        with time_machine.travel(moment, tick=True):
            with patch(
                "inbox.tasks.queue.enqueue", side_effect=lambda name, pk: sending.deliver(pk)
            ):
                deliver_due()
            if echo and number == 0:
                read(source)


def settled(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def test_killed_before_the_claim_it_is_sent_by_the_next(platform, source, bob) -> None:
    delivery = answer(bob)
    assert killed(worker(delivery, dies_at(sending, "_claim")))
    assert settled(delivery) == "queued"
    sweep(source, echo=False)
    assert settled(delivery) == "sent"
    assert platform.count(WORDS) == 1


def test_killed_after_the_claim_nobody_sends_it_again_unasked(platform, source, bob) -> None:
    delivery = answer(bob)
    kind = source.connector_class
    assert killed(worker(delivery, lambda: patch.object(kind, "send", die).start()))
    assert settled(delivery) == "sending"
    sweep(source, echo=False)
    assert settled(delivery) == "unconfirmed"
    assert delivery.next_try_at is None
    assert platform.count(WORDS) == 0
    assert bob.notifications.exists()


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("landed", [True, False])
def test_killed_during_the_call_it_is_looked_for(platform, source, bob, landed, echo) -> None:
    delivery = answer(bob)
    pid: list[int] = []
    kill_on_post(platform, pid, landed=landed)
    read_end, write_end = os.pipe()
    pid.append(worker(delivery, lambda: os.read(read_end, 1)))  # waits until its id is known
    os.write(write_end, b".")
    assert killed(pid[0])
    os.close(read_end)
    os.close(write_end)
    assert settled(delivery) == "sending"
    sweep(source, echo=echo)
    assert settled(delivery) == ("sent" if landed else "unconfirmed")
    assert platform.count(WORDS) == int(landed)
    assert Message.objects.filter(kind="outbound").count() == 1


@pytest.mark.parametrize("echo", [True, False])
def test_killed_between_the_answer_and_the_commit_it_is_found(platform, source, bob, echo) -> None:
    delivery = answer(bob)
    assert killed(worker(delivery, dies_at(outcomes, "_take_platform_id")))
    assert settled(delivery) == "sending"
    sweep(source, echo=echo)
    assert settled(delivery) == "sent"
    assert platform.count(WORDS) == 1
    message = Message.objects.get(kind="outbound")
    assert message.external_id
    assert message.by == bob
