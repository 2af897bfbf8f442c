"""Sign-up is by invitation only."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client

from team import verbs as team_verbs
from team.models import Action, Invitation, User

LONG = "seven quiet filters hum"
ANSWERS = {"name": "Nora Nyberg", "email": "nora@team.example", "password": LONG, "timezone": "UTC"}


@pytest.fixture
def admin(alice) -> Client:
    browser = Client()
    browser.force_login(alice)
    return browser


def invite(admin: Client, **answers: object) -> str:
    """The path of the link that the page shows."""
    page = admin.post("/team/invitations/", {"role": "manager", "days": 7, **answers})
    assert page.status_code == 200
    return urlsplit(page.context["made_link"]).path


def test_invitation_is_shown_once_and_makes_a_colleague(admin, mallory):
    path = invite(admin)
    token = path.split("/")[-2]
    assert token not in admin.get("/team/").content.decode()
    assert not Invitation.objects.filter(token_hash=token).exists()  # only its hash is kept

    assert mallory.get(path).status_code == 200
    answer = mallory.post(path, {**ANSWERS, "timezone": "Europe/Berlin"})
    assert (answer.status_code, answer.url) == (302, "/")
    nora = User.objects.get(email="nora@team.example")
    assert (nora.role, nora.timezone, nora.name) == ("manager", "Europe/Berlin", "Nora Nyberg")
    assert mallory.session["_auth_user_id"] == str(nora.pk)
    assert [a.verb for a in Action.objects.order_by("pk")] == ["invite", "accept"]

    assert Client().get(path).status_code == 410  # the seat is taken


def test_address_on_the_invitation_cannot_be_changed_by_the_guest(admin, mallory):
    path = invite(admin, email="Nora@Team.example")
    mallory.post(path, {**ANSWERS, "email": "mallory@elsewhere.example"})
    assert User.objects.filter(email="nora@team.example").exists()
    assert not User.objects.filter(email="mallory@elsewhere.example").exists()


def test_role_comes_from_the_invitation_and_not_from_the_form(admin, mallory):
    path = invite(admin, role="observer")
    mallory.post(path, {**ANSWERS, "role": "admin"})
    assert User.objects.get(email="nora@team.example").role == "observer"


def test_invitation_ends_when_it_was_said_to(admin, mallory):
    path = invite(admin, days=1)
    with time_machine.travel(Invitation.objects.get().expires_at - timedelta(seconds=2)):
        assert mallory.get(path).status_code == 200
    with time_machine.travel(Invitation.objects.get().expires_at + timedelta(seconds=2)):
        assert mallory.get(path).status_code == 410
        assert mallory.post(path, ANSWERS).status_code == 410


def test_withdrawn_invitation_opens_nothing_until_that_is_undone(admin, alice, mallory):
    path = invite(admin)
    admin.post(f"/team/invitations/{Invitation.objects.get().pk}/revocation/")
    assert mallory.get(path).status_code == 410
    assert mallory.post(path, ANSWERS).status_code == 410

    assert admin.post(f"/undo/{Action.objects.get(verb='revoke').group}/").status_code == 302
    assert mallory.get(path).status_code == 200


def test_seat_is_taken_by_one_of_two_who_hold_the_link(alice):
    invitation, _token = team_verbs.invite(role="manager", by=alice)
    stale = Invitation.objects.get(pk=invitation.pk)
    answers = {"password": LONG, "timezone_name": "UTC"}
    assert team_verbs.accept(invitation, name="Nora", email="nora@team.example", **answers)
    assert team_verbs.accept(stale, name="Mia", email="mia@team.example", **answers) is None
    assert not User.objects.filter(email="mia@team.example").exists()


def test_address_that_has_an_account_is_refused_with_words(admin, bob, mallory):
    refused = admin.post(
        "/team/invitations/", {"role": "lead", "days": 7, "email": "BOB@team.example"}
    )
    assert refused.status_code == 422
    assert "They’re already on the team" in refused.content.decode()

    page = mallory.post(invite(admin), {**ANSWERS, "email": "bob@team.example"})
    assert page.status_code == 422
    assert b"This email already has an account" in page.content


@pytest.mark.parametrize("password", ["short", "nora nyberg", "1234567890", "password123"])
def test_weak_password_is_refused_and_the_seat_stays_open(password, admin, mallory):
    path = invite(admin)
    page = mallory.post(path, {**ANSWERS, "password": password})
    assert page.status_code == 422
    assert page.context["form"].errors["password"]
    assert mallory.get(path).status_code == 200


def test_who_is_signed_in_is_not_turned_into_somebody_else(admin, bob, client):
    path = invite(admin)
    client.force_login(bob)
    assert "You’re signed in as Bob Baker" in client.get(path).content.decode()
    assert client.post(path, ANSWERS).status_code == 422
    assert not User.objects.filter(email="nora@team.example").exists()


def test_mail_goes_out_where_a_mail_server_is_configured(admin, settings):
    settings.EMAIL_HOST = ""
    invite(admin, email="ann@team.example")
    mail.outbox.clear()  # kept for the mailbox page

    settings.EMAIL_HOST = "mail.example"
    path = invite(admin, email="nora@team.example", role="lead")
    letter = mail.outbox[0]
    assert letter.to == ["nora@team.example"]
    assert letter.subject == "Alice Andersen invites you to their team’s hub"
    assert settings.HUB_URL + path in letter.body
    assert "as lead" in letter.body


def test_a_name_with_line_breaks_stops_no_letter(admin, alice, settings):
    settings.EMAIL_HOST = "mail.example"
    team_verbs.name_hub("Polyphon\nBcc: everybody@example.org", by=alice)
    invite(admin, email="nora@team.example")
    assert mail.outbox[0].subject.endswith("Polyphon Bcc: everybody@example.org")
    assert mail.outbox[0].recipients() == ["nora@team.example"]


def test_mail_server_that_is_away_costs_the_mail_and_not_the_invitation(admin, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    page = admin.post(
        "/team/invitations/", {"role": "lead", "days": 7, "email": "nora@team.example"}
    )
    assert "couldn’t be sent".encode() in page.content
    assert page.context["made_link"].encode() in page.content


def test_invitations_of_the_team_are_shown_to_admins_alone(admin, lena, client):
    invite(admin, email="nora@team.example")
    client.force_login(lena)
    page = client.get("/team/")
    assert page.status_code == 200
    assert b"nora@team.example" not in page.content
    assert b"Invite a teammate" not in page.content


@pytest.mark.parametrize("change", [{"role": "manager"}, {"is_active": False}])
def test_a_link_that_a_former_admin_kept_is_no_way_in_again(change, admin, alice, mallory):
    path = invite(admin, role="admin")
    User.objects.filter(pk=alice.pk).update(**change)
    assert mallory.get(path).status_code == 410
    assert mallory.post(path, ANSWERS).status_code == 410
    assert not User.objects.filter(email=ANSWERS["email"]).exists()
