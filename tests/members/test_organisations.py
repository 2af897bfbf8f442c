"""Where members are and were: what verbs change, what is refused, what Undo restores."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from community_hub.lib.text import TooLong
from members import affiliation_verbs, loose_days, organisation_verbs
from members.affiliation_verbs import AffiliationRefused
from members.follow_ups import today
from members.loose_days import LooseDay
from members.models import Affiliation, Organisation, Precision
from members.organisation_verbs import NameTaken
from team.models import SavedQuery
from tests.make import make_member, make_source, make_view

from .organisations import at, seen_in

pytestmark = pytest.mark.django_db


def named() -> list[str]:
    return list(Organisation.objects.current().by_name().values_list("name", flat=True))


def said() -> set[tuple[str, str]]:
    """Who is where, as a reader would find it."""
    rows = Affiliation.objects.present().select_related("member", "organisation")
    return {(str(row.member), str(row)) for row in rows}


# Days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first", "last", "shown"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "2024"),
        ("Mar 2024", date(2024, 3, 1), date(2024, 3, 31), "Mar 2024"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "Feb 2024"),
        ("03/2024", date(2024, 3, 1), date(2024, 3, 31), "Mar 2024"),
        ("3.2024", date(2024, 3, 1), date(2024, 3, 31), "Mar 2024"),
        ("2024-03-15", date(2024, 3, 15), date(2024, 3, 15), "15 Mar 2024"),
        ("15.3.2024", date(2024, 3, 15), date(2024, 3, 15), "15 Mar 2024"),
    ],
)
def test_a_day_is_read_as_exactly_as_somebody_knows_it(typed, first, last, shown):
    found = loose_days.read(typed)
    assert (found.first, found.last) == (first, last)
    row = Affiliation(since=first, since_precision=found.precision)
    assert row.period_on(date(2026, 1, 1)) == f"since {shown}"
    assert loose_days.read(loose_days.written(first, found.precision)) == found


@pytest.mark.parametrize(
    "typed", ["last week", "soon", "13/2024", "1800", "2024-02-30", "\x00", "x" * 90]
)
def test_what_is_no_day_is_refused_with_a_sentence(typed):
    with pytest.raises(ValueError, match=r"\w+ \w+ .*\.") as refused:
        loose_days.read(typed)
    assert len(str(refused.value)) < 160


def test_the_period_is_told_in_words():
    day = date(2026, 11, 30)

    def told(since: str = "", until: str = "") -> str:
        row = Affiliation()
        if since:
            known = loose_days.read(since)
            row.since, row.since_precision = known.first, known.precision
        if until:
            known = loose_days.read(until)
            row.until, row.until_precision = known.last, known.precision
        return row.period_on(day)

    assert told() == ""
    assert told("mar 2024") == "since Mar 2024"
    assert told("2027") == "from 2027"
    assert told("2019", "may 2023") == "2019 – May 2023"
    assert told("2024", "2024") == "2024"
    assert told(until="2024") == "until 2024"


def test_one_that_ends_in_the_future_is_current_and_one_that_ends_today_is_not():
    day = date(2026, 11, 30)
    assert Affiliation(until=None).is_current_on(day)
    assert Affiliation(until=day + timedelta(days=1)).is_current_on(day)
    assert not Affiliation(until=day).is_current_on(day)


# What the database refuses ----------------------------------------------------------------------


def test_two_organisations_of_one_name_are_refused_in_whatever_case():
    Organisation.objects.create(name="Polyphon Labs")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(name="POLYPHON labs")
    Organisation.objects.update(removed_at="2026-01-01T00:00Z")
    Organisation.objects.create(name="polyphon labs")  # its name is free again


def test_an_end_before_the_beginning_is_refused():
    member, there = make_member(), Organisation.objects.create(name="Werk 2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliation.objects.create(
            member=member, organisation=there, since=date(2024, 5, 2), until=date(2024, 5, 1)
        )


def test_the_same_twice_is_refused_also_without_days():
    member, there = make_member(), Organisation.objects.create(name="Werk 2")
    Affiliation.objects.create(member=member, organisation=there, role="Teacher")
    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliation.objects.create(member=member, organisation=there, role="teacher")


# Verbs ------------------------------------------------------------------------------------------


def test_an_affiliation_is_added_and_undone_with_the_organisation_it_made(bob):
    ada = make_member("Ada")
    changes = affiliation_verbs.affiliate(
        ada, "  Polyphon   Labs ", by=bob, role="Developer", since=loose_days.read("Mar 2024")
    )
    assert said() == {("Ada", "Developer at Polyphon Labs")}
    row = Affiliation.objects.get()
    assert (row.since, row.since_precision) == (date(2024, 3, 1), Precision.MONTH)
    assert changes.undo(by=bob) == 1
    assert (said(), named()) == (set(), [])


def test_undo_leaves_an_organisation_where_somebody_else_came_or_that_a_view_names(bob):
    ada, ben = make_member("Ada"), make_member("Ben")
    first = affiliation_verbs.affiliate(ada, "Werk 2", by=bob)
    at(ben, "werk 2", bob)
    assert named() == ["Werk 2"]  # the same, in whatever case
    first.undo(by=bob)
    assert said() == {("Ben", "Werk 2")}
    other = affiliation_verbs.affiliate(ada, "Hochschule Graz", by=bob)
    make_view(bob, "Graz", text='org:"hochschule graz"')
    other.undo(by=bob)
    assert named() == ["Hochschule Graz", "Werk 2"]


def test_undo_leaves_what_somebody_changed_since(bob):
    changes = affiliation_verbs.affiliate(make_member("Ada"), "Werk 2", by=bob, role="Teacher")
    row = Affiliation.objects.get()
    affiliation_verbs.change(row, by=bob, role="Head", since=None, until=None)
    assert changes.undo(by=bob) == 0
    assert said() == {("Ada", "Head at Werk 2")}


def test_what_is_there_already_is_refused_with_a_sentence(bob):
    ada = make_member("Ada")
    at(ada, "Werk 2", bob, role="Teacher")
    with pytest.raises(AffiliationRefused, match="there already"):
        at(ada, "werk 2", bob, role="TEACHER")
    at(ada, "Werk 2", bob, role="Teacher", since="2019", until="2020")  # another time
    with pytest.raises(AffiliationRefused, match="before it began"):
        at(ada, "Werk 2", bob, since="2024", until="2023")


@pytest.mark.parametrize("name", ["", "\u200b ", "none", "Any", "x" * 121])
def test_what_is_no_name_is_refused_with_a_sentence(bob, name):
    with pytest.raises(ValueError, match=r"\w+ .*\."):
        affiliation_verbs.affiliate(make_member(), name, by=bob)
    assert named() == []


def test_a_role_that_is_too_long_is_refused(bob):
    with pytest.raises(TooLong):
        affiliation_verbs.affiliate(make_member(), "Werk 2", by=bob, role="x" * 121)
    assert named() == []


def test_one_is_changed_ended_and_removed_and_each_undo_brings_back_what_was(bob):
    ada = make_member("Ada")
    row = at(ada, "Werk 2", bob, role="Teacher", since="2019")
    before = Affiliation.objects.values().get()
    for change in (
        lambda: affiliation_verbs.change(
            row, by=bob, role="Head", since=LooseDay(date(2020, 1, 1)), until=None
        ),
        lambda: affiliation_verbs.end(row, by=bob),
        lambda: affiliation_verbs.remove(row, by=bob),
    ):
        changes = change()
        assert Affiliation.objects.values().get() != before
        assert changes.undo(by=bob) == 1
        assert Affiliation.objects.values().get() == before


def test_ending_is_today_and_one_that_has_not_begun_does_not_end(bob):
    row = at(make_member(), "Werk 2", bob)
    affiliation_verbs.end(row, by=bob)
    row.refresh_from_db()
    assert row.until == today()
    assert not affiliation_verbs.end(row, by=bob)
    later = at(make_member(), "Werk 2", bob, since="2150")
    with pytest.raises(AffiliationRefused, match="begun"):
        affiliation_verbs.end(later, by=bob)


def test_contributors_and_observers_change_nothing(carol, olga, bob):
    row = at(make_member(), "Werk 2", bob)
    for who in (carol, olga):
        with pytest.raises(PermissionDenied):
            affiliation_verbs.affiliate(row.member, "Elsewhere", by=who)
        for verb in (affiliation_verbs.end, affiliation_verbs.remove):
            with pytest.raises(PermissionDenied):
                verb(row, by=who)
        for verb in (organisation_verbs.edit, organisation_verbs.delete):
            with pytest.raises(PermissionDenied):
                verb(row.organisation, by=who)


def test_an_organisation_is_renamed_and_views_follow_and_undo_takes_both_back(bob):
    there = at(make_member(), "Polyfon", bob).organisation
    view = make_view(bob, "There", text="stage:champion -org:polyfon")
    changes = organisation_verbs.edit(there, by=bob, name="Polyphon Labs")
    view.refresh_from_db()
    assert view.text == 'stage:champion -org:"Polyphon Labs"'
    assert changes.undo(by=bob) == 1
    view.refresh_from_db()
    assert (view.text, named()) == ("stage:champion -org:Polyfon", ["Polyfon"])


def test_a_name_that_is_taken_and_a_website_that_is_none_are_refused(bob):
    there = at(make_member(), "Werk 2", bob).organisation
    Organisation.objects.create(name="Werk 3")
    with pytest.raises(NameTaken, match="already an organisation “WERK 3”"):
        organisation_verbs.edit(there, by=bob, name="WERK 3")
    for address in ("javascript:alert(1)", "ftp://werk.example", "data:text/html,x"):
        with pytest.raises(ValueError, match="web address"):
            organisation_verbs.edit(there, by=bob, website=address)
    assert organisation_verbs.edit(there, by=bob, name="WERK 2", website="https://werk.example")


def test_a_deleted_organisation_is_with_nobody_and_comes_back_to_everybody(bob):
    there = at(make_member("Ada"), "Werk 2", bob, role="Teacher").organisation
    changes = organisation_verbs.delete(there, by=bob)
    assert (said(), named()) == (set(), [])
    assert not organisation_verbs.delete(there, by=bob)
    assert not organisation_verbs.edit(there, by=bob, name="too late")
    assert changes.undo(by=bob) == 1
    assert said() == {("Ada", "Teacher at Werk 2")}
    changes = organisation_verbs.delete(there, by=bob)
    at(make_member("Ben"), "Werk 2", bob)  # the name was free
    assert changes.undo(by=bob) == 0


def test_a_merge_moves_everybody_once_and_its_undo_moves_only_them_back(bob):
    ada, ben, cleo = make_member("Ada"), make_member("Ben"), make_member("Cleo")
    old = at(ada, "Polyfon", bob, role="Developer", since="2024").organisation
    new = at(ada, "Polyphon Labs", bob, role="developer", since="2024").organisation
    at(ben, "Polyfon", bob, role="Writer")
    at(cleo, "Polyphon Labs", bob)
    organisation_verbs.edit(old, by=bob, website="https://polyphon.example/")
    view = make_view(bob, "Labs", text="org:polyfon")
    before, rows = said(), list(Affiliation.objects.order_by("pk").values())
    changes = organisation_verbs.merge(old, new, by=bob)
    assert said() == {
        ("Ada", "developer at Polyphon Labs"),
        ("Ben", "Writer at Polyphon Labs"),
        ("Cleo", "Polyphon Labs"),
    }
    new.refresh_from_db()
    view.refresh_from_db()
    assert (new.website, view.text) == ("https://polyphon.example/", 'org:"Polyphon Labs"')
    assert changes.undo(by=bob) == 1
    new.refresh_from_db()
    view.refresh_from_db()
    assert (said(), new.website, view.text) == (before, "", "org:polyfon")
    assert list(Affiliation.objects.order_by("pk").values()) == rows


def test_an_organisation_is_not_merged_into_itself_nor_into_one_that_is_gone(bob):
    there, other = (Organisation.objects.create(name=name) for name in ("Werk 2", "Werk 3"))
    with pytest.raises(ValueError, match="itself"):
        organisation_verbs.merge(there, there, by=bob)
    organisation_verbs.delete(other, by=bob)
    assert not organisation_verbs.merge(there, other, by=bob)


def test_who_may_see_nobody_there_does_not_see_the_organisation(bob, lena):
    closed = make_source(restricted=True)
    hidden, open_to_all = seen_in(closed, "Hidden"), make_member("Ada")
    at(hidden, "Secret Service", lena)
    at(hidden, "Werk 2", lena)
    at(open_to_all, "Werk 2", lena)
    Organisation.objects.create(name="Nobody’s")

    def seen(user) -> list[str]:
        found = Organisation.objects.visible_to(user).current().by_name()
        return list(found.values_list("name", flat=True))

    assert seen(lena) == ["Nobody’s", "Secret Service", "Werk 2"]
    assert seen(bob) == ["Nobody’s", "Werk 2"]
    affiliation_verbs.remove(hidden.affiliations.get(organisation__name="Secret Service"), by=lena)
    assert seen(bob) == ["Nobody’s", "Werk 2"]  # it is known from them all the same


def test_a_rename_tells_no_owner_of_a_view_what_they_may_not_see(bob, lena):
    hidden = seen_in(make_source(restricted=True), "Hidden")
    there = at(hidden, "Secret Service", lena).organisation
    guess = make_view(bob, "Guess", text='org:"secret service"')
    organisation_verbs.edit(there, by=lena, name="Bakery")
    assert SavedQuery.objects.get(pk=guess.pk).text == 'org:"secret service"'


def test_the_audit_trail_says_what_became_of_organisations_and_who_is_there(client, lena):
    ada = make_member("Ada")
    row = at(ada, "Polyfon", lena, role="Developer")
    affiliation_verbs.end(row, by=lena)
    affiliation_verbs.remove(row, by=lena)
    there = Organisation.objects.get()
    organisation_verbs.edit(there, by=lena, name="Polyphon")
    organisation_verbs.merge(there, Organisation.objects.create(name="Labs"), by=lena)
    client.force_login(lena)
    trail = client.get(reverse("audit-trail")).content.decode()
    for words in (
        "added “Developer at Labs” to Ada",
        "ended “Developer at Labs” of Ada",
        "removed “Developer at Labs” from Ada",
        "renamed the organisation “Polyfon” to “Polyphon”",
        "merged the organisation “Polyphon” into “Labs”",
    ):
        assert words in trail
