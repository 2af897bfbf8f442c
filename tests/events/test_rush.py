"""Two hundred people want twenty seats in the same second: over HTTP, with two real processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from django.db import connection

from events import rsvp
from events.models import Attendance, Event, Notice, PendingAnswer
from members.models import Member
from tests.make import make_event
from tests.start.running import free_port

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, SEATS = 200, 20


@contextmanager
def two_processes() -> Iterator[str]:
    """The hub's web server on the database of this test."""
    port = free_port()
    words = ["-m", "community_hub.runtime.serve", "--port", str(port), "--workers", "2"]
    name = quote(connection.settings_dict["NAME"])
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    server = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/e/", server)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        assert server.poll() is None, "the server ended"
        assert time.monotonic() < until, "the server does not answer"
        time.sleep(0.1)


async def at_once(addresses: list[str]) -> list[httpx.Response]:
    """All are sent before one is answered."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=200) as client:
        return await asyncio.gather(*(client.post(address) for address in addresses))


def ask_all(event: Event) -> list[str]:
    """Paths of the links that everybody got by mail."""
    PendingAnswer.objects.bulk_create(
        PendingAnswer(event=event, email=f"p{n}@example.org", name=f"Person {n}", wanted="going")
        for n in range(PEOPLE)
    )
    return [f"/e/confirm/{rsvp.token_of(row)}/" for row in PendingAnswer.objects.all()]


@pytest.mark.django_db(transaction=True)
def test_twenty_of_two_hundred_get_a_seat_and_the_others_wait_in_order():
    event = make_event(capacity=SEATS)
    links = ask_all(event)
    with two_processes() as url:
        answers = asyncio.run(at_once([url + link for link in links]))
        assert {answer.status_code for answer in answers} == {302}
        rows = Attendance.objects.filter(event=event)
        going = list(rows.filter(answer="going").order_by("pk"))
        waiting = list(rows.waiting_longest_first())
        assert (len(going), len(waiting)) == (SEATS, PEOPLE - SEATS)
        # Rows are made under the lock, so their ids are its order.
        assert [row.pk for row in waiting] == sorted(row.pk for row in waiting)
        assert going[-1].pk < waiting[0].pk, "nobody who came later has a seat"
        assert Member.objects.count() == Notice.objects.count() == PEOPLE

        gone = going[3]
        answer = httpx.post(f"{url}/e/mine/{gone.token}/", data={"wanted": "declined"}, timeout=30)
        assert answer.status_code == 302
    gone.refresh_from_db()
    assert gone.answer == "declined"
    now_going = set(rows.filter(answer="going").values_list("pk", flat=True))
    assert now_going == {row.pk for row in going if row != gone} | {waiting[0].pk}
    assert Notice.objects.get(kind="seat").attendance == waiting[0]
    assert [row.pk for row in rows.waiting_longest_first()] == [row.pk for row in waiting[1:]]
