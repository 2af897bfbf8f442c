"""What happened away from any platform: logged by hand, in the log of everybody who was there."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from members import encounter_verbs, filters, sightings
from members.encounter_checks import NotPossible
from members.encounter_forms import exact
from members.log import timeline
from members.models import Encounter, EncounterPerson, FollowUp, Member
from team import files
from team.models import Action
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


def test_somebody_new_was_seen_first_when_they_were_met(bob, ines):
    row = logged(log(bob, [ines], new_people=["Jo Park"], days=1))
    log(bob, [ines], new_people=["Kim Lee"], days=1, visibility="leads")
    jo, kim = (Member.objects.get(name=name) for name in ("Jo Park", "Kim Lee"))
    assert jo.first_seen == jo.last_seen == row.occurred_at
    assert timezone.now() - kim.first_seen < timedelta(hours=1)  # the date would tell of it


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
    with pytest.raises(NotPossible, match="That’s 501 people"):
        log(bob, [], new_people=[f"Guest {number}" for number in range(501)])
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


# The form -----------------------------------------------------------------------------------------


def send(client, address="/encounters/", **data):
    form = {"kind": "meeting", "when": "yesterday 15:00", "visibility": "team", **data}
    return client.post(address, form)


def test_the_form_logs_a_meeting_with_somebody_new_and_a_next_step_under_one_undo(
    client, bob, ines
):
    client.force_login(bob)
    form = client.get(f"/encounters/?person={ines.pk}").content.decode()
    assert "Ines Wolff" in form
    answer = send(
        client, person=[ines.pk], who="Jo Park, ", place="Utrecht", text="Lathes",
        next_text="Send the drawings",
    )  # fmt: skip
    row = Encounter.objects.get()
    assert answer["Location"] == f"/encounters/{row.pk}/"
    assert sorted(member.name for member in row.people.all()) == ["Ines Wolff", "Jo Park"]
    assert timezone.localtime(row.occurred_at).hour == 15
    step = FollowUp.objects.get()
    assert (step.member, step.owner, step.origin) == (ines, bob, f"encounter:{row.pk}")
    assert step.link == row.get_absolute_url()
    client.post(f"/undo/{Action.objects.latest('pk').group}/")
    assert not FollowUp.objects.exists()
    assert not timeline(ines, bob).exists()
    assert not Member.objects.filter(name="Jo Park").exists()


def test_the_next_step_is_about_whom_the_form_says_also_somebody_new(client, bob, ines):
    client.force_login(bob)
    for about, name in (
        ("name:Jo Park", "Jo Park"),
        ("new:Jo Park", "Jo Park"),
        (str(ines.pk), "Ines Wolff"),
        ("name:ines wolff", "Ines Wolff"),
        ("", "Ines Wolff"),
    ):
        send(client, person=[ines.pk], who="Jo Park, ", next_text="Write", next_for=about)
        assert FollowUp.objects.latest("pk").member.name == name, about
        client.post(f"/undo/{Action.objects.latest('pk').group}/")


def test_a_form_with_mistakes_says_them_and_keeps_what_was_typed(client, bob, ines):
    client.force_login(bob)
    for fields, words in (
        ({"when": "tomorrow"}, "That’s in the future"),
        ({"when": "3 March 1871"}, "from 1900"),
        ({"when": "1900-01-01"}, "before 1970"),
        ({"when": "soon"}, "isn’t understood"),
        ({"person": []}, "Say who was there"),
        ({"who": "@nobody"}, "Nobody has the handle @nobody"),
        ({"who": "J" * 203}, "3 characters too long"),
        ({"next_text": "Write", "next_on": "2020-01-01"}, "has passed"),
    ):
        answer = send(client, **{"person": [ines.pk], "text": "Lathes & more", **fields})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert words in text
        assert "Lathes &amp; more" in text
    assert not Encounter.objects.exists()
    assert "in the future" in client.get("/encounters/when/?when=tomorrow").content.decode()
    assert ", 15:00" in client.get("/encounters/when/?when=yesterday 3pm").content.decode()


def test_now_is_when_it_was_typed_though_it_is_saved_later(client, bob, ines):
    client.force_login(bob)
    typed = timezone.now() - timedelta(hours=3)
    for said_at, meant in (
        (typed.isoformat(), typed),
        (typed.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), typed),
        ((timezone.now() + timedelta(days=1)).isoformat(), timezone.now()),
        ("soon", timezone.now()),
    ):
        send(client, person=[ines.pk], when="now", said_at=said_at)
        found = Encounter.objects.latest("pk").occurred_at
        assert abs(found - meant) < timedelta(minutes=1)


def test_a_name_that_several_have_has_to_be_said_more_clearly(client, bob):
    client.force_login(bob)
    first, second = make_member("Ada Löwe"), make_member("Ada Lowe")
    account = make_identity(second)
    answer = send(client, who="ada lowe")
    assert answer.status_code == 422
    assert f"@{account.handle}" in answer.content.decode()
    send(client, who=f"@{account.handle}")
    assert Encounter.objects.get().people.get() == second
    send(client, person=[f"new:{first.name}"])
    assert Member.objects.filter(name=first.name).count() == 2


def test_a_form_that_is_sent_twice_is_saved_once(client, bob, ines):
    client.force_login(bob)
    token = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    for _time in range(2):
        answer = send(client, person=[ines.pk], token=token, next_text="Write")
        assert answer.status_code == 302
    assert Encounter.objects.count() == FollowUp.objects.count() == 1


def test_the_same_meeting_of_two_colleagues_is_suggested_as_one(client, bob, lena, ines, mara):
    client.force_login(lena)
    send(client, person=[ines.pk, mara.pk], text="Lena’s words", when="yesterday 14:00")
    client.force_login(bob)
    mine = {"person": [ines.pk, mara.pk], "who": "Jo Park", "text": "Bob’s words"}
    text = send(client, **mine).content.decode()
    assert "Lena logged a meeting with 2 of them on this day" in text
    assert Encounter.objects.count() == 1
    send(client, together=Encounter.objects.get().pk, **mine)
    row = Encounter.objects.get()
    assert row.text == "Lena’s words\n\nBob Baker: Bob’s words"
    assert row.people.count() == 3
    assert row.joined_by.get() == bob
    client.post(f"/undo/{Action.objects.latest('pk').group}/")
    row.refresh_from_db()
    assert (row.text, row.people.count(), row.joined_by.count()) == ("Lena’s words", 2, 0)
    send(client, together="no", **mine)
    assert Encounter.objects.count() == 2


def test_nobody_hears_of_a_private_one_by_logging_the_same(client, bob, lena, carol, ines):
    client.force_login(lena)
    send(client, person=[ines.pk], visibility="author")
    send(client, person=[ines.pk], visibility="leads")
    client.force_login(bob)
    for visibility in ("team", "leads", "author"):
        answer = send(client, person=[ines.pk], visibility=visibility, together="")
        assert answer.status_code == 302


def test_editing_keeps_those_whom_the_editor_cannot_see(client, bob, lena, ines):
    source = make_source(restricted=True)
    account = make_identity(make_member("Hidden Hanna"))
    sightings.record([(account.pk, source.scope, timezone.now())])
    row = logged(log(bob, [ines]))
    encounter_verbs.join(row, [account.member], by=lena)
    client.force_login(bob)
    assert "Hanna" not in client.get(f"/encounters/{row.pk}/details/").content.decode()
    before = Encounter.objects.get().occurred_at
    data = {"person": [ines.pk], "text": "New", "when": exact(before)}
    assert send(client, f"/encounters/{row.pk}/", **data).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.people.count(), row.occurred_at) == ("New", 2, before)


def test_members_are_offered_as_one_types_without_teammates(client, bob, ines):
    make_member("Ines Baker", user=make_user())
    account = make_identity(ines)
    client.force_login(bob)
    found = client.get("/encounters/people/?q=ines").json()["people"]
    assert found == [{"id": ines.pk, "name": "Ines Wolff", "note": f"@{account.handle}"}]
    assert client.get("/encounters/people/?q=i").json()["people"] == []


def test_the_history_shows_place_people_and_files(client, bob, ines, mara, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    client.force_login(bob)
    kept = files.keep(io.BytesIO(b"Minutes"), "minutes.txt", by=bob)
    send(client, person=[ines.pk, mara.pk], place="Utrecht", text="Lathes", file=[kept.pk])
    page = client.get(f"/members/{ines.pk}/").content.decode()
    for words in ("Utrecht", "Lathes", "Mara Bell", f"/files/{kept.pk}/", "minutes.txt"):
        assert words in page
    row = Encounter.objects.get()
    assert "minutes.txt" in client.get(row.get_absolute_url()).content.decode()
    client.post(row.get_absolute_url(), {"_method": "DELETE"})
    assert client.get(row.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("met:>90d", "Ada"),
        ("met:<90d", "Ben"),
        ("-met:<90d", "Ada Cleo Dora"),
        ("met:never", "Cleo Dora"),
    ],
)
def test_met_finds_whom_somebody_met_as_far_as_the_reader_may_know(bob, lena, query, found):
    ada, ben, _cleo, dora = (
        make_member(name, last_seen=timezone.now()) for name in ("Ada", "Ben", "Cleo", "Dora")
    )
    log(lena, [ada, ben], days=100)
    log(lena, [ben], days=10)
    log(lena, [dora], visibility="author")
    encounter_verbs.remove(logged(log(bob, [ada])), by=bob)
    people = Member.objects.with_seen_at(bob)
    names = filters.apply(people, query, bob).order_by("name").values_list("name", flat=True)
    assert " ".join(names) == found
