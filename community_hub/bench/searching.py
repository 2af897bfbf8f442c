"""The results page of a search, over words whose share is known, and what a box suggests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import reverse

from community_hub.bench.figures import Figure, Machine
from community_hub.bench.fill import HALF_A_PERCENT, LONG, LONG_AGO, RARE, THIRTY_PERCENT
from community_hub.bench.pages import timed
from inbox.models import Conversation, Source
from team.models import User

# What is looked for, its order, and the budgets of p50 and p95 in milliseconds; None: without one.
SEARCHES: dict[str, tuple[str, str, float | None, float]] = {
    "a word in 0.5 %, newest": (f"{HALF_A_PERCENT} ", "newest", 45, 100),
    "a word in 0.5 %, best": (f"{HALF_A_PERCENT} ", "best", 45, 100),
    "a rare word": (f"{RARE} ", "newest", None, 80),
    "a word nobody wrote": ("xyzzyx ", "newest", None, 80),
    "a phrase": (f'"{HALF_A_PERCENT} drifts"', "newest", None, 80),
    "a beginning": (HALF_A_PERCENT[:6], "newest", None, 80),
    "a word in 30 %, newest": (f"{THIRTY_PERCENT} ", "newest", None, 100),
    "a word in 30 %, best": (f"{THIRTY_PERCENT} ", "best", None, 100),
    "two words": (f"{HALF_A_PERCENT} {THIRTY_PERCENT} ", "newest", None, 100),
    "a word of long ago": (f"{LONG_AGO} -drifts ", "newest", None, 200),
    "a name": ("member 17", "newest", None, 100),
    "with is:": (f"is:open {HALF_A_PERCENT} ", "newest", None, 120),
    "with from:": (f"from:member12 {THIRTY_PERCENT} ", "newest", None, 120),
    "with source:": (f"source:bench {HALF_A_PERCENT} ", "newest", None, 120),
    "with after:": (f"after:last-month {HALF_A_PERCENT} ", "newest", None, 120),
    "with before:": (f"before:last-month {HALF_A_PERCENT} ", "newest", None, 120),
    "with lang:": (f"lang:en {HALF_A_PERCENT} ", "newest", None, 120),
    "with assignee:": (f"assignee:nobody {HALF_A_PERCENT} ", "newest", None, 120),
    "with stage:": (f"stage:participant {HALF_A_PERCENT} ", "newest", None, 120),
    "with last:": (f"last:>60d {HALF_A_PERCENT} ", "newest", None, 120),
    "with has:": (f"-has:note {HALF_A_PERCENT} ", "newest", None, 120),
    "is:waiting alone": ("is:waiting", "waiting", 18, 50),
    "is:done alone": ("is:done", "newest", 18, 50),
    "from: alone": ("from:member12", "newest", None, 120),
}
QUERIES = 20
SUGGESTED = {"an operator": "is", "a state": "is:o", "a member": "from:member1"}
SUGGESTIONS = 40  # ms, p95
# What is typed to find a past answer; without words those to similar messages are looked for.
ANSWERED = {
    "similar messages": "",
    "a word in 0.5 %": HALF_A_PERCENT,
    "a word in 30 %": THIRTY_PERCENT,
    "a rare word": RARE,
    "a word nobody wrote": "xyzzyx",
    "a word of long ago": LONG_AGO,
}
PAST_ANSWERS = 150  # ms, p95


def searches(user: User, machine: Machine, rounds: int) -> Iterator[Figure]:
    """RuntimeError where a page does not answer 200."""
    client = Client()
    client.force_login(user)
    for name, (text, sort, middle, high) in SEARCHES.items():
        page = {"q": text, "sort": sort}
        p50, p95, queries = timed(_get(client, reverse("conversation-search"), page), rounds)
        scaled = None if middle is None else middle * machine.scale
        yield Figure(f"search, {name}, p50", p50, "ms", scaled)
        yield Figure(f"search, {name}, p95", p95, "ms", high * machine.scale)
        yield Figure(f"search, {name}, queries", queries, "", QUERIES)
    address = reverse("query-suggestions", args=["conversations"])
    for name, text in SUGGESTED.items():
        _p50, p95, _queries = timed(_get(client, address, {"q": text}), rounds)
        yield Figure(f"suggestions, {name}, p95", p95, "ms", SUGGESTIONS * machine.scale)


def past_answers(user: User, source: Source, machine: Machine, rounds: int) -> Iterator[Figure]:
    """Beside one conversation after the other. RuntimeError where it does not answer 200."""
    client = Client()
    client.force_login(user)
    talks = Conversation.objects.filter(source=source, state="open").order_by("pk")
    paths = [reverse("past-answers", args=[pk]) for pk in talks.values_list("pk", flat=True)[:LONG]]
    for name, words in ANSWERED.items():

        def get(number: int, words: str = words) -> None:
            _get(client, paths[number % len(paths)], {"words": words})(number)

        p50, p95, queries = timed(get, rounds)
        yield Figure(f"past answers, {name}, p50", p50, "ms")
        yield Figure(f"past answers, {name}, p95", p95, "ms", PAST_ANSWERS * machine.scale)
        yield Figure(f"past answers, {name}, queries", queries, "", 14)


def _get(client: Client, address: str, query: dict[str, str]) -> Any:
    def get(_number: int) -> None:
        response = client.get(address, query)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code} to {query}")

    return get
