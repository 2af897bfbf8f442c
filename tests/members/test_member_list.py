"""The list of members."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from community_hub.lib.search_text import search_text
from members import verbs as member_verbs
from members.columns import COLUMNS
from members.listing import SORTS, MemberListing
from members.models import Identity, Member, Sighting, Tag
from members.rows import page_of
from tests.make import make_identity, make_line, make_member, make_source, one_line


def crowd(count: int) -> None:
    now = timezone.now()
    for number in range(count):
        member = make_member(f"Person {number:03}", last_seen=now - timedelta(minutes=number // 3))
        make_identity(member, handle=f"handle{number:03}")
        member_verbs.tag(member, f"tag {number % 5}", by=None)


def names(answer) -> list[str]:
    return [row.name for row in answer.context["listing"].rows]


def test_newest_seen_first_page_by_page_without_gap_or_repeat(client, olga):
    crowd(100)
    client.force_login(olga)
    seen, query = [], {}
    while True:
        answer = client.get("/members/", query)
        seen += names(answer)
        if not answer.context["listing"].more:
            break
        query = {"before": answer.context["listing"].more}
    assert len(seen) == len(set(seen)) == 100
    assert seen[0] in {"Person 000", "Person 001", "Person 002"}
    assert seen[-1] == "Person 099"


def test_the_beginnings_of_words_in_a_name_or_handle_find_them(client, olga):
    crowd(5)
    client.force_login(olga)
    assert names(client.get("/members/", {"q": "003 pers"})) == ["Person 003"]
    assert names(client.get("/members/", {"q": "@HANDLE004"})) == ["Person 004"]
    nobody = client.get("/members/", {"q": "100%_\x00"})
    assert names(nobody) == []
    assert "No matching members" in nobody.content.decode()


def test_a_stage_narrows_the_list(client, olga, bob):
    crowd(4)
    champion = make_member("Petra", last_seen=timezone.now(), stage="champion")
    client.force_login(olga)
    assert names(client.get("/members/", {"stage": "champion"})) == [champion.name]
    assert len(names(client.get("/members/", {"stage": "no such stage"}))) == 5


def test_our_own_accounts_and_the_erased_are_not_listed(client, olga):
    now = timezone.now()
    make_identity(make_member("The hub", last_seen=now), is_us=True)
    make_member("Erased", last_seen=now, erased_at=now)
    client.force_login(olga)
    answer = client.get("/members/")
    assert names(answer) == []
    assert "No members yet" in answer.content.decode()


def test_typing_in_the_box_brings_the_list_alone(client, olga):
    crowd(2)
    client.force_login(olga)
    headers = {"HX-Request": "true", "HX-Target": "members"}
    answer = client.get("/members/", {"q": "person"}, headers=headers)
    assert "<html" not in answer.content.decode()
    assert 'id="members"' in answer.content.decode()


def test_as_many_queries_with_thirty_rows_as_with_three(
    client, carol, django_assert_max_num_queries
):
    client.force_login(carol)
    counts = []
    for more in (3, 27):
        crowd(more)
        with django_assert_max_num_queries(12) as captured:
            assert client.get("/members/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Orders and columns ------------------------------------------------------------------------------


def mixed_crowd() -> None:
    """Names that repeat, that are missing, in capitals; dates that repeat, and that are missing."""
    now = timezone.now()
    rows = []
    for number in range(60):
        name = ["", "ada", "Ada", "Zoë", "zoe", "Änne", "a_1", "北川"][number % 8]
        day = now - timedelta(days=number // 5)
        first, contact = (day if number % 3 else None), (day if number % 4 == 0 else None)
        rows.append(Member(name=name, last_seen=day, first_seen=first, last_contact_at=contact))
    Member.objects.bulk_create(rows)


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
EXPECTED = {
    "seen": lambda row: row.last_seen,
    "first": lambda row: row.first_seen or LONG_AGO,
    "contact": lambda row: row.last_contact_at or LONG_AGO,
    "name": lambda row: search_text(row.name).strip().lower(),
}


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_walked_through_without_gap_or_repeat(client, olga, sort):
    mixed_crowd()
    client.force_login(olga)
    seen, query = [], {"sort": sort}
    while True:
        listing = client.get("/members/", query).context["listing"]
        seen += listing.rows
        if not listing.more:
            break
        query["before"] = listing.more
    assert len({row.pk for row in seen}) == len(seen) == 60
    values = list(map(EXPECTED[sort.removeprefix("-")], seen))
    if sort.startswith("-"):
        values.reverse()
    assert values == sorted(values)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("query", ["", "a", "contact:>3d", "-network:elsewhere"])
def test_who_may_not_see_every_source_walks_through_the_same_rows_in_parts(
    client, bob, sort, query
):
    """As one query finds them: with members of a hidden source alone, and of others beside it."""
    mixed_crowd()
    closed = make_source(restricted=True)
    sightings = []
    for number, row in enumerate(Member.objects.all()):
        for scope in [closed.scope] * (number % 2) + ["source:0"] * (number % 3):
            account = Identity(
                member=row,
                network="here" if number % 4 else "elsewhere",
                external_id=f"person-{len(sightings)}",
                handle=f"{row.name or 'nobody'}{len(sightings)}".lower(),
                display_name=row.name,
            )
            day = row.last_seen - timedelta(hours=number)
            sightings.append(Sighting(identity=account, scope=scope, first_seen=day, last_seen=day))
        if number % 7 == 0:
            make_line(row, kind="reply", scope=closed.scope, occurred_at=row.last_seen)
    Identity.objects.bulk_create(sighting.identity for sighting in sightings)
    Sighting.objects.bulk_create(sightings)
    wanted = MemberListing(query, sort=sort)
    whole = list(wanted.found(bob).order_by(*wanted.order.fields).values_list("pk", flat=True))
    assert 0 < len(whole) < 60
    assert [wanted.count(bob, cap) for cap in (3, 1_000)] == [3, len(whole)]
    client.force_login(bob)
    seen, address = [], {"q": query, "sort": sort}
    while True:
        listing = client.get("/members/", address).context["listing"]
        seen += [row.pk for row in listing.rows]
        if not listing.more:
            break
        address["before"] = listing.more
    assert seen == whole


@pytest.mark.parametrize("cursor", ["_", "x_1", "_4", "2026_1", "a\x00_3", "9" * 400])
def test_a_cursor_of_another_order_begins_at_the_top_or_somewhere(client, olga, cursor):
    mixed_crowd()
    client.force_login(olga)
    for sort in SORTS:
        assert client.get("/members/", {"sort": sort, "before": cursor}).status_code == 200


def test_names_are_sorted_as_people_read_them(client, olga):
    """Accents, case and signs before a name move nobody; a page begins where the last one ended."""
    names = ["Zoe", "Ángel", "angela", "Émile", "emil", "@fay", "Øyvind", "Olga", "日本", "Straße"]
    for name in names:
        make_identity(make_member(name, last_seen=timezone.now()))
    wanted = ["Ángel", "angela", "emil", "Émile", "@fay", "Olga", "Øyvind", "Straße", "Zoe", "日本"]
    for sort, order in (("name", wanted), ("-name", wanted[::-1])):
        listing = MemberListing(sort=sort)
        found, cursor = [], ""
        while True:
            parts = listing.found_in_parts(olga)
            part = page_of(parts, listing, [], olga, before=cursor, size=3)
            found += [row.name for row in part.rows]
            cursor = part.more
            if not cursor:
                break
        assert found == order


def test_headings_say_the_order_and_lead_to_the_other_one(client, olga):
    crowd(3)
    client.force_login(olga)
    page = one_line(client.get("/members/", {"q": "person", "sort": "name"}).content)
    assert page.count("aria-sort=") == 1
    assert (
        'aria-sort="ascending"><a id="sort-name" href="/members/?q=person&amp;sort=-name"' in page
    )
    assert 'id="sort-seen" href="/members/?q=person"' in page
    assert '<option value="name" selected' in page
    assert "aria-sort=" in client.get("/members/", {"sort": "no such order"}).content.decode()


def test_a_new_order_brings_the_select_along(client, olga):
    crowd(3)
    client.force_login(olga)
    headers = {"HX-Request": "true", "HX-Target": "members"}
    answer = one_line(client.get("/members/", {"sort": "name"}, headers=headers).content)
    assert 'id="member-sort" aria-label="Sort by" hx-swap-oob="true"' in answer
    headers["HX-Target"] = "more-members"
    assert "member-sort" not in client.get("/members/", headers=headers).content.decode()


def test_columns_are_kept_for_each_reader_in_one_order(client, olga, bob):
    crowd(1)
    client.force_login(olga)
    answer = client.post(
        "/members/columns/", {"column": ["place", "first", "nonsense"], "q": "a b"}
    )
    assert answer.url == "/members/?q=a+b"
    olga.refresh_from_db()
    assert olga.prefers("member_columns") == ["first", "place"]
    page = client.get("/members/").content.decode()
    assert 'data-label="First seen"' in page
    assert 'data-label="Tags"' not in page
    client.post("/members/columns/", headers={"HX-Request": "true"})
    assert client.get("/members/").content.decode().count('scope="col"') == 1
    client.force_login(bob)
    assert 'data-label="Tags"' in client.get("/members/").content.decode()


def test_all_columns_take_as_many_queries_with_many_rows_as_with_few(
    client, carol, django_assert_max_num_queries
):
    carol.prefer(member_columns=list(COLUMNS))
    make_source(restricted=True)
    Tag.named("tag 1")
    client.force_login(carol)
    for sort in SORTS:
        counts = []
        for more in (2, 12):
            crowd(more)
            with django_assert_max_num_queries(12) as captured:
                query = {"sort": sort, "q": 'tag:"tag 1" person'}
                assert client.get("/members/", query).context["listing"].rows
            counts.append(len(captured))
        assert counts[0] == counts[1]


def test_dates_and_orders_tell_nothing_of_a_restricted_source(client, lena, bob):
    now, closed = timezone.now(), make_source(restricted=True)
    both = make_member("Both", first_seen=now - timedelta(days=90), last_seen=now)
    account = make_identity(both)
    for scope, first, last in (("source:0", 50, 40), (closed.scope, 90, 0)):
        Sighting.objects.create(
            identity=account, scope=scope,
            first_seen=now - timedelta(days=first), last_seen=now - timedelta(days=last),
        )  # fmt: skip
    make_line(both, kind="reply", scope=closed.scope, occurred_at=now - timedelta(days=1))
    make_line(both, kind="reply", scope="source:0", occurred_at=now - timedelta(days=45))
    other = make_member("Other", last_seen=now - timedelta(days=30),
                        first_seen=now - timedelta(days=60),
                        last_contact_at=now - timedelta(days=30))  # fmt: skip
    make_identity(other)

    def first(user, sort: str) -> str:
        found = MemberListing(sort=sort).found(user)
        return found.order_by(*SORTS[sort].order.fields)[0].name

    first_of = {
        user: {sort: first(user, sort) for sort in ("-seen", "first", "-contact")}
        for user in (lena, bob)
    }
    assert first_of[lena] == {"-seen": "Both", "first": "Both", "-contact": "Both"}
    assert first_of[bob] == {"-seen": "Other", "first": "Other", "-contact": "Other"}
    row = Member.objects.filter(pk=both.pk).with_first_at(bob).with_contact_at(bob).get()
    assert (now - row.first_at).days == 50
    assert (now - row.contact_at).days == 45


def test_the_list_brought_up_to_date_has_as_many_rows_as_were_shown(client, olga):
    crowd(100)
    client.force_login(olga)
    for shown, rows in (("", 40), ("75", 75), ("x", 40), ("99999", 100)):
        assert len(client.get("/members/", {"shown": shown}).context["listing"].rows) == rows
