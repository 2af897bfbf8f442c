"""Views are saved, renamed, changed, shared, moved and removed, each with undo."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from community_hub.lib.query import Mistake
from members.models import Tag
from team import listings
from team import saved_query_verbs as verbs
from team.models import Action, SavedQuery
from team.saved_query_errors import ChangedMeanwhile, NameTaken, TooMany
from tests.make import make_user, make_view

pytestmark = pytest.mark.django_db


def names(user) -> list[str]:
    own = SavedQuery.objects.current().filter(owner=user)
    return list(own.in_own_order().values_list("name", flat=True))


def test_a_view_keeps_the_text_as_it_was_typed(bob):
    Tag.named("to be checked")
    changes = verbs.save("members", " Quiet  ones ", ' tag:"To be CHECKED"  last:>60d', by=bob)
    view = SavedQuery.objects.get()
    assert (view.name, view.text) == ("Quiet ones", 'tag:"To be CHECKED"  last:>60d')
    assert (view.order, view.shared, view.position) == ("-seen", False, 1)
    assert view.get_absolute_url() == f"/members/?view={view.pk}"
    assert changes.undo(by=bob) == 1
    assert names(bob) == []


def test_what_cannot_be_looked_for_is_not_saved(bob):
    with pytest.raises(Mistake, match="no tag"):
        verbs.save("members", "Gone", "tag:gone", by=bob)
    with pytest.raises(Mistake):
        verbs.save("members", "Broken", '"half a phrase', by=bob)
    with pytest.raises(LookupError):
        verbs.save("planets", "Far", "", by=bob)
    with pytest.raises(ValueError, match="name"):
        verbs.save("members", "\u200b ", "", by=bob)
    assert not SavedQuery.objects.exists()


def test_a_name_is_taken_once_by_one_person_in_whatever_case(bob, lena):
    make_view(bob, "Champions")
    with pytest.raises(NameTaken, match="“champions”"):
        verbs.save("members", "champions", "", by=bob)
    other = make_view(bob, "Others")
    with pytest.raises(NameTaken):
        verbs.rename(other, "CHAMPIONS", by=bob, shown="Others")
    make_view(lena, "Champions")  # a colleague's is another
    assert names(bob) == ["Champions", "Others"]


def test_everybody_saves_for_themselves_and_triagers_for_the_team(olga, carol, bob):
    for user in (olga, carol):
        assert verbs.save("members", "Mine", "is:mine", by=user)
        with pytest.raises(PermissionDenied):
            verbs.save("members", "Ours", "", by=user, shared=True)
        with pytest.raises(PermissionDenied):
            verbs.share(SavedQuery.objects.get(owner=user), by=user)
    verbs.save("members", "Ours", "", by=bob, shared=True)
    seen = SavedQuery.objects.visible_to(olga).values_list("name", flat=True)
    assert sorted(seen) == ["Mine", "Ours"]


def test_a_view_of_ones_own_is_nobody_elses_and_a_shared_one_is_edited_by_leads(bob, lena, carol):
    private, shared = make_view(bob, "Private"), make_view(bob, "Shared", shared=True)
    other_manager = make_user("manager")
    for user in (lena, carol, other_manager):
        for call in (
            lambda user=user: verbs.rename(private, "x", by=user, shown="Private"),
            lambda user=user: verbs.remove(private, by=user),
            lambda user=user: verbs.unshare(shared, by=user),
            lambda user=user: verbs.move(shared, "up", by=user),
        ):
            with pytest.raises(PermissionDenied):
                call()
    for user in (carol, other_manager):
        with pytest.raises(PermissionDenied):
            verbs.remove(shared, by=user)
    assert verbs.rename(shared, "For all", by=lena, shown="Shared")
    assert verbs.change(shared, "is:bot", "-seen", by=lena, shown="")
    assert verbs.remove(shared, by=lena).undo(by=lena) == 1
    shared.refresh_from_db()
    assert (shared.name, shared.text, shared.removed_at) == ("For all", "is:bot", None)


def test_who_may_no_longer_share_changes_no_shared_view(bob):
    shared = make_view(bob, "Shared", shared=True)
    bob.role = "observer"
    bob.save()
    with pytest.raises(PermissionDenied):
        verbs.rename(shared, "x", by=bob, shown="Shared")


def test_two_who_rename_one_view_and_the_second_is_told(bob, lena):
    view = make_view(bob, "Quiet", shared=True)
    verbs.rename(view, "Silent", by=lena, shown="Quiet")
    with pytest.raises(ChangedMeanwhile) as told:
        verbs.rename(view, "Calm", by=bob, shown="Quiet")
    assert str(told.value) == (
        "Lena Lindqvist has renamed this view to “Silent”. Save again to replace it."
    )
    assert names(bob) == ["Silent"]
    assert not verbs.rename(view, "Silent", by=bob, shown="Quiet")  # both meant the same
    changes = verbs.rename(view, "Calm", by=bob, shown=told.value.current)
    assert names(bob) == ["Calm"]
    assert changes.undo(by=bob) == 1
    assert names(bob) == ["Silent"]


def test_two_who_change_one_query_and_the_second_is_told(bob, lena):
    view = make_view(bob, "Quiet", text="is:bot", shared=True)
    verbs.change(view, "is:mine", "", by=lena, shown="is:bot")
    with pytest.raises(ChangedMeanwhile, match="changed this query to “is:mine”"):
        verbs.change(view, "is:teammate", "", by=bob, shown="is:bot")
    with pytest.raises(Mistake):
        verbs.change(view, "is:nothing", "", by=bob, shown="is:mine")
    view.refresh_from_db()
    assert view.text == "is:mine"


def test_undo_does_not_overwrite_what_somebody_did_since(bob, lena):
    view = make_view(bob, "Quiet", shared=True)
    first = verbs.rename(view, "Silent", by=bob, shown="Quiet")
    verbs.rename(view, "Calm", by=lena, shown="Silent")
    assert first.undo(by=bob) == 0
    assert names(bob) == ["Calm"]


def test_undo_of_a_query_leaves_alone_what_a_colleague_made_of_it_since(bob, lena):
    """Query and order belong together: half of two people's views is nobody's."""
    view = make_view(bob, "Quiet", text="is:bot", shared=True)
    first = verbs.change(view, "is:mine", "-seen", by=bob, shown="is:bot")
    verbs.change(view, "is:teammate", "-seen", by=lena, shown="is:mine")
    assert first.undo(by=bob) == 0
    second = verbs.change(view, "is:bot", "-seen", by=bob, shown="is:teammate")
    verbs.change(view, "is:bot", "name", by=lena, shown="is:bot")
    assert second.undo(by=bob) == 0
    view.refresh_from_db()
    assert (view.text, view.order) == ("is:bot", "name")


def test_a_shared_view_is_taken_back_and_shared_again(bob, olga):
    view = make_view(bob, "Quiet")
    verbs.share(view, by=bob)
    assert SavedQuery.objects.visible_to(olga).get() == view
    view.refresh_from_db()
    changes = verbs.unshare(view, by=bob)
    assert not SavedQuery.objects.visible_to(olga)
    assert not verbs.unshare(view, by=bob)  # twice changes nothing
    assert changes.undo(by=bob) == 1
    assert SavedQuery.objects.visible_to(olga).get() == view


def test_ones_own_views_are_moved_by_one_place_and_back(bob, lena):
    one, two, three = (make_view(bob, name, position=5) for name in ("one", "two", "three"))
    make_view(lena, "another", position=1)
    assert not verbs.move(one, "up", by=bob)
    assert not verbs.move(three, "down", by=bob)
    changes = verbs.move(three, "up", by=bob)
    assert names(bob) == ["one", "three", "two"]
    assert changes.undo(by=bob) >= 1
    assert names(bob) == ["one", "two", "three"]
    verbs.move(one, "down", by=bob)
    assert names(bob) == ["two", "one", "three"]
    verbs.remove(two, by=bob)
    assert not verbs.move(two, "down", by=bob)
    assert names(bob) == ["one", "three"]


def test_a_removed_view_comes_back_unless_its_name_is_taken(bob):
    view = make_view(bob, "Quiet")
    changes = verbs.remove(view, by=bob)
    assert not verbs.remove(view, by=bob)
    assert not verbs.rename(view, "too late", by=bob, shown="Quiet")
    again = make_view(bob, "quiet")
    assert changes.undo(by=bob) == 0
    verbs.remove(again, by=bob)
    assert changes.undo(by=bob) == 1
    assert names(bob) == ["Quiet"]


def test_one_person_keeps_so_many_and_no_more(bob, monkeypatch):
    monkeypatch.setattr(verbs, "MOST", 2)
    make_view(bob, "one")
    make_view(bob, "two")
    with pytest.raises(TooMany):
        verbs.save("members", "three", "", by=bob)


def test_the_audit_trail_says_what_became_of_a_view(client, alice, bob):
    view = make_view(bob, "Quiet", shared=True)
    verbs.rename(view, "Silent", by=bob, shown="Quiet")
    verbs.unshare(view, by=bob)
    verbs.share(SavedQuery.objects.get(), by=bob)
    client.force_login(alice)
    trail = client.get("/team/audit-trail/").content.decode()
    assert "renamed the view “Quiet” to “Silent”" in trail
    assert "shared the view “Silent” with the team" in trail
    assert Action.objects.filter(object_type=verbs.ON).count() == 3


def test_a_list_is_registered_once_and_has_an_order():
    members = listings.find("members")
    assert members
    with pytest.raises(ValueError, match="already"):
        listings.register(members)
    assert members.order("no such order") == members.usual_order
    assert members.address("a b") == "/members/?q=a+b"
    assert listings.find("planets") is None
