"""Pages and verbs in this process: server time, one client, and how often the database is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community_hub.bench.figures import Figure, Machine, middle_and_high
from community_hub.bench.fill import LONG
from community_hub.bench.history import LINES, member_with_history
from inbox.models import Conversation, Source
from inbox.verbs import tags, triage, writing
from members.models import Member
from team.models import User

CLICK = {"HX-Request": "true", "HX-Target": "talk"}
BULK = 1_000  # conversations done at once
BULK_SECONDS = 1.0
TODAY_BUDGET = 80  # ms, p95
TODAY_QUERIES = 30


def addresses(source: Source) -> dict[str, tuple[list[str], dict[str, str], float]]:
    """By name: addresses to go through, headers, and the budget of p50 in milliseconds."""
    talks = Conversation.objects.filter(source=source, message_count=20)
    long = [reverse("conversation", args=[pk]) for pk in talks.values_list("pk", flat=True)[:LONG]]
    people = Member.objects.order_by("pk").values_list("pk", flat=True)[:500]
    members = [reverse("member", args=[pk]) for pk in people]
    return {
        "list: needs reply": ([reverse("inbox")], {}, 18),
        "list: everything": ([reverse("inbox-folder", args=["everything"])], {}, 18),
        "list: one source": ([reverse("inbox-source", args=[source.pk])], {}, 18),
        "conversation of 20, a click": (long, CLICK, 20),
        "conversation of 20, a page": (long, {}, 25),
        "member page": (members, {}, 20),
    }


def pages(user: User, source: Source, machine: Machine, rounds: int) -> Iterator[Figure]:
    """RuntimeError where a page does not answer 200."""
    client = Client()
    client.force_login(user)
    known = member_with_history(source, user).get_absolute_url()
    histories: dict[str, tuple[list[str], dict[str, str], float]] = {
        f"member of {LINES:,} activities": ([known], {}, 25),
        f"member of {LINES:,}, filtered": ([f"{known}?kind=words&text=asked+17"], {}, 25),
    }
    for name, (paths, headers, budget) in (addresses(source) | histories).items():

        def get(n: int, paths: list[str] = paths, headers: dict[str, str] = headers) -> None:
            response = client.get(paths[n % len(paths)], headers=headers)
            if response.status_code != 200:
                raise RuntimeError(f"{paths[n % len(paths)]} answered {response.status_code}")

        p50, p95, queries = timed(get, rounds)
        yield Figure(f"{name}, p50", p50, "ms", budget * machine.scale)
        yield Figure(f"{name}, p95", p95, "ms", 50 * machine.scale)
        yield Figure(f"{name}, queries", queries, "", 12)


def today(user: User, who: str, machine: Machine, rounds: int) -> Iterator[Figure]:
    """Today, one's own and the team's, over `fill_today`. `who`: what the reader is."""
    client = Client()
    client.force_login(user)
    for name, address in (("mine", "/today/"), ("the team's", "/today/?whose=team")):

        def get(_n: int, address: str = address) -> None:
            if client.get(address).status_code != 200:
                raise RuntimeError(f"{address} did not answer 200")

        p50, p95, queries = timed(get, rounds)
        yield Figure(f"today ({who}), {name}, p50", p50, "ms")
        yield Figure(f"today ({who}), {name}, p95", p95, "ms", TODAY_BUDGET * machine.scale)
        yield Figure(f"today ({who}), {name}, queries", queries, "", TODAY_QUERIES)


def verbs(user: User, machine: Machine, rounds: int) -> Iterator[Figure]:
    """Each verb on conversations of its own, as a request would call it; and one bulk action."""
    pool = iter(Conversation.objects.order_by("-pk")[: (rounds + 3) * 6])
    later = timezone.now() + timedelta(days=1)
    calls: dict[str, Callable[[Conversation], object]] = {
        "reply": lambda c: writing.reply(c, "Thank you, we look into it.", by=user),
        "note": lambda c: writing.note(c, "Who knows this?", by=user),
        "assign": lambda c: triage.assign([c], user, by=user),
        "done": lambda c: triage.close([c], by=user, seen_up_to=c.last_message_id),
        "snooze": lambda c: triage.snooze([c], later, by=user),
        "tag": lambda c: tags.tag([c], "bug", by=user),
    }

    def on_the_next(call: Callable[[Conversation], object]) -> Callable[[int], object]:
        return lambda _n: call(next(pool))

    for name, call in calls.items():
        p50, p95, queries = timed(on_the_next(call), rounds)
        yield Figure(f"{name}, p50", p50, "ms")
        yield Figure(f"{name}, p95", p95, "ms", 30 * machine.scale)
        yield Figure(f"{name}, queries", queries, "", 15)
    yield bulk(user, machine)


def bulk(user: User, machine: Machine) -> Figure:
    """Done on many at once, which are opened first; one undo opens all of them again. Closed once
    more, so that a kept database stays as it was. RuntimeError where the undo left some closed."""
    done = Conversation.objects.filter(state="done").order_by("pk")[:BULK]
    pks = list(done.values_list("pk", flat=True))
    chosen = Conversation.objects.filter(pk__in=pks)
    triage.reopen(list(chosen), by=user)
    rows = list(chosen)
    seen = {row.pk: row.last_message_id for row in rows}
    begun = time.perf_counter()
    changes = triage.close(rows, by=user, seen_up_to=seen)
    took = time.perf_counter() - begun
    changes.undo(by=user)
    if chosen.exclude(state="open").exists():
        raise RuntimeError("one undo did not open all again")
    triage.close(list(chosen), by=user, seen_up_to=seen)
    name = f"done on {len(rows):,} conversations at once"
    return Figure(name, took, "s", BULK_SECONDS * machine.scale)


def timed(call: Callable[[int], object], rounds: int) -> tuple[float, float, int]:
    """p50, p95 in milliseconds and queries. Call with 0, 1, 2...; the first two only warm up."""
    for number in range(2):
        call(number)
    with CaptureQueriesContext(connection) as captured:
        call(2)
        queries = len(captured)  # now: the next request begins a new log
    took = []
    for number in range(3, rounds + 3):
        begun = time.perf_counter()
        call(number)
        took.append((time.perf_counter() - begun) * 1000)
    return *middle_and_high(took), queries
