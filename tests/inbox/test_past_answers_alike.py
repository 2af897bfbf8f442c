"""Past answers that say nearly the same: one is offered for all, and how often it was said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inbox.pages import past_answers
from inbox.pages.near_duplicates import are_near_duplicates, words_of

from .test_past_answers import ASKED, answered, offered, signed_in, talk

__all__ = ["talk"]  # a fixture

LONG = (
    "hold the play button for ten seconds until all lamps are lit, then let it go and wait while "
    "the clock is set again; it keeps its patterns, its tempo and what you have recorded."
)


def ago(days: int):
    return timezone.now() - timedelta(days=days)


def test_of_answers_that_say_nearly_the_same_the_newest_is_offered(bob, talk):
    for days, text in ((9, f"Hi Wren, {LONG}"), (2, f"Hello! {LONG.upper()}"), (5, f"Hi, {LONG}")):
        answered(ASKED, text, bob, sent_at=ago(days))
    answered(ASKED, "Use the thick cable of the arpeggiator.", bob)
    rows = past_answers.similar(talk, bob).rows
    assert sorted((row.reply.body_text[:6], row.times) for row in rows) == [
        ("Hello!", 3), ("Use th", 1),
    ]  # fmt: skip
    page = signed_in(bob).get(reverse("past-answers", args=[talk.pk])).content.decode()
    assert page.count("said 3 times") == 1
    assert "said 1" not in page


def test_whoever_was_greeted_makes_no_difference(bob, talk):
    answered(ASKED, "Wren Ashby, use the thick cable.", bob, sent_at=ago(3))
    answered(ASKED, "Use the thick cable!", bob, sent_at=ago(2))
    assert offered(talk, bob) == ["Use the thick cable!"]


def test_there_is_room_for_others_beside_one_that_was_said_often(bob, talk):
    for number in range(past_answers.SHOWN + 4):
        answered(ASKED, "Update it." if number else "update IT", bob, sent_at=ago(90 - number))
    answered(f"Hello. {ASKED}", "Turn the sequencer off.", bob)
    assert set(offered(talk, bob)) == {"Update it.", "Turn the sequencer off."}


def test_what_the_reader_may_not_see_is_not_counted(bob, lena, talk):
    from tests.make import make_source

    closed = make_source(restricted=True)
    answered(ASKED, LONG, bob)
    answered(ASKED, LONG, lena, source=closed)
    for user, times in ((bob, 1), (lena, 2)):
        (row,) = past_answers.similar(talk, user).rows
        assert row.times == times


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Press both.", "press BOTH!", True),
        (LONG, f"{LONG} Bye.", True),
        (LONG, LONG.replace("ten", "10"), False),
        ("Update it to 1.2.", "Update it to 1.3.", False),
        (f"{LONG} Version 1.2", f"{LONG} Version 1.3", False),
        ("Use the thick cable.", "Use the thin cable.", False),
        ("電源を入れてください。", "電源を入れてください", True),
        ("👍", "👎", False),
        ("", "👎", False),
    ],
)
def test_texts_are_alike_by_their_words(one, other, alike):
    assert are_near_duplicates(words_of(one), words_of(other)) is alike
