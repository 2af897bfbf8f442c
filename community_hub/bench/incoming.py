"""The real ingest, beside a raw COPY of the rows it wrote into tables with the same indexes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.utils import timezone

from community_hub.bench.figures import Figure, Machine
from community_hub.bench.fill import word
from inbox.connectors.base import Incoming, Page, Person
from inbox.ingest import message_lines
from inbox.ingest.pipeline import ingest
from inbox.models import Source

BUDGET = 2_000  # messages a second on the reference machine
SHARE = 25  # percent of what COPY takes in, at least
INDEXES = ("inbox_message_search", "inbox_conversation_search")
BY_INDEXES = 1.15  # so much longer may ingest take with them than without
BY_STAGES = 1.05
TURNS = 10
PAGES = 10  # of 100 messages at most, taken in at a time to compare with and without them
TABLES = (
    "members_member", "members_identity", "members_sighting", "members_activity",
    "inbox_channel", "inbox_conversation", "inbox_message",
)  # fmt: skip


def incoming(source: Source, machine: Machine, *, messages: int) -> Iterator[Figure]:
    """Pages of 100, threads of five, a third of the people new."""
    run = f"{time.time_ns():x}"  # a kept database has the messages of earlier runs
    made = [_page(run, start) for start in range(0, messages, 100)]
    ingest(source, _page(run, -100))
    before = {table: _last(table) for table in TABLES}
    begun = time.perf_counter()
    for page in made:
        ingest(source, page)
    rate = messages / (time.perf_counter() - begun)
    yield Figure("ingest", rate, "messages/s", BUDGET / machine.scale, at_least=True)
    copied = messages / _copy(before)
    yield Figure("COPY of the same rows", copied, "messages/s")
    yield Figure("ingest, of that COPY", 100 * rate / copied, "%", SHARE, at_least=True)
    pages = min(PAGES, len(made))
    longer = _times_as_long(source, run, pages, without=_no_indexes, finish=_entries_written)
    yield Figure("ingest, with the search indexes to without", longer, "times", BY_INDEXES)
    longer = _times_as_long(source, run, pages, without=_no_stages)
    yield Figure("ingest, with stages to without", longer, "times", BY_STAGES)


def _times_as_long(
    source: Source,
    run: str,
    pages: int,
    *,
    without: Callable[[], AbstractContextManager[Any]],
    finish: Callable[[], None] = lambda: None,
) -> float:
    """How many times as long ingest takes with something as without it: the quickest of some rounds
    of each, in turn. All are rolled back. `finish`: what it would do later, which counts too."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(TURNS):
        has_it = turn % 2 == 0
        made = [_page(f"{run}{turn}", number * 100) for number in range(pages)]
        with transaction.atomic(), nullcontext() if has_it else without():
            begun = time.perf_counter()
            for page in made:
                ingest(source, page)
            if has_it:
                finish()
            seconds[has_it].append(time.perf_counter() - begun)
            transaction.set_rollback(True)
    return min(seconds[True]) / min(seconds[False])


@contextmanager
def _no_indexes() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"drop index {', '.join(INDEXES)}")
    yield


def _entries_written() -> None:
    """As when the list of pending entries is full."""
    with connection.cursor() as cursor:
        for index in INDEXES:
            cursor.execute("select gin_clean_pending_list(%s)", [index])


def _no_stages() -> AbstractContextManager[Any]:
    return patch.object(message_lines, "promote", lambda _members: [])


def _copy(before: dict[str, int]) -> float:
    """Seconds that it takes to COPY the rows after `before` into their own tables, with the same
    indexes and checks: they are taken out, and put back as they were."""
    with transaction.atomic(), connection.cursor() as cursor:
        rows = {table: _taken_out(cursor, table, last) for table, last in before.items()}
        for table, last in before.items():
            cursor.execute(f"delete from {table} where id > {last}")  # noqa: S608 - our own words
        begun = time.perf_counter()
        for table, data in rows.items():
            with cursor.copy(f"copy {table} ({_columns(cursor, table)}) from stdin") as into:
                into.write(data)
        cursor.execute("set constraints all immediate")
        return time.perf_counter() - begun


def _taken_out(cursor: Any, table: str, last: int) -> bytes:
    select = f"select {_columns(cursor, table)} from {table} where id > {last}"  # noqa: S608 - ours
    with cursor.copy(f"copy ({select}) to stdout") as out:
        return b"".join(bytes(part) for part in out)


def _columns(cursor: Any, table: str) -> str:
    """All but those that the database makes itself."""
    cursor.execute(
        "select quote_ident(column_name) from information_schema.columns"
        " where table_name = %s and is_generated = 'NEVER' order by ordinal_position",
        [table],
    )
    return ", ".join(name for (name,) in cursor.fetchall())


def _last(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select coalesce(max(id), 0) from {table}")  # noqa: S608 - our own words
        return int(cursor.fetchone()[0])


def _page(run: str, start: int) -> Page:
    chance = random.Random(start)  # noqa: S311 - the same pages each time, no secret
    items = []
    for number in range(start, start + 100):
        root = number - number % 5
        who = f"{run[:-6] if chance.random() < 0.67 else run}-{chance.randint(0, 2_000)}"
        items.append(
            Incoming(
                external_id=f"{run}-{number}",
                thread_id=f"{run}-thread-{root}",
                thread_title=f"Thread {root}",
                parent_id="" if number == root else f"{run}-{root}",
                created_at=timezone.now() - timedelta(seconds=60),
                author=Person(f"in-{who}", "sandbox:bench", f"in{who}", f"Person {who}"),
                body=f"<p>{' '.join(word(chance) for _each in range(40))}</p>",
                channel_id=f"channel-{root % 7}",
                channel_name=f"Channel {root % 7}",
                version="1",
                is_root=number == root,
            )
        )
    return Page(items=items, cursor={"at": start})
