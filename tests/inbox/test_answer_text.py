"""A past answer made ready for somebody else: whom it greets, and what it points out."""

from __future__ import annotations

import pytest

from inbox.models import Message
from inbox.pages.answer_text import ready_for
from tests.make import make_identity, make_member


@pytest.fixture
def wren(db):
    return make_identity(make_member("Wren Ashby"), handle="wren_a", display_name="Wren Ashby")


@pytest.fixture
def ada(db):
    return make_identity(make_member("Ada Lovelace"), handle="ada")


def reply(text: str, **fields) -> Message:
    return Message(body_source=text, **fields)


@pytest.mark.parametrize(
    ("written", "ready"),
    [
        ("Hi Wren, hold both.", "Hi Ada, hold both."),
        ("Good morning Wren Ashby!\nYes.", "Good morning Ada Lovelace!\nYes."),
        ("Wren: yes", "Ada: yes"),
        ("@wren_a hold both.", "hold both."),
        ("@wren_a@forum.example @mika: hold both.", "hold both."),
        ("Hi @wren_a, hold both.", "Hi Ada, hold both."),
        ("Wrenさん、はい。", "Adaさん、はい。"),
        ("Wrens nest in March, so wait.", "Wrens nest in March, so wait."),
        ("Wren asked me to wait.", "Wren asked me to wait."),
        ("Yes.", "Yes."),
    ],
)
def test_whoever_was_greeted_becomes_whoever_is_answered(wren, ada, written, ready):
    assert ready_for(reply(written), wren, ada).text == ready


def test_where_nobody_is_known_the_greeting_names_nobody(wren, ada):
    assert ready_for(reply("Hi Wren, yes."), wren, None).text == "Hi there, yes."
    assert ready_for(reply("Hi Wren, yes."), None, ada).text == "Hi Wren, yes."


def test_what_names_somebody_else_is_pointed_out(wren, ada):
    text = "Hi Wren, Ashby is yours. Wren and @mika, write to bo@x.example or call +49 30 1234567."
    found = ready_for(reply(text), wren, ada)
    assert set(found.personal) == {"bo@x.example", "@mika", "+49 30 1234567", "Wren"}
    assert "bo@x.example" in found.remark
    assert ready_for(reply("Hi Wren, @ada knows 2026-11-29 and 1.2.3."), wren, ada).remark == ""


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("Danke, Henrike. Es steht in der Liste.", ("Henrike",)),
        ("Hi Wren,\n\nHenrike Voss is right, and Henrikes photo shows it.", ("Henrike Voss",)),
        ("As hv_42 said.", ("hv_42",)),
        ("Henriken is a place.", ()),
        ("Wrens board is Wren's.", ("Wren",)),
    ],
)
def test_a_name_of_who_took_part_there_is_pointed_out_wherever_it_stands(wren, ada, written, named):
    henrike = make_identity(make_member("Henrike Voss"), handle="hv_42")
    assert ready_for(reply(written), wren, ada, [wren, henrike]).personal == named


def test_who_is_answered_now_is_not_pointed_out_though_they_took_part_there(wren, ada):
    assert ready_for(reply("Thanks, Ada."), wren, ada, [wren, ada]).personal == ()


def test_what_was_edited_over_there_is_what_stands_there(wren, ada, db):
    from django.utils import timezone

    edited = reply("Old.", body_html="<p>New, <em>better</em>.</p>", edited_at=timezone.now())
    assert ready_for(edited, wren, ada).text == "New, *better*."
