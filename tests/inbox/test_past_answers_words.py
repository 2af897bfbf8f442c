"""Past answers: which words make an answer like a question, and which say nothing."""

from __future__ import annotations

import pytest

from inbox.pages import past_answers
from inbox.search.terms import terms_of
from tests.make import make_conversation, make_identity, make_member, make_message

from .test_past_answers import answered, offered


def asking(text: str, language: str):
    talk = make_conversation(subject="")
    make_message(talk, text, author=make_identity(make_member("Jorinde Falk")), language=language)
    return talk


@pytest.mark.parametrize(
    ("question", "language", "filler", "alike"),
    [
        (
            "À qui est-ce arrivé ? L'adaptateur a été perdu.", "fr",
            "C'est à l'autre, et ça a été réglé.", "Un adaptateur, ça s'achète.",
        ),
        (
            "Hallo zusammen, für mich knistert der Regler.", "de",
            "Hallo zusammen, das ist für Euch.", "Der Regler war staubig.",
        ),
        ("¡Hola! ¿Está dañado también el cable?", "es", "Hola, está también aquí.", "Otro cable."),
        ("Hi @polyphon, hi Bob: which cable?", "en", "Hi, Bob of Polyphon here.", "The cable."),
    ],
)  # fmt: skip
def test_stop_words_greetings_and_our_own_names_make_no_likeness(
    bob, question, language, filler, alike
):
    make_identity(make_member("Polyphon"), handle="polyphon@forum.example", is_us=True)
    answered("?", filler, bob, language=language)
    answered("?", alike, bob, language=language)
    assert offered(asking(question, language), bob) == [alike]


def test_what_says_nothing_in_its_language_says_nothing_to_a_question_in_another(bob):
    answered("?", "Das war die Firma.", bob, language="de")
    assert offered(asking("We die. The war?", "en"), bob) == []


def test_a_word_that_many_have_in_that_language_carries_no_answer_and_is_not_marked(bob):
    for number in range(40):
        answered(f"Knobs and colours {number}", f"Yes, {number}.", bob)
        answered(f"Mein Apparat hat Platz {number}", f"Ja, {number}.", bob, language="de")
    answered("Der Apparat knistert.", "Staub.", bob, language="de")
    (row,) = past_answers.similar(asking("Unser Apparat knistert?", "de"), bob).rows
    assert row.reply.body_text == "Staub."
    assert row.asked == "Der Apparat <mark>knistert</mark>."


def test_words_with_accents_are_stop_words_as_they_are_written(db):
    told = {term.words[0]: term.is_stop for term in terms_of("Für été à même STÖRUNG", "fi")}
    assert told == {
        "fur": True, "ete": True, "a": True, "meme": True, "storung": False,
    }  # fmt: skip
