"""What is typed is never cut in silence: who typed it is told by how much it is too long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from inbox.models import Draft, Message
from members import follow_up_checks
from members.follow_ups import today
from members.models import Tag
from tests.make import make_conversation, make_member, make_message, one_line

pytestmark = pytest.mark.django_db

FORTY_TWO = "t" * 42
SAID = "That’s 2 characters too long. Up to 40 fit."


@pytest.fixture
def desk(bob) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def test_the_name_of_a_tag_is_refused_wherever_it_is_typed(desk):
    member, talk = make_member(), make_conversation()
    message = make_message(talk)
    for address, form in {
        "/tags/": {"name": FORTY_TWO},
        f"/members/{member.pk}/tags/": {"name": FORTY_TWO},
        f"/conversations/{talk.pk}/tags/": {"new": FORTY_TWO},
        "/inbox/selection/tags/": {"new": FORTY_TWO, "pick": f"{talk.pk}-{message.pk}"},
        "/members/selection/tags/": {"new": FORTY_TWO, "pick": member.pk},
    }.items():
        page = desk.post(address, form, follow=True)
        assert SAID in one_line(page.content).replace("&#x27;", "’"), address
    assert not Tag.objects.exists()


def test_a_new_tag_that_is_too_long_stays_in_its_field(desk):
    page = desk.post("/tags/", {"name": FORTY_TWO})
    assert f'value="{FORTY_TWO}"' in page.content.decode()


def test_a_follow_up_is_not_cut(bob):
    with pytest.raises(follow_up_checks.NotPossible, match="1 character too long"):
        follow_up_checks.checked_text("x" * 501)
    assert follow_up_checks.checked_text(" x" * 200) == ("x " * 200).strip()
    assert follow_up_checks.checked_day(today() + timedelta(days=1))


def test_languages_are_not_dropped(desk):
    member = make_member()
    for typed, said in (
        (f"German, {FORTY_TWO}", SAID),
        (", ".join(f"L{n}" for n in range(13)), "That’s 13 languages. Up to 12 fit."),
    ):
        page = desk.post(f"/members/{member.pk}/details/", {"name": "Ada", "languages": typed})
        assert said in page.content.decode()
        assert typed in page.content.decode()


def test_a_draft_is_kept_whole_and_a_note_that_is_too_long_says_by_how_much(desk, bob):
    talk = make_conversation()
    make_message(talk)
    text = "n" * 100_003
    desk.post(f"/conversations/{talk.pk}/draft/", {"kind": "note", "text": text})
    assert Draft.objects.get(user=bob).text == text
    page = desk.post(f"/conversations/{talk.pk}/notes/", {"note": text}, follow=True)
    assert "That’s 3 characters too long. Up to 100,000 fit." in page.content.decode()
    assert Draft.objects.get(user=bob).text == text
    assert not Message.objects.filter(kind="note").exists()
