"""Signing in, out, and getting a new password."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.html import strip_tags

from community_hub.lib import live
from team.models import Hub, User
from tests.make import make_user

LONG = "seven quiet filters hum"


@pytest.fixture
def bob(db) -> User:
    return make_user(name="Bob Baker", email="bob@team.example", password=LONG)


def sign_in(browser: Client, email: str = "bob@team.example", password: str = LONG, **extra: str):
    return browser.post("/account/login/", {"login": email, "password": password}, **extra)


def test_sign_in_by_e_mail_in_any_case_and_password(bob, mallory):
    answer = sign_in(mallory, " Bob@TEAM.example ")
    assert (answer.status_code, answer.url) == (302, "/")
    assert mallory.session["_auth_user_id"] == str(bob.pk)


def test_wrong_password_unknown_address_and_no_password_sound_the_same(bob, mallory):
    make_user(email="new@team.example")  # never chose a password
    said = {
        str(sign_in(Client(), email, password).context["form"].non_field_errors())
        for email, password in [
            ("bob@team.example", "wrong"),
            ("eve@team.example", LONG),
            ("new@team.example", LONG),
            ("new@team.example", "!"),
        ]
    }
    assert len(said) == 1


def test_the_sign_in_page_speaks_like_the_rest_of_the_hub(bob, mallory):
    page = mallory.get("/account/login/").content.decode()
    assert ">Email</label>" in page
    assert page.count("Forgot your password?") == 1
    assert "placeholder" not in page
    refused = sign_in(mallory, password="wrong").content.decode()
    assert "Wrong email or password. Try again" in refused


def test_switched_off_colleague_cannot_sign_in(bob, mallory):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    sign_in(mallory)
    assert "_auth_user_id" not in mallory.session


def test_sign_in_goes_on_to_the_page_that_was_asked_for_but_never_elsewhere(bob, mallory):
    asked = mallory.get("/me/")
    assert (asked.status_code, asked.url) == (302, "/account/login/?next=/me/")
    body = {"login": bob.email, "password": LONG}
    assert mallory.post("/account/login/", {**body, "next": "/me/"}).url == "/me/"
    assert Client().post("/account/login/", {**body, "next": "https://evil.example/"}).url == "/"


def test_sixth_wrong_password_for_one_address_shuts_it_for_a_while(bob, mallory):
    for number in range(5):
        sign_in(mallory, password=f"guess {number}", REMOTE_ADDR=f"192.0.2.{number}")
    page = sign_in(Client(), REMOTE_ADDR="192.0.2.99")  # the right one, from elsewhere
    assert "_auth_user_id" not in page.client.session
    assert "Too many wrong passwords in a row" in page.content.decode()

    make_user(email="ann@team.example", password=LONG)
    assert sign_in(Client(), "ann@team.example").status_code == 302  # nobody else is shut out


def test_eleventh_wrong_password_from_one_place_shuts_that_place(bob, mallory):
    for number in range(10):
        sign_in(mallory, f"guess{number}@team.example", "wrong")
    assert "Too many wrong passwords in a row" in sign_in(mallory).content.decode()
    assert sign_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_forwarded_for_header_counts_only_behind_a_proxy(bob, settings):
    for number in range(10):
        sign_in(Client(), f"a{number}@b.example", "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert sign_in(Client(), HTTP_X_FORWARDED_FOR="192.0.2.50").status_code == 200  # still shut
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert sign_in(Client(), HTTP_X_FORWARDED_FOR="192.0.2.50").status_code == 302


def test_new_password_by_mail_ends_the_other_sessions(bob, mallory, settings):
    Hub.objects.create(pk=1, name="Tideline Audio")
    elsewhere = Client()
    elsewhere.force_login(bob)
    answer = mallory.post("/account/password/reset/", {"email": "Bob@team.example"})
    assert answer.url == "/account/password/reset/sent/"
    letter = mail.outbox[0]
    assert letter.subject == "A new password for Tideline Audio"
    assert letter.body.startswith("Hello Bob,")
    assert_says_the_same_in_html(letter)
    link = re.search(r"http\S+", letter.body)[0]
    assert link.startswith(settings.HUB_URL)

    form = mallory.get(urlsplit(link).path, follow=True)
    new = {"password1": "nine loud envelopes snap", "password2": "nine loud envelopes snap"}
    done = mallory.post(form.redirect_chain[-1][0], new)
    assert done.status_code == 302
    assert sign_in(Client(), password="nine loud envelopes snap").status_code == 302
    assert elsewhere.get("/me/").status_code == 302
    assert b"no longer works" in Client().get(urlsplit(link).path, follow=True).content


def test_stranger_learns_nothing_from_the_reset_form(bob, mallory):
    known = mallory.post("/account/password/reset/", {"email": bob.email})
    unknown = mallory.post("/account/password/reset/", {"email": "eve@elsewhere.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert mail.outbox[1].to == ["eve@elsewhere.example"]
    assert "no account uses this address" in mail.outbox[1].body
    assert_says_the_same_in_html(mail.outbox[1])


def assert_says_the_same_in_html(letter) -> None:
    ((page, kind),) = letter.alternatives
    assert kind == "text/html"
    assert "style=" in page  # mail programs read no style sheet
    said = " ".join(unescape(strip_tags(page)).split())
    for paragraph in letter.body.strip().split("\n\n"):
        assert " ".join(paragraph.split()) in (unescape(page) if "http" in paragraph else said)


def test_sixth_reset_mail_within_a_minute_is_not_sent(bob, mallory):
    for number in range(7):
        last = Client().post(
            "/account/password/reset/", {"email": bob.email}, REMOTE_ADDR=f"192.0.2.{number}"
        )
    assert last.status_code == 429
    assert b"Wait a few minutes" in last.content
    assert len(mail.outbox) == 5


def test_password_change_asks_for_the_old_one_and_ends_the_other_sessions(
    bob, mallory, django_capture_on_commit_callbacks
):
    elsewhere = Client()
    elsewhere.force_login(bob)
    sign_in(mallory)
    new = {"password1": "nine loud envelopes snap", "password2": "nine loud envelopes snap"}
    assert mallory.post("/account/password/", {**new, "oldpassword": "wrong"}).status_code == 200
    with live.client().pubsub() as heard:
        heard.subscribe(live.channel(f"user:{bob.pk}"))
        heard.get_message(timeout=1)
        with django_capture_on_commit_callbacks(execute=True):
            done = mallory.post("/account/password/", {**new, "oldpassword": LONG})
        assert b"close" in heard.get_message(timeout=1)["data"]
    assert done.status_code == 302
    assert mallory.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_is_it_still_you_accepts_the_password(bob, mallory):
    sign_in(mallory)
    assert mallory.get("/account/confirm/").status_code == 200
    answer = mallory.post("/account/confirm/", {"password": LONG})
    assert answer.status_code == 302


def test_signing_out_takes_a_click_and_hangs_the_live_stream_up(
    bob, mallory, django_capture_on_commit_callbacks
):
    mallory.force_login(bob)
    mallory.get("/account/logout/")
    assert "_auth_user_id" in mallory.session  # a link or an image cannot sign anybody out
    with live.client().pubsub() as heard:
        heard.subscribe(live.channel(f"user:{bob.pk}"))
        heard.get_message(timeout=1)
        with django_capture_on_commit_callbacks(execute=True):
            mallory.post("/account/logout/")
        assert b"close" in heard.get_message(timeout=1)["data"]
    assert "_auth_user_id" not in mallory.session


def test_sign_up_is_closed_and_says_how_to_get_in(db, mallory):
    page = mallory.get("/account/signup/")
    assert b"You need an invitation" in page.content
    mallory.post(
        "/account/signup/", {"email": "eve@e.example", "password1": LONG, "password2": LONG}
    )
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "name", ["account_email", "account_request_login_code", "account_confirm_email"]
)
def test_allauths_other_pages_are_not_there(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://[",
    ],
)
def test_sign_in_leads_to_pages_of_the_hub_alone(elsewhere, bob, mallory):
    assert mallory.get("/account/login/", {"next": elsewhere}).status_code == 200
    form = {"login": bob.email, "password": LONG, "next": elsewhere}
    assert mallory.post("/account/login/", form).url == "/"


def test_what_a_colleague_saw_is_not_kept_for_the_back_button_after_the_sign_out(bob, mallory):
    mallory.force_login(bob)
    for page in ("/inbox/", "/members/", "/me/", "/inbox/nav/"):
        assert mallory.get(page).headers["Cache-Control"] == "private, no-store"
