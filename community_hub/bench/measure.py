"""Timing of pages, verbs and the road in; server time, one client, in this process."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community_hub.bench.fill import LONG
from inbox.connectors.base import Incoming, Page, Person
from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Source
from inbox.verbs import tags, triage, writing
from members.models import Member
from team.models import User


@dataclass(frozen=True)
class Result:
    """`p50` and `p95` in milliseconds, or `rate` in messages a second."""

    what: str
    budget: str
    kept: bool
    p50: float = 0.0
    p95: float = 0.0
    rate: float = 0.0
    queries: int = 0


def timed(what: str, call: Callable[[int], object], *, rounds: int, p50: float, p95: float,
          queries: int) -> Result:  # fmt: skip
    """Call with 0, 1, 2...; the first two calls only warm up. p50 of 0: no budget for it."""
    for number in range(2):
        call(number)
    with CaptureQueriesContext(connection) as captured:
        call(2)
    asked = len(captured)
    took = []
    for number in range(3, rounds + 3):
        begun = time.perf_counter()
        call(number)
        took.append((time.perf_counter() - begun) * 1000)
    middle = statistics.median(took)
    high = statistics.quantiles(took, n=20)[-1]
    kept = (not p50 or middle <= p50) and high <= p95 and asked <= queries
    budget = f"p95 {p95:.0f} ms, {queries} queries" + (f", p50 {p50:.0f} ms" if p50 else "")
    return Result(what, budget, kept, middle, high, queries=asked)


def pages(user: User, source: Source, rounds: int) -> list[Result]:
    client = Client()
    client.force_login(user)

    def get(address: str, **headers: str) -> None:
        response = client.get(address, headers=headers)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")

    def getting(name: str, pks: list[int], **headers: str) -> Callable[[int], object]:
        return lambda n: get(reverse(name, args=[pks[n % len(pks)]]), **headers)

    long = list(Conversation.objects.filter(message_count=20).values_list("pk", flat=True)[:LONG])
    members = list(Member.objects.order_by("pk").values_list("pk", flat=True)[:500])
    click = {"HX-Request": "true", "HX-Target": "talk"}
    calls: dict[str, Callable[[int], object]] = {
        "inbox list: needs reply": lambda n: get(reverse("inbox")),
        "inbox list: everything": lambda n: get(reverse("inbox-folder", args=["everything"])),
        "inbox list: one source": getting("inbox-source", [source.pk]),
        "conversation of 20, a click": getting("conversation", long, **click),
        "conversation of 20, a page": getting("conversation", long),
        "member page": getting("member", members),
    }
    return [
        timed(what, call, rounds=rounds, p50=25, p95=50, queries=12) for what, call in calls.items()
    ]


def verbs(user: User, rounds: int) -> list[Result]:
    """Each verb on conversations of its own, as a request would call it."""
    pool = iter(Conversation.objects.order_by("-pk")[: (rounds + 3) * 6])
    later = timezone.now() + timedelta(days=1)

    def on_the_next(call: Callable[[Conversation], object]) -> Callable[[int], object]:
        return lambda n: call(next(pool))

    calls: dict[str, Callable[[Conversation], object]] = {
        "reply": lambda c: writing.reply(c, "Thank you, we look into it.", by=user),
        "note": lambda c: writing.note(c, "Who knows this?", by=user),
        "assign": lambda c: triage.assign([c], user, by=user),
        "done": lambda c: triage.close([c], by=user, seen_up_to=c.last_message_id),
        "snooze": lambda c: triage.snooze([c], later, by=user),
        "tag": lambda c: tags.tag([c], "bug", by=user),
    }
    return [
        timed(what, on_the_next(call), rounds=rounds, p50=0, p95=30, queries=15)
        for what, call in calls.items()
    ]


def road_in(source: Source, *, messages: int) -> Result:
    """The real ingest: pages of 100, threads of five, a third of the people new."""
    made = [_page(start) for start in range(0, messages, 100)]
    ingest(source, _page(-100))
    begun = time.perf_counter()
    for page in made:
        ingest(source, page)
    rate = messages / (time.perf_counter() - begun)
    return Result("ingest", "2,000 messages/s", rate >= 2000, rate=rate)


def _page(start: int) -> Page:
    chance = random.Random(start)  # noqa: S311 - the same pages each time, no secret
    words = [
        "the",
        "clock",
        "drifts",
        "after",
        "update",
        "firmware",
        "bar",
        "late",
        "loop",
        "thanks",
    ]
    items = []
    for number in range(start, start + 100):
        root = number - number % 5
        who = chance.randint(0, 2_000)
        items.append(
            Incoming(
                external_id=f"in-{number}",
                thread_id=f"in-thread-{root}",
                thread_title=f"Thread {root}",
                parent_id="" if number == root else f"in-{root}",
                created_at=timezone.now() - timedelta(seconds=60),
                author=Person(f"in-{who}", "sandbox:bench", f"in{who}", f"Person {who}"),
                body=f"<p>{' '.join(chance.choices(words, k=40))}</p>",
                channel_id=f"channel-{root % 7}",
                channel_name=f"Channel {root % 7}",
                version="1",
                is_root=number == root,
            )
        )
    return Page(items=items, cursor={"at": start})
