"""What the team writes down about a member: by whom, and how it is taken back."""

import pytest
from django.utils import timezone

from members import owner_verbs
from members import verbs as member_verbs
from members.log import timeline
from members.models import Activity, Field, MemberTag
from team.models import Action
from tests.make import make_identity, make_member


@pytest.fixture
def ines(db):
    member = make_member("Ines Wolff", last_seen=timezone.now())
    make_identity(member)
    return member


def undo(client, verb: str) -> None:
    client.post(f"/undo/{Action.objects.filter(verb=verb).latest('pk').group}/")


def test_a_stage_set_by_hand_is_pinned_logged_and_undone(client, bob, ines):
    client.force_login(bob)
    client.post(f"/members/{ines.pk}/stage/", {"stage": "champion"})
    ines.refresh_from_db()
    assert (ines.stage, ines.stage_pinned) == ("champion", True)
    assert timeline(ines, bob).get().summary == "Became a champion"
    undo(client, "stage")
    ines.refresh_from_db()
    assert (ines.stage, ines.stage_pinned) == ("visitor", False)
    assert not timeline(ines, bob).exists()
    client.post(f"/members/{ines.pk}/stage/", {"stage": "emperor"})
    ines.refresh_from_db()
    assert ines.stage == "visitor"


def test_a_tag_comes_goes_and_comes_back(client, carol, ines):
    client.force_login(carol)
    client.post(f"/members/{ines.pk}/tags/", {"name": "  Solder \u202e Club "})
    tag = ines.tags.get()
    assert tag.name == "Solder Club"
    client.post(f"/members/{ines.pk}/tags/{tag.pk}/", {"_method": "DELETE"})
    assert not ines.tags.exists()
    undo(client, "untag")
    assert ines.tags.get() == tag
    undo(client, "tag")
    assert not MemberTag.objects.exists()
    assert client.post(f"/members/{ines.pk}/tags/", {"name": " "}).status_code == 302
    assert not ines.tags.exists()


def test_a_note_can_be_written_undone_and_removed(client, carol, ines):
    client.force_login(carol)
    path = f"/members/{ines.pk}/notes/"
    client.post(path, {"text": "Lent us her lathe.\x07", "visibility": "leads"})
    note = Activity.objects.get(kind="note")
    assert (note.summary, note.visibility, note.actor) == ("Lent us her lathe.", "leads", carol)
    undo(client, "note")
    assert not timeline(ines, carol).exists()
    client.post(path, {"text": "Again", "visibility": "author"})
    note = timeline(ines, carol).get()
    client.post(f"{path}{note.pk}/", {"_method": "DELETE"})
    assert not timeline(ines, carol).exists()
    undo(client, "unnote")
    assert timeline(ines, carol).get() == note


def test_nobody_removes_a_colleagues_note(client, carol, alice, ines):
    member_verbs.add_note(ines, "mine", by=carol)
    note = Activity.objects.get(kind="note")
    client.force_login(alice)
    answer = client.delete(f"/members/{ines.pk}/notes/{note.pk}/")
    assert answer.status_code == 404
    assert timeline(ines, carol).exists()


def test_an_empty_note_is_refused_and_what_was_typed_is_kept(client, carol, ines):
    client.force_login(carol)
    path = f"/members/{ines.pk}/notes/"
    assert client.post(path, {"text": "  ", "visibility": "team"}).status_code == 422
    answer = client.post(path, {"text": "kept words", "visibility": "the world"})
    assert answer.status_code == 422
    assert "kept words" in answer.content.decode()
    assert not Activity.objects.exists()


def test_details_are_corrected_and_undone(client, bob, ines):
    client.force_login(bob)
    typed = {"name": "Ines", "timezone": "Europe/Berlin", "languages": "German, English, German"}
    client.post(f"/members/{ines.pk}/details/", typed)
    ines.refresh_from_db()
    assert (ines.name, ines.timezone, ines.languages) == (
        "Ines",
        "Europe/Berlin",
        ["German", "English"],
    )
    undo(client, "describe")
    ines.refresh_from_db()
    assert (ines.name, ines.timezone, ines.languages) == ("Ines Wolff", "", [])
    answer = client.post(f"/members/{ines.pk}/details/", {"timezone": "Berlin"})
    assert answer.status_code == 422
    assert "Europe/Berlin" in str(answer.context["form"].errors["timezone"])


def details(client, member, **typed):
    return client.post(f"/members/{member.pk}/details/", {"name": member.name, **typed})


def test_an_owner_is_a_colleague(client, bob, carol, ines):
    client.force_login(bob)
    details(client, ines, owner=carol.pk)
    ines.refresh_from_db()
    assert ines.owner == carol
    undo(client, "own")
    ines.refresh_from_db()
    assert ines.owner is None
    details(client, ines, owner=carol.pk)
    details(client, ines, owner="")
    ines.refresh_from_db()
    assert ines.owner is None
    refused = details(client, ines, owner="987654", place="Lyon")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Select a teammate." in page
    assert 'value="Lyon"' in page


def test_one_save_keeps_all_of_the_form_and_one_undo_takes_it_back(client, lena, carol, ines):
    Field.objects.create(key="size", name="Size", kind="text")
    client.force_login(lena)
    page = client.get(f"/members/{ines.pk}/details/").content.decode()
    main = page[page.index("<main") : page.index("</main")]
    assert main.count('<button class="btn main">Save') == main.count("<form ") == 1
    typed = {"place": "Leipzig", "field-size": "XL", "owner": carol.pk, "user": carol.pk}
    details(client, ines, **typed)
    ines.refresh_from_db()
    kept = (ines.place, ines.fields, ines.owner, ines.user)
    assert kept == ("Leipzig", {"size": "XL"}, carol, carol)
    assert {action.verb for action in Action.objects.all()} == {"describe", "own", "staff"}
    undo(client, "staff")
    ines.refresh_from_db()
    assert (ines.place, ines.fields, ines.owner, ines.user) == ("", {}, None, None)


def test_who_was_switched_off_stays_the_owner_when_something_else_is_saved(
    client, bob, carol, ines
):
    owner_verbs.set_owner(ines, carol, by=bob)
    carol.is_active = False
    carol.save()
    client.force_login(bob)
    form = client.get(f"/members/{ines.pk}/details/").context["form"]
    assert carol in form.fields["owner"].queryset
    details(client, ines, owner=carol.pk, place="Lyon")
    details(client, ines, pronouns="she/her", place="Lyon")  # a page that was open before an update
    ines.refresh_from_db()
    assert (ines.owner, ines.place, ines.pronouns) == (carol, "Lyon", "she/her")


def test_leads_say_which_colleague_a_member_is(client, lena, bob, carol, ines):
    client.force_login(bob)
    details(client, ines, user=carol.pk)
    ines.refresh_from_db()
    assert ines.user is None
    assert 'name="user"' not in client.get(f"/members/{ines.pk}/details/").content.decode()
    client.force_login(lena)
    details(client, ines, user=carol.pk)
    ines.refresh_from_db()
    assert ines.user == carol
    other = make_member("Somebody else")
    refused = details(client, other, user=carol.pk, place="Lyon")
    assert "isn’t linked to another member" in refused.content.decode()
    other.refresh_from_db()
    assert (other.user, other.place) == (None, "")
    undo(client, "staff")
    ines.refresh_from_db()
    assert ines.user is None


def test_it_is_too_late_to_undo_where_the_colleague_is_another_member_by_now(
    client, lena, carol, ines
):
    member_verbs.link_user(ines, carol, by=lena)
    action = member_verbs.link_user(ines, None, by=lena)
    other = make_member("Carol Castillo")
    member_verbs.link_user(other, carol, by=lena)
    client.force_login(lena)
    answer = client.post(f"/undo/{action.group}/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    ines.refresh_from_db()
    other.refresh_from_db()
    assert (ines.user, other.user) == (None, carol)


NOTERS = {"tags": {"name": "x"}, "notes": {"text": "x", "visibility": "team"}}
EDITORS = {"stage": {"stage": "champion"}, "details": {"name": "x"}}


@pytest.mark.parametrize("noun", [*NOTERS, *EDITORS])
def test_observers_read_and_contributors_do_not_edit(client, olga, carol, ines, noun):
    client.force_login(olga)
    assert client.post(f"/members/{ines.pk}/{noun}/", (NOTERS | EDITORS)[noun]).status_code == 403
    client.force_login(carol)
    expected = 302 if noun in NOTERS else 403
    answer = client.post(f"/members/{ines.pk}/{noun}/", (NOTERS | EDITORS)[noun])
    assert answer.status_code == expected


def test_a_button_brings_its_part_of_the_page_and_a_way_back(client, bob, ines):
    client.force_login(bob)
    headers = {"HX-Request": "true", "HX-Target": "person"}
    answer = client.post(f"/members/{ines.pk}/tags/", {"name": "bug"}, headers=headers)
    action = Action.objects.get(verb="tag")
    assert answer.content.decode().strip().startswith("<div")
    assert f"/undo/{action.group}/" in answer.headers["HX-Trigger"]
    assert "hub:member" in answer.headers["HX-Trigger"]
    assert "HX-Target" in answer.headers["Vary"]
