"""What happened away from any platform: logged by hand, in the log of everybody who was there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from members import encounter_verbs, sightings
from members.encounter_verbs import NotPossible
from members.log import timeline
from members.models import Encounter, EncounterPerson, Member
from tests.make import make_identity, make_line, make_member, make_source, make_user


@pytest.fixture
def ines(db):
    return make_member("Ines Wolff", last_seen=timezone.now())


@pytest.fixture
def mara(db):
    return make_member("Mara Bell", last_seen=timezone.now())


def log(by, people, *, days=1, kind="meeting", **fields):
    at = timezone.now() - timedelta(days=days)
    return encounter_verbs.log_encounter(kind, people, by=by, occurred_at=at, **fields)


def logged(changes):
    return Encounter.objects.get(pk=changes.actions[0].object_id)


def contact(member):
    return Member.objects.get(pk=member.pk).last_contact_at


def test_everybody_who_was_there_has_a_line_and_undo_takes_all_back(bob, lena, ines, mara):
    changes = log(bob, [ines, mara], text="Talked about the lathe", place="Utrecht")
    row = logged(changes)
    for member in (ines, mara):
        line = timeline(member, lena).get()
        assert (line.kind, line.summary, line.where, line.actor, line.key) == (
            "meeting",
            "Talked about the lathe",
            "Utrecht",
            bob,
            f"encounter:{row.pk}:member:{member.pk}",
        )
        assert contact(member) == row.occurred_at
    assert changes.undo(by=bob) == 1
    assert not timeline(ines, bob).exists()
    assert contact(ines) is None


def test_the_database_refuses_one_person_twice(bob, ines):
    row = logged(log(bob, [ines, ines]))
    assert row.people.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        EncounterPerson.objects.create(encounter=row, member=ines)


def test_editing_moves_the_lines_and_undo_moves_them_back(bob, ines, mara):
    reply = timezone.now() - timedelta(days=40)
    make_line(ines, kind="reply", occurred_at=reply)
    assert contact(ines) == reply
    row = logged(log(bob, [ines], text="Before"))
    earlier = timezone.now() - timedelta(days=60)
    changes = encounter_verbs.edit(
        row, by=bob, kind="call", text="After", occurred_at=earlier, people=[mara]
    )
    assert contact(ines) == reply
    assert timeline(ines, bob).filter(kind="meeting").count() == 0
    line = timeline(mara, bob).get()
    assert (line.kind, line.summary, line.occurred_at) == ("call", "After", earlier)
    assert contact(mara) == earlier
    changes.undo(by=bob)
    assert contact(mara) is None
    assert timeline(ines, bob).first().summary == "Before"
    assert contact(ines) == row.occurred_at


def test_a_removed_one_comes_back_whole_and_what_was_changed_since_stays(bob, ines):
    made = log(bob, [ines], text="One")
    row = logged(made)
    removed = encounter_verbs.remove(row, by=bob)
    assert not timeline(ines, bob).exists()
    assert not encounter_verbs.remove(row, by=bob)
    removed.undo(by=bob)
    assert timeline(ines, bob).get().summary == "One"
    first = encounter_verbs.edit(row, by=bob, text="Two")
    encounter_verbs.edit(row, by=bob, text="Three")
    assert first.undo(by=bob) == 0
    assert made.undo(by=bob) == 0
    assert timeline(ines, bob).get().summary == "Three"


def test_private_ones_are_for_author_and_leads_or_the_author_alone(bob, lena, alice, carol, ines):
    for visibility, readers, others in (
        ("leads", [bob, lena, alice], [carol]),
        ("author", [bob], [lena, alice, carol]),
    ):
        row = logged(log(bob, [ines], text="Secret", visibility=visibility))
        for user in readers:
            assert Encounter.objects.visible_to(user).filter(pk=row.pk).exists()
            assert timeline(ines, user).filter(key=row.line_key(ines.pk)).exists()
        for user in others:
            assert not Encounter.objects.visible_to(user).filter(pk=row.pk).exists()
            assert not timeline(ines, user).filter(key=row.line_key(ines.pk)).exists()
    assert contact(ines) is None  # the date would tell of it


def test_only_the_author_and_leads_change_one(bob, lena, ines):
    row = logged(log(bob, [ines]))
    with pytest.raises(PermissionDenied):
        encounter_verbs.edit(row, by=make_user("manager"), text="Mine")
    with pytest.raises(PermissionDenied):
        encounter_verbs.remove(row, by=make_user("manager"))
    assert encounter_verbs.edit(row, by=lena, text="Corrected")


def test_somebody_new_is_made_by_their_name_and_goes_with_the_undo(bob, ines):
    changes = log(bob, [ines], new_people=["  Jo\nPark "])
    jo = Member.objects.get(name="Jo Park")
    assert (jo.stage, timeline(jo, bob).count()) == ("outsider", 1)
    changes.undo(by=bob)
    assert not Member.objects.filter(pk=jo.pk).exists()
    again = log(bob, [], new_people=["Jo Park"])
    jo = Member.objects.get(name="Jo Park")
    log(bob, [jo], kind="call")
    again.undo(by=bob)
    assert Member.objects.filter(pk=jo.pk).exists()  # something else is known of them


def test_what_cannot_be_is_refused_with_a_sentence(bob, ines):
    teammate = make_member("Robin", user=make_user())
    bot = make_member("Helper", is_bot=True)
    ours = make_identity(is_us=True).member
    for people, words in (([], "who was there"), ([teammate], "Robin"), ([bot, ours], "Helper")):
        with pytest.raises(NotPossible, match=words):
            log(bob, people)
    with pytest.raises(NotPossible, match="future"):
        log(bob, [ines], days=-1)
    with pytest.raises(NotPossible, match="before 1970"):
        encounter_verbs.log_encounter(
            "call", [ines], by=bob, occurred_at=datetime(1900, 1, 1, tzinfo=UTC)
        )
    assert not Encounter.objects.exists()


def test_a_meeting_with_200_people_costs_as_many_queries_as_one_with_two(
    bob, django_assert_max_num_queries
):
    for number in (2, 200):
        people = [make_member(f"Guest {n}") for n in range(number)]
        with django_assert_max_num_queries(24):
            log(bob, people)
    assert timeline(people[-1], bob).count() == 1


def test_somebody_of_a_restricted_source_is_named_to_nobody_else(client, bob, lena, ines):
    source = make_source(restricted=True)
    hidden = make_member("Hidden Hanna", last_seen=timezone.now())
    account = make_identity(hidden)
    sightings.record([(account.pk, source.scope, timezone.now())])
    row = logged(log(lena, [hidden, ines]))
    alone = logged(log(lena, [hidden]))
    client.force_login(bob)
    for address in (f"/members/{ines.pk}/", row.get_absolute_url()):
        text = client.get(address).content.decode()
        assert "Hidden Hanna" not in text
    assert client.get(alone.get_absolute_url()).status_code == 404
    client.force_login(lena)
    assert "Hidden Hanna" in client.get(f"/members/{ines.pk}/").content.decode()
