"""The conversations that the command palette finds by what was said in them."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.make import make_conversation, make_message, make_source, one_line

pytestmark = pytest.mark.django_db


def few(user, typed: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get("/inbox/search/few/", {"q": typed}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return one_line(answer.content)


def test_conversations_are_found_by_their_messages_with_the_words_marked(bob) -> None:
    talk = make_conversation(subject="Clicks")
    said = make_message(talk, "The sequencer crackles in bar twelve.")
    make_message(make_conversation(), "Nothing of the kind.")
    page = few(bob, "crackl")
    assert f'href="/conversations/{talk.pk}/?in=search-best-' in page
    assert f"&amp;at={said.pk}" in page
    assert "<mark>crackles</mark>" in page
    assert "Nothing of the kind" not in page


def test_at_most_five_are_shown_and_none_of_what_cannot_be_looked_for(bob) -> None:
    for _ in range(7):
        make_message(make_conversation(), "It crackles.")
    assert few(bob, "crackles").count('class="menu-item"') == 5
    for typed in ("", "c", "stge:x", '"crackles', "a" * 10_000, "\x00", "zzz"):
        assert few(bob, typed) == "", typed


def test_a_restricted_source_is_found_by_those_who_may_see_it(bob, lena) -> None:
    hidden = make_conversation(make_source(restricted=True), subject="Hush")
    make_message(hidden, "The sequencer crackles.")

    assert few(bob, "crackles") == ""
    assert "Hush" in few(lena, "crackles")
