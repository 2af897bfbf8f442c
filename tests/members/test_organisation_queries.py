"""Asking the list of members where they are, its column, and both in an export."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from community_hub.lib.query import Mistake, complete
from members import affiliation_verbs, exports, filters, organisation_verbs
from members.follow_ups import today
from members.listing import MemberListing
from members.models import Affiliation, Member, Organisation
from team.models import Export
from tests.make import make_member, make_source, one_line, run_jobs

from .organisations import at, seen_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(bob) -> None:
    for name in ("Ada", "Ben", "Cleo", "Dora"):
        make_member(name, last_seen=timezone.now())
    ada, ben, cleo, _dora = Member.objects.order_by("pk")
    at(ada, "Polyphon Labs", bob, role="Developer", since="2024")
    at(ada, "Werk 2", bob)
    at(ben, "Polyphon Labs", bob, until="2020")
    at(cleo, "Polyphon Labs", bob, until=str(today() + timedelta(days=1)))


def ask(user, text: str) -> list[str]:
    found = Member.objects.visible_to(user).with_seen_at(user)
    return sorted(filters.apply(found, text, user).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('org:"Polyphon Labs"', ["Ada", "Cleo"]),
        ('org:"POLYPHON labs"', ["Ada", "Cleo"]),
        ('-org:"Polyphon Labs"', ["Ben", "Dora"]),
        ('org:"werk 2" org:"polyphon labs"', ["Ada"]),
        ("org:any", ["Ada", "Cleo"]),
        ("org:NONE", ["Ben", "Dora"]),
        ("-org:none", ["Ada", "Cleo"]),
    ],
)
def test_members_are_found_by_where_they_are_now(people, bob, text, names):
    assert ask(bob, text) == names


def test_one_that_ends_today_has_ended(people, bob):
    row = Affiliation.objects.get(member__name="Cleo")
    affiliation_verbs.end(row, by=bob)
    assert ask(bob, 'org:"polyphon labs"') == ["Ada"]


def test_removed_affiliations_and_organisations_find_nobody(people, bob):
    affiliation_verbs.remove(Affiliation.objects.get(member__name="Cleo"), by=bob)
    assert ask(bob, "org:any") == ["Ada"]
    for there in Organisation.objects.all():
        organisation_verbs.delete(there, by=bob)
    assert ask(bob, "org:none") == ["Ada", "Ben", "Cleo", "Dora"]
    with pytest.raises(Mistake, match="There’s no organisation"):
        ask(bob, 'org:"werk 2"')


def test_a_name_that_there_is_not_is_told_with_one_that_is_like_it(people, bob):
    with pytest.raises(Mistake, match="Did you mean “Polyphon Labs”") as mistake:
        ask(bob, "org:polyphon")
    assert mistake.value.corrected == 'org:"Polyphon Labs"'


def test_what_only_hidden_members_have_is_not_there_for_others(people, bob, lena):
    hidden = seen_in(make_source(restricted=True), "Hidden")
    at(hidden, "Secret Service", lena)
    at(hidden, "Werk 2", lena)
    assert ask(lena, 'org:"secret service"') == ["Hidden"]
    assert ask(lena, 'org:"werk 2"') == ["Ada", "Hidden"]
    assert ask(bob, 'org:"werk 2"') == ["Ada"]
    with pytest.raises(Mistake, match="There’s no organisation “secret service”") as mistake:
        ask(bob, 'org:"secret service"')
    assert "Secret Service" not in str(mistake.value.sentence)
    assert offered(bob, "org:sec") == []
    assert offered(lena, "org:sec") == ['"Secret Service"']


def test_names_are_completed(people, bob):
    assert offered(bob, "org:p") == ['"Polyphon Labs"']
    assert offered(bob, "org:") == ['"Polyphon Labs"', '"Werk 2"', "any", "none"]
    assert offered(bob, "org:n") == ["none"]


def test_the_help_has_an_example_that_finds_something(people, client, bob):
    (row,) = [row for row in filters.PEOPLE.help(bob) if row.name == "org"]
    assert row.example == 'org:"Polyphon Labs"'
    Organisation.objects.all().delete()
    (row,) = [row for row in filters.PEOPLE.help(bob) if row.name == "org"]
    filters.PEOPLE.parse(row.example)


def test_the_column_says_where_they_are_now(people, client, bob):
    client.force_login(bob)
    answer = client.get("/members/", {"columns": "organisations", "sort": "name"})
    text = one_line(answer.content)
    row = text.split(">Ada<")[1].split("</tr>")[0]
    assert "Developer at Polyphon Labs" in row
    assert "Werk 2" in row
    assert "Polyphon Labs" not in text.split(">Ben<")[1].split("</tr>")[0]


def test_the_list_asks_as_often_for_many_as_for_one(
    people, client, carol, bob, django_assert_max_num_queries
):
    client.force_login(carol)
    seen_in(make_source(restricted=True), "Hidden")
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(12) as captured:
            answer = client.get("/members/", {"columns": "organisations", "q": "org:any"})
            assert answer.status_code == 200
        counts.append(len(captured))
        for number in range(20):
            at(make_member(f"P {number}", last_seen=timezone.now()), f"Place {number}", bob)
    assert counts[0] == counts[1]


def test_an_export_has_the_column_and_finds_by_the_query(people, bob, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    wanted = MemberListing(query="org:any", sort="name", columns="organisations")
    exports.begin(wanted, by=bob)
    run_jobs()
    made = Export.objects.get()
    with made.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    column = rows[0].index("Organisations")
    assert [(row[0], row[column]) for row in rows[1:]] == [
        ("Ada", "Developer at Polyphon Labs, Werk 2"),
        ("Cleo", "Polyphon Labs"),
    ]


def offered(user, typed: str) -> list[str]:
    return [each.text for each in complete(filters.PEOPLE, typed, len(typed), user)]
