"""The views in the navigation and how many rows they have, for each reader what they may see."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community_hub.lib.query import Language
from inbox.verbs import sources
from members import tag_verbs, verbs
from members.models import Sighting, Tag
from team import listings, view_counts
from tests.make import (
    make_conversation,
    make_identity,
    make_member,
    make_message,
    make_source,
    make_view,
    one_line,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()


@pytest.fixture
def slow(monkeypatch):
    """A list that is counted by the database sleeping as many ms as the query says."""
    monkeypatch.setattr(listings, "_listings", dict(listings._listings))

    def count(user, text, cap):
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(%s)", [int(text) / 1000])
        return 7

    listings.register(
        listings.ListKind(
            kind="slow",
            label="Slow",
            icon="clock",
            page="members",
            language=Language("slow"),
            orders={"newest": "Newest"},
            count=count,
        )
    )


@pytest.fixture(autouse=True)
def a_busy_machine_is_waited_for(monkeypatch):
    """What one request has no time for is counted by the next; here all is counted at once."""
    monkeypatch.setattr(view_counts, "PATIENCE", 60)


def numbers(user) -> dict[str, int | None]:
    views = view_counts.in_navigation(user)
    counts, _complete = view_counts.brought_up_to_date(user, views, age=0)
    return {view.name: counts[view.pk].number for view in views if view.pk in counts}


def seen(name: str, **fields):
    return make_member(name, last_seen=timezone.now(), **fields)


def test_ones_own_come_first_in_their_order_then_those_of_colleagues_by_name(bob, lena, olga):
    for number, name in enumerate(["Zebra", "ant", "Bear"]):
        make_view(bob, name, position=number)
        make_view(lena, f"lena's {name}", position=number, shared=name != "ant")
    make_view(olga, "shared by olga", shared=True)
    assert [view.name for view in view_counts.in_navigation(bob)] == [
        "Zebra", "ant", "Bear", "lena's Bear", "lena's Zebra", "shared by olga",
    ]  # fmt: skip


def test_a_page_shows_what_was_counted_lately_and_asks_for_the_rest(bob):
    seen("Ada", stage="champion")
    make_view(bob, "Champions", text="stage:champion")
    client = signed_in(bob)
    first = nav_of(client.get("/members/"))
    assert "Champions" in first
    assert 'hx-trigger="load,' in first
    assert 'class="count"' not in first
    fragment = client.get("/views/navigation/").content.decode()
    assert 'class="count">1<' in fragment
    assert "load," not in fragment
    second = nav_of(client.get("/members/"))
    assert 'class="count">1<' in second
    assert "load," not in second


def test_a_count_stops_at_99_and_more(bob):
    for number in range(105):
        seen(f"Person {number}")
    make_view(bob, "Everybody")
    assert numbers(bob) == {"Everybody": view_counts.CAP}
    assert "99+" in signed_in(bob).get("/views/navigation/").content.decode()


def test_each_reader_counts_what_they_may_see(bob, lena):
    closed = make_source(restricted=True)
    hidden = seen("Hidden", stage="champion")
    identity = make_identity(hidden)
    Sighting.objects.create(
        identity=identity,
        scope=closed.scope,
        first_seen=timezone.now() - timedelta(days=1),
        last_seen=timezone.now(),
    )
    make_view(lena, "Champions", text="stage:champion", shared=True)
    assert numbers(lena) == {"Champions": 1}
    assert numbers(bob) == {"Champions": 0}
    assert 'class="count"' not in signed_in(bob).get("/views/navigation/").content.decode()


def test_a_view_of_which_a_part_is_gone_has_a_mark_and_no_number(bob):
    tag = Tag.named("bug")
    verbs.tag(seen("Ada"), "bug", by=None)
    make_view(bob, "Bugs", text="tag:bug")
    tag_verbs.delete(tag, by=bob)
    said = signed_in(bob).get("/views/navigation/").content.decode()
    assert "A part of this view’s query is gone" in said
    assert 'class="count"' not in said


@pytest.fixture
def exact_clock(monkeypatch, slow):
    """A list of which each count takes exactly as many ms as the query says, by the clock that
    view_counts reads, however busy the machine is."""
    now = 0.0

    def count(user, text, cap):
        nonlocal now
        now += int(text) / 1000
        return 7

    monkeypatch.setattr(view_counts, "PATIENCE", 0.25)
    monkeypatch.setattr(view_counts, "monotonic", lambda: now)
    slow_list = listings._listings["slow"]
    monkeypatch.setitem(listings._listings, "slow", replace(slow_list, count=count))


def test_counts_that_take_long_are_left_for_the_next_request_and_then_done(bob, exact_clock):
    for number in range(4):
        make_view(bob, f"slow {number}", kind="slow", text=str(100 + number), position=number)
    client = signed_in(bob)
    first = client.get("/views/navigation/")
    assert "hub:more-counts" in first.headers["HX-Trigger-After-Settle"]
    assert first.content.decode().count('class="count"') == 3
    second = client.get("/views/navigation/")
    assert "HX-Trigger-After-Settle" not in second.headers
    assert second.content.decode().count('class="count"') == 4


def test_a_count_over_its_time_is_given_up_and_others_are_shown(bob, slow):
    make_view(bob, "endless", kind="slow", text="5000", position=1)
    make_view(bob, "quick", kind="slow", text="1", position=2)
    usual = timeout()
    client = signed_in(bob)
    client.get("/views/navigation/")
    begun = time.monotonic()
    said = client.get("/views/navigation/").content.decode()
    assert said.count('class="count">7<') == 1
    assert time.monotonic() - begun < 0.3  # the endless one is not tried again
    assert timeout() == usual


def test_what_is_dear_to_count_rests_longer():
    now = time.time()
    cheap, dear = view_counts.Count(1, now - 5, 0.002), view_counts.Count(1, now - 5, 0.1)
    assert not cheap.is_younger(view_counts.AT_ONCE)
    assert dear.is_younger(view_counts.AT_ONCE)
    assert dear.rest == pytest.approx(40)


def test_so_many_are_shown_and_counted_and_no_more(bob, lena, monkeypatch):
    monkeypatch.setattr(view_counts, "MOST_SHOWN", 3)
    monkeypatch.setattr(view_counts, "MOST_COUNTED", 4)
    for number in range(5):
        make_view(bob, f"own {number}", position=number)
        make_view(lena, f"shared {number}", shared=True)
    shown = view_counts.in_navigation(bob)
    assert [view.name for view in shown] == [
        "own 0", "own 1", "own 2", "shared 0", "shared 1", "shared 2",
    ]  # fmt: skip
    assert len(numbers(bob)) == 4


def test_the_navigation_costs_a_page_one_query_with_many_views_as_with_one(bob, lena):
    client, counts = signed_in(bob), []
    make_view(bob)
    client.get("/members/")
    for more in (0, 15):
        for _number in range(more):
            make_view(lena, shared=True)
            make_view(bob)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/members/")
        counts.append(sum("team_savedquery" in query["sql"] for query in captured))
    assert counts == [1, 1]


def test_lists_that_come_anew_bring_the_folders_and_leave_the_views(bob):
    make_view(bob, "Champions")
    part = {"HX-Request": "true", "HX-Target": "rows"}
    answer = signed_in(bob).get("/inbox/needs-reply/", headers=part).content.decode()
    assert '<div id="nav-views" data-keep></div>' in answer
    assert "Champions" not in answer


def test_the_view_that_is_open_is_the_current_page(bob):
    view = make_view(bob, "Champions")
    nav = nav_of(signed_in(bob).get(f"/members/?view={view.pk}"))
    assert nav.count('aria-current="page"') == 1
    assert 'aria-current="page"' in nav.partition(f"/members/?view={view.pk}")[2][:60]


def test_what_is_closed_to_a_reader_is_in_no_number_that_was_kept(
    alice, bob, django_capture_on_commit_callbacks
):
    source, view = make_source(), make_view(bob, kind="conversations", text="is:open")
    make_message(make_conversation(source), "clock")
    client = signed_in(bob)
    assert 'class="count">1<' in client.get("/views/navigation/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        restricted = sources.restrict(source, [], by=alice)
    assert 'class="count"' not in nav_of(client.get("/members/"))
    assert numbers(bob) == {view.name: 0}
    with django_capture_on_commit_callbacks(execute=True):
        restricted.undo(by=alice)
    assert view_counts.known(bob, view_counts.in_navigation(bob)) == {}
    assert numbers(bob) == {view.name: 1}


def test_what_was_being_counted_while_a_source_was_closed_is_not_shown(bob, monkeypatch, slow):
    make_view(bob, kind="slow", text="1")

    def count(user, text, cap):
        view_counts.forget()
        return 7

    slow_list = listings._listings["slow"]
    monkeypatch.setitem(listings._listings, "slow", replace(slow_list, count=count))
    numbers(bob)
    assert view_counts.known(bob, view_counts.in_navigation(bob)) == {}


def test_a_count_that_was_cut_short_says_so(bob, monkeypatch, slow):
    make_view(bob, kind="slow", text="1")

    def count(user, text, cap):
        raise listings.CutShort(34)

    slow_list = listings._listings["slow"]
    monkeypatch.setitem(listings._listings, "slow", replace(slow_list, count=count))
    said = one_line(signed_in(bob).get("/views/navigation/").content)
    assert 'title="There may be more" >34+<' in said


def test_the_number_of_the_view_that_is_open_is_that_of_its_rows(bob, monkeypatch):
    """However dear it is to count; the others rest."""
    opened = make_view(bob, "Champions", text="stage:champion")
    other = make_view(bob, "Visitors", text="stage:visitor")
    monkeypatch.setattr(view_counts, "_number", lambda user, listing, text: (number, False))
    monkeypatch.setattr(view_counts.time, "perf_counter", iter(range(100)).__next__)
    now = time.time()
    monkeypatch.setattr(view_counts.time, "time", lambda: now)
    number = 34
    client, here = signed_in(bob), f"http://testserver/members/?view={opened.pk}"
    htmx = {"HX-Request": "true", "HX-Current-URL": here}
    assert client.get("/views/navigation/", headers=htmx).content.decode().count(">34<") == 2
    number, now = 39, now + 25
    assert 'hx-trigger="load,' in nav_of(client.get(f"/members/?view={opened.pk}"))
    said = client.get("/views/navigation/", headers=htmx).content.decode()
    assert [">39<" in row_of(view, said) for view in (opened, other)] == [True, False]


# Below -------------------------------------------------------------------------------------------


def nav_of(answer) -> str:
    """The navigation, without the folders and the sources."""
    return answer.content.decode().partition('id="nav-views"')[2].partition("<footer")[0]


def row_of(view, said: str) -> str:
    return said.partition(f'id="nav-view-{view.pk}"')[2].partition("</li>")[0]


def timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        return cursor.fetchone()[0]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client
