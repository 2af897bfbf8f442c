"""Events: pages over thousands of people, an answer at a rush, a calendar that is read in, and the
public page through the web server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community_hub.bench.figures import Figure, Machine, middle_and_high
from community_hub.bench.pages import timed
from community_hub.bench.served import ask, server, visit
from events import feed_pull, rsvp
from events.invitations import MAIL
from events.models import Event, Feed, Invitation, InvitationState, State, Visibility
from events.verbs import inviting
from team.models import User

TITLE, RUSHED, OPEN = "Bench congress", "Bench rush", "Bench open day"
PEOPLE = 5_000  # of the first
EVENTS = 500  # in a month
ENTRIES = 1_000  # of a calendar that is imported
BUDGET = 80  # ms, p95 of a page
QUERIES = 12
CLIENTS = 8
CONFIRMED = 50  # ms, p95 at so many clients
IMPORTED = INVITED = 5  # seconds
WARM = 5  # answers of each client that are not counted
A_SECOND = 300  # requests for the public page, of two processes

_PEOPLE = """
    with made as (
        insert into members_member (name, pronouns, place, timezone, languages, stage, stage_pinned,
            is_bot, do_not_contact, first_seen, last_seen)
        select 'Guest ' || n, '', '', '', '[]', 'visitor', false, false, false, now(), now()
        from generate_series(1, %(people)s) n
        returning id
    ), addresses as (
        insert into members_identity (member_id, network, external_id, handle, display_name,
            profile_url, avatar_url, bio, email, links, is_us, created_at)
        select id, 'email', 'guest-' || id || '@bench.example', '', '', '', '', '',
            'guest-' || id || '@bench.example', '[]', false, now()
        from made
    )
    insert into events_attendance (event_id, member_id, answer, role, origin, guests, answered_at,
        waiting_since, checked_in_at, helper, code, token, created_at)
    select %(event)s, id, case when id %% 10 = 0 then 'waiting' else 'going' end, 'attendee',
        'page', id %% 2, now(), case when id %% 10 = 0 then now() end,
        case when id %% 3 = 0 and id %% 10 > 0 then now() end, '', 'B' || id, 'bench-' || id, now()
    from made
"""


def happenings(
    user: User, machine: Machine, rounds: int, *, http: bool, seconds: float
) -> Iterator[Figure]:
    """RuntimeError where a page does not answer 200. `http`: through the web server too."""
    event = fill_events(user)
    yield from _pages(user, event, machine, rounds)
    yield from confirmations(rounds)
    yield invited(user, machine)
    yield imported(user, machine)
    if http:
        yield from _served(machine, rounds, seconds)


def fill_events(user: User) -> Event:
    """Those that are looked at, unless they are there; the one that PEOPLE come to."""
    there = Event.objects.filter(title=TITLE).first()
    if there:
        return there
    now = timezone.now()
    first = now.replace(day=1, hour=9, minute=0)
    Event.objects.bulk_create(
        _event(f"Bench {number}", first + timedelta(minutes=80 * number), user)
        for number in range(EVENTS)
    )
    there = _event(TITLE, now - timedelta(minutes=10), user)
    there.capacity = 2 * PEOPLE
    there.save()
    for title in (RUSHED, OPEN):
        _event(title, now + timedelta(days=40), user).save()
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"people": PEOPLE, "event": there.pk})
        cursor.execute("analyze")
    return there


def confirmations(rounds: int) -> Iterator[Figure]:
    """One link after the other, of people who were not known before."""
    links = iter(_asked(rounds + 3))
    client = Client()

    def confirm(_n: int) -> None:
        status = client.post(next(links)).status_code
        if status != 302:
            raise RuntimeError(f"a confirmation answered {status}")

    p50, p95, queries = timed(confirm, rounds)
    yield Figure("RSVP confirmed, p50", p50, "ms")
    yield Figure("RSVP confirmed, p95", p95, "ms")
    yield Figure("RSVP confirmed, queries", queries, "")


def confirmed_at_once(port: int, machine: Machine, rounds: int) -> Iterator[Figure]:
    """The same through the web server, each of the clients over a connection of its own."""
    each = max(rounds // CLIENTS, 2) + WARM
    links = _asked(CLIENTS * each)
    took: list[float] = []
    errors: list[Exception] = []

    def go(mine: list[str]) -> None:
        try:
            with socket.create_connection(("127.0.0.1", port), 30) as client:
                times = [ask(client, path, {}, "POST", 302)[0] for path in mine]
                took.extend(times[WARM:])
        except (OSError, RuntimeError) as error:
            errors.append(error)

    threads = [threading.Thread(target=go, args=(links[n::CLIENTS],)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    p50, p95 = middle_and_high(took)
    name = f"http, {CLIENTS} at once, RSVP confirmed"
    yield Figure(f"{name}, p50", p50, "ms")
    yield Figure(f"{name}, p95", p95, "ms", CONFIRMED * machine.scale)


def invited(user: User, machine: Machine) -> Figure:
    """Everybody of the event that PEOPLE come to, to another one."""
    event = _event("Bench invitation", timezone.now() + timedelta(days=50), user)
    event.save()
    begun = time.perf_counter()
    inviting.start(event, f'event:"{TITLE}"', "Hello", MAIL, by=user)
    took = time.perf_counter() - begun
    queued = Invitation.objects.filter(run__event=event, state=InvitationState.QUEUED).count()
    if queued != PEOPLE:
        raise RuntimeError(f"{queued} of {PEOPLE} invitations were queued")
    return Figure(f"{PEOPLE:,} invitations queued", took, "s", INVITED * machine.scale)


def imported(user: User, machine: Machine) -> Figure:
    """A file of so many events that nobody has read before."""
    feed, now = Feed.objects.create(name="Bench", created_by=user), timezone.now()
    begun = time.perf_counter()
    said, _result = feed_pull.read_into(feed, calendar(feed.pk), now=now)
    took = time.perf_counter() - begun
    if said["added"] != ENTRIES:
        raise RuntimeError(f"{said['added']} of {ENTRIES} events were read")
    name = f"import of a calendar of {ENTRIES:,} events"
    return Figure(name, took, "s", IMPORTED * machine.scale)


def calendar(number: int) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN"]
    first = timezone.now() + timedelta(days=2)
    for each in range(ENTRIES):
        begin = first + timedelta(hours=6 * each)
        end = begin + timedelta(hours=2)
        lines += [
            "BEGIN:VEVENT", f"UID:bench-{number}-{each}", f"DTSTAMP:{first:%Y%m%dT%H%M%SZ}",
            f"DTSTART:{begin:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:Talk {each}", "LOCATION:Hall 3", "DESCRIPTION:About clocks",
            "END:VEVENT",
        ]  # fmt: skip
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


# Below --------------------------------------------------------------------------------------------


def _event(title: str, starts_at: datetime, user: User) -> Event:
    return Event(
        title=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), timezone="UTC",
        state=State.PUBLISHED, published_at=timezone.now(), visibility=Visibility.PUBLIC, host=user,
        created_by=user, venue="Hall 3",
    )  # fmt: skip


def _asked(number: int) -> list[str]:
    """Addresses of the pages that so many mails lead to."""
    event = Event.objects.get(title=RUSHED)
    salt = time.time_ns()  # a kept database knows those of the last run
    said = [rsvp.Said("Mara", f"{salt}-{n}@bench.example", "going") for n in range(number)]
    tokens = [rsvp.token_of(rsvp.ask(event, each)) for each in said]
    return [reverse("event-confirmation", args=[token]) for token in tokens]


def _pages(user: User, event: Event, machine: Machine, rounds: int) -> Iterator[Figure]:
    client = Client()
    client.force_login(user)
    shown = {
        f"event of {PEOPLE:,}": reverse("event", args=[event.pk]),
        f"check-in list of {PEOPLE:,}": reverse("check-in", args=[event.pk]),
        f"calendar of {EVENTS} events": reverse("events") + "?show=month&when=all",
    }
    for name, address in shown.items():

        def get(_n: int, address: str = address) -> None:
            status = client.get(address).status_code
            if status != 200:
                raise RuntimeError(f"{address} answered {status}")

        p50, p95, queries = timed(get, rounds)
        yield Figure(f"{name}, p50", p50, "ms")
        yield Figure(f"{name}, p95", p95, "ms", BUDGET * machine.scale)
        yield Figure(f"{name}, queries", queries, "", QUERIES)


def _served(machine: Machine, rounds: int, seconds: float) -> Iterator[Figure]:
    address = reverse("public-event", args=[Event.objects.get(title=OPEN).slug])
    with server() as (port, _process):
        visits = visit(port, [address], {}, CLIENTS, seconds)
        yield from confirmed_at_once(port, machine, rounds)
    p50, p95 = middle_and_high(visits.took)
    name = f"http, {CLIENTS} at once, public event"
    yield Figure(f"{name}, p50", p50, "ms")
    yield Figure(f"{name}, p95", p95, "ms")
    rate = len(visits.took) / seconds
    yield Figure(f"{name}, rate", rate, "requests/s", A_SECOND / machine.scale, at_least=True)
