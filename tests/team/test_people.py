"""Roles and seats: who may change them, what ends with them, what Undo brings back."""

from __future__ import annotations

import pytest
from django.test import Client

from community_hub.lib import live
from team import verbs as team_verbs
from team.models import Action, NoAdminLeft, Role, User
from tests.make import make_user


def test_change_of_role_is_written_down_and_can_be_taken_back(alice, bob):
    action = team_verbs.change_role(bob, "lead", by=alice)
    (row,) = action.actions
    assert (row.before, row.after) == ({"role": "manager"}, {"role": "lead"})
    assert User.objects.get(pk=bob.pk).role == Role.LEAD

    assert action.undo(by=alice)
    assert User.objects.get(pk=bob.pk).role == Role.MANAGER


def test_same_role_again_writes_nothing(alice, bob):
    assert not team_verbs.change_role(bob, "manager", by=alice)
    assert not Action.objects.exists()


def test_role_changed_by_somebody_meanwhile_is_not_taken_back(alice, bob):
    other = make_user("admin")
    action = team_verbs.change_role(bob, "lead", by=alice)
    team_verbs.change_role(User.objects.get(pk=bob.pk), "observer", by=other)

    assert not action.undo(by=alice)
    assert User.objects.get(pk=bob.pk).role == Role.OBSERVER


def test_last_admin_can_neither_step_down_nor_be_switched_off(alice, bob):
    make_user("admin", is_active=False)  # does not count: cannot sign in
    with pytest.raises(NoAdminLeft, match="Make someone else an admin first"):
        team_verbs.change_role(alice, "lead", by=alice)
    with pytest.raises(NoAdminLeft):
        team_verbs.deactivate(alice, by=alice)
    alice.refresh_from_db()
    assert alice.is_active
    assert alice.role == Role.ADMIN
    assert not Action.objects.exists()


def test_who_is_no_admin_any_more_cannot_undo_what_they_did_as_one(alice, lena, bob):
    team_verbs.change_role(lena, "admin", by=alice)
    action = team_verbs.change_role(bob, "lead", by=alice)
    team_verbs.change_role(alice, "observer", by=lena)

    assert not action.undo(by=alice)
    assert User.objects.get(pk=bob.pk).role == Role.LEAD


def test_somebody_elses_action_is_not_mine_to_undo(alice, lena, bob):
    action = team_verbs.change_role(bob, "lead", by=alice)
    assert not action.undo(by=lena)


def test_deactivated_colleague_is_out_at_once_and_stays_out_when_switched_on(alice, bob):
    browser = Client()
    browser.force_login(bob)
    assert browser.get("/me/").status_code == 200

    team_verbs.deactivate(bob, by=alice)
    assert browser.get("/me/").status_code == 302
    team_verbs.activate(User.objects.get(pk=bob.pk), by=alice)
    assert browser.get("/me/").status_code == 302  # the old session came not back with the seat


@pytest.mark.parametrize("verb", ["role", "seat", "sessions"])
def test_change_of_role_or_seat_ends_the_live_stream(
    verb, alice, bob, django_capture_on_commit_callbacks
):
    with live.client().pubsub() as heard:
        heard.subscribe(live.channel(f"user:{bob.pk}"))
        assert heard.get_message(timeout=1)["type"] == "subscribe"
        with django_capture_on_commit_callbacks(execute=True):
            if verb == "role":
                team_verbs.change_role(bob, "observer", by=alice)
            elif verb == "seat":
                team_verbs.deactivate(bob, by=alice)
            else:
                bob.end_sessions()
        message = heard.get_message(timeout=1)
    assert b'"event": "close"' in message["data"]


def test_preferences_are_kept_one_by_one(bob):
    bob.prefer(theme="dark")
    bob.prefer(single_keys=False)
    bob.refresh_from_db()
    assert (bob.prefers("theme"), bob.prefers("single_keys")) == ("dark", False)
    assert bob.prefers("open_next") is True
    with pytest.raises(KeyError):
        bob.prefer(font="comic")


def test_the_signed_in_person_is_read_anew_for_each_request(db):
    someone = make_user(Role.MANAGER)
    assert User.objects.get(pk=someone.pk) == someone
    User.objects.filter(pk=someone.pk).update(name="Ada", is_active=False)
    again = User.objects.get(pk=someone.pk)
    assert (again.name, again.is_active) == ("Ada", False)
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=someone.pk + 1)
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=someone.pk, role="admin")
