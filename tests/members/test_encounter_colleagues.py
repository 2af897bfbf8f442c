"""Teammates among those who were there: colleagues, and never somebody new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from members import derived, encounter_people, encounter_verbs
from members.models import Bond, Encounter, Member
from tests.make import make_identity, make_member, make_user

pytestmark = pytest.mark.django_db
FORM = {"kind": "meeting", "when": "yesterday 15:00", "visibility": "team"}


@pytest.fixture
def ines(db: None) -> Member:
    return make_member("Ines Wolff", last_seen=timezone.now())


def posted(client, **fields) -> Encounter:
    answer = client.post("/encounters/", {**FORM, **fields})
    assert answer.status_code == 302, answer.content.decode()
    return Encounter.objects.latest("pk")


@pytest.mark.parametrize("who", ["Lena Lindqvist", "  lena LINDQVIST", "Léna Lindqvist"])
def test_a_teammate_s_name_makes_no_new_member(client, bob, lena, ines, who):
    client.force_login(bob)
    row = posted(client, person=[ines.pk], who=who)
    assert list(row.people.all()) == [ines]
    assert list(row.joined_by.all()) == [lena]
    assert Member.objects.count() == 1


def test_nor_is_somebody_new_made_who_is_called_like_a_teammate(client, bob, lena, ines):
    client.force_login(bob)
    row = posted(client, person=[ines.pk, "new:Lena Lindqvist", "new:Noor Haddad"])
    assert [person.name for person in row.people.order_by("pk")] == ["Ines Wolff", "Noor Haddad"]
    assert list(row.joined_by.all()) == [lena]


def test_a_teammate_who_writes_on_the_forum_is_a_colleague_too(client, bob, lena, ines):
    account = make_identity(make_member("lena of the hub", user=lena), handle="lena_l")
    client.force_login(bob)
    row = posted(client, person=[ines.pk], who="@lena_l")
    assert (list(row.people.all()), list(row.joined_by.all())) == ([ines], [lena])
    again = posted(client, person=[ines.pk, account.member_id])
    assert (list(again.people.all()), list(again.joined_by.all())) == ([ines], [lena])


def test_a_member_of_the_same_name_is_meant_first(client, bob, lena):
    namesake = make_member(lena.name, last_seen=timezone.now())
    client.force_login(bob)
    row = posted(client, who=lena.name)
    assert list(row.people.all()) == [namesake]
    assert not row.joined_by.exists()


def test_teammates_alone_are_nobody_who_was_there(client, bob, lena):
    client.force_login(bob)
    answer = client.post("/encounters/", {**FORM, "who": lena.name})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Say who was there." in page
    assert f'value="user:{lena.pk}"' in page  # and is still in the form
    assert not Encounter.objects.exists()


def test_colleagues_are_offered_but_not_who_asks_or_was_switched_off(bob, lena):
    make_user(name="Lea Gone", is_active=False)
    offered = encounter_people.offered("le", bob)
    assert offered == [{"id": f"user:{lena.pk}", "name": lena.name, "note": "teammate"}]
    assert encounter_people.offered("lindq", bob) == offered
    assert encounter_people.offered("le", lena) == []


def test_the_page_says_who_of_us_was_there_and_an_edit_takes_them_out(client, bob, lena, ines):
    client.force_login(bob)
    row = posted(client, person=[ines.pk, f"user:{lena.pk}"])
    assert lena.name in client.get(row.get_absolute_url()).content.decode()
    form = client.get(f"/encounters/{row.pk}/details/").content.decode()
    assert f'value="user:{lena.pk}"' in form
    client.post(row.get_absolute_url(), {**FORM, "person": [ines.pk, f"user:{lena.pk}"]})
    assert list(row.joined_by.all()) == [lena]
    client.post(row.get_absolute_url(), {**FORM, "person": [ines.pk]})
    assert not row.joined_by.exists()


def test_whoever_was_there_knows_them(bob, lena, ines):
    at = timezone.now() - timedelta(days=1)
    encounter_verbs.log_encounter("call", [ines], by=bob, occurred_at=at, colleagues=[lena, bob])
    derived.update()
    known = Bond.objects.filter(member=ines).values_list("user", "meetings").order_by("user")
    assert sorted(known) == sorted([(bob.pk, 1), (lena.pk, 1)])
