"""The one-time link: once, within 15 minutes, and never by merely looking at it."""

from __future__ import annotations

from io import StringIO
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from team import verbs as team_verbs
from team.models import NO_ADDRESS, User
from team.signin import link_for
from tests.make import make_user

LONG = "seven quiet filters hum"


def path_of(link: str) -> str:
    return urlsplit(link).path


def find_or_make_owner(*words: str) -> str:
    out = StringIO()
    call_command("owner", *words, stdout=out)
    return out.getvalue().strip()


def test_link_is_absolute_on_the_hubs_own_address(alice, settings):
    settings.HUB_URL = "https://hub.example"
    assert link_for(alice).startswith("https://hub.example/sign-in/")


def test_opening_the_link_changes_nothing_and_using_it_ends_it(mallory):
    owner = make_user("admin", password=LONG)
    path = path_of(link_for(owner))
    for _ in range(3):  # a mail scanner, a preview, the owner
        page = mallory.get(path)
        assert page.status_code == 200
    assert "_auth_user_id" not in mallory.session

    answer = mallory.post(path)
    assert (answer.status_code, answer.url) == (302, "/")
    assert mallory.session["_auth_user_id"] == str(owner.pk)

    assert Client().get(path).status_code == 410
    again = Client()
    assert again.post(path).status_code == 410
    assert "_auth_user_id" not in again.session


def test_who_lost_their_password_may_choose_a_new_one(mallory, bob):
    bob.set_password(LONG)
    bob.save()
    elsewhere = Client()
    elsewhere.force_login(bob)
    path = path_of(link_for(bob))
    assert "New password" in mallory.get(path).content.decode()
    assert mallory.post(path, {"password": "12345"}).status_code == 422
    assert mallory.post(path, {"password": "five slow oscillators"}).status_code == 302
    assert User.objects.get(pk=bob.pk).check_password("five slow oscillators")
    assert elsewhere.get("/inbox/").status_code == 302  # whoever knew the old one is out


def test_who_still_has_their_password_keeps_it(mallory, bob):
    bob.set_password(LONG)
    bob.save()
    assert mallory.post(path_of(link_for(bob)), {"password": ""}).status_code == 302
    assert User.objects.get(pk=bob.pk).check_password(LONG)


def test_who_has_no_password_is_asked_for_one_in_the_same_step(mallory, alice):
    path = path_of(link_for(alice))
    assert b'type="password"' in mallory.get(path).content

    refused = mallory.post(path, {"password": "12345"})
    assert refused.status_code == 422
    assert "_auth_user_id" not in mallory.session  # no way in without one, and the link still works

    assert mallory.post(path, {"password": LONG}).status_code == 302
    assert mallory.session["_auth_user_id"] == str(alice.pk)
    assert User.objects.get(pk=alice.pk).check_password(LONG)


def test_an_owner_whom_nobody_knows_yet_says_who_they_are(mallory):
    path = path_of(find_or_make_owner())
    form = mallory.get(path).context["form"]
    assert list(form.fields) == ["name", "email", "password", "timezone"]
    assert form["email"].value() is None  # not owner@localhost, which nobody can mail to

    about = {"name": "Ada Byron", "email": "Ada@Example.org", "timezone": "Europe/London"}
    refused = mallory.post(path, {**about, "password": "short"})
    assert refused.status_code == 422
    assert User.objects.get().email == NO_ADDRESS

    assert mallory.post(path, {**about, "password": LONG}).status_code == 302
    owner = User.objects.get()
    assert (owner.name, owner.email, owner.timezone) == (
        "Ada Byron",
        "ada@example.org",
        "Europe/London",
    )
    assert owner.check_password(LONG)
    assert mallory.session["_auth_user_id"] == str(owner.pk)


def test_an_owner_made_with_an_address_keeps_it(mallory):
    path = path_of(find_or_make_owner("--email", "ada@example.org"))
    about = {"name": "Ada Byron", "email": "eve@example.org", "timezone": "UTC"}
    assert mallory.post(path, {**about, "password": LONG}).status_code == 302
    assert User.objects.get().email == "ada@example.org"


def test_an_owner_cannot_take_a_colleagues_address(mallory, bob):
    path = path_of(find_or_make_owner())
    about = {"name": "Ada", "email": bob.email.upper(), "timezone": "UTC", "password": LONG}
    page = mallory.post(path, about)
    assert page.status_code == 422
    assert "This email already has an account" in page.content.decode()


def test_link_is_dead_after_15_minutes(mallory, alice):
    with time_machine.travel("2026-03-01 10:00 +0000", tick=False) as clock:
        path = path_of(link_for(alice))
        clock.move_to("2026-03-01 10:14:59 +0000")
        assert mallory.get(path).status_code == 200
        clock.move_to("2026-03-01 10:15:01 +0000")
        page = mallory.get(path)
    assert page.status_code == 410
    assert b"older than 15 minutes" in page.content


@pytest.mark.parametrize("change", ["password", "sign-in", "deactivated", "sessions ended"])
def test_link_dies_with_what_it_was_made_for(change, mallory, alice, bob):
    path = path_of(link_for(bob))
    if change == "password":
        bob.set_password(LONG)
        bob.save()
    elif change == "sign-in":
        Client().force_login(bob)
        bob.refresh_from_db()
        assert bob.last_login
    elif change == "deactivated":
        team_verbs.deactivate(bob, by=alice)
    else:
        bob.end_sessions()
    assert mallory.get(path).status_code == 410


def test_link_with_a_changed_letter_opens_nothing(mallory, alice):
    path = path_of(link_for(alice))
    assert mallory.get(path[:-2] + ("A" if path[-2] != "A" else "B") + "/").status_code == 410
    assert mallory.get("/sign-in/nonsense/").status_code == 410


def test_command_prints_a_link_that_works(mallory, alice):
    out = StringIO()
    call_command("signin_link", "Alice@Team.example", stdout=out)
    assert mallory.get(path_of(out.getvalue().strip())).status_code == 200


def test_command_says_why_there_is_no_link(bob):
    with pytest.raises(CommandError, match="Nobody on the team signs in as eve@"):
        call_command("signin_link", "eve@team.example")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(CommandError, match="deactivated"):
        call_command("signin_link", bob.email)
