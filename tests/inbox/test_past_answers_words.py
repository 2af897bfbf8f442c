"""Past answers: which words make an answer like a question, and which say nothing."""

from __future__ import annotations

import re

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


@pytest.mark.parametrize(
    ("question", "language"),
    [
        (
            "Hello everybody, good morning! I hope you are well. Thank you so much in advance, "
            "could anybody please help me with this? It would be really great. Kind regards", "en",
        ),
        ("Does anyone else get this since then, two or three times? A tip would be nice.", "en"),
        (
            "Guten Morgen zusammen! Ich hoffe, es geht euch gut. Vielen Dank im Voraus, könnte mir "
            "jemand helfen? Es wäre wirklich toll, seit zwei Tagen geht das nicht. Weiß das wer?",
            "de",
        ),
        (
            "Bonjour à tous, merci beaucoup d'avance. J'espère que vous allez bien. Quelqu'un "
            "pourrait-il m'aider ? Depuis deux jours. Bonne journée, cordialement", "fr",
        ),
        (
            "¡Buenos días a todos! Espero que estén bien. Muchas gracias de antemano, ¿alguien me "
            "podría ayudar? Desde hace tres días. Saludos cordiales", "es",
        ),
        ("Buongiorno a tutti, spero stiate bene. Grazie in anticipo, potreste aiutarmi?", "it"),
        ("Bom dia a todos, alguém poderia ajudar? Muito obrigado, espero.", "pt"),
        ("Hallo allemaal, kan iemand helpen? Alvast heel erg bedankt, sinds twee dagen.", "nl"),
    ],
)  # fmt: skip
def test_courtesy_numbers_and_verbs_that_help_make_no_likeness(bob, question, language):
    answered("?", question, bob, language=language)
    answered(question, "See below.", bob, language=language)
    assert offered(asking(question, language), bob) == []


def test_one_word_alone_makes_a_likeness_only_where_few_have_it(bob):
    for number in range(60):
        answered(f"Colour {number}?", f"Yes, {number}.", bob)
    for number in range(3):
        answered("A pedal and the lid.", f"Pedal {number}.", bob)
    answered("The hinge.", "Oil.", bob)
    assert offered(asking("My pedal?", "en"), bob) == []
    assert offered(asking("My hinge?", "en"), bob) == ["Oil."]
    assert len(offered(asking("My pedal, my lid?", "en"), bob)) == 3


@pytest.mark.parametrize(
    ("question", "language", "other"),
    [
        ("I ran it on Thursday and got 14 of them.", "en", "We ran late, Thursday at 14:00."),
        ("Am Donnerstag kam die letzte Woche.", "de", "Donnerstag letzte Woche?"),
        ("Jeudi dernier, il demande deux fois.", "fr", "Le dernier jeudi ?"),
    ],
)
def test_days_numbers_and_what_anything_may_do_make_no_likeness(bob, question, language, other):
    answered(other, "See you there.", bob, language=language)
    assert offered(asking(question, language), bob) == []


def test_words_of_everyday_language_count_beside_others(bob):
    answered("The encoder jumps at home.", "Clean it.", bob)
    answered("The encoder jumps since Thursday, when I moved.", "Move it back.", bob)
    answered("I moved on Thursday.", "Congratulations.", bob)
    talk = asking("My encoder jumps since Thursday, I moved it.", "en")
    assert offered(talk, bob) == ["Move it back.", "Clean it."]
    assert set(offered(talk, bob, "thursday moved")) == {"Move it back.", "Congratulations."}


def test_what_is_typed_finds_the_same_whatever_is_answered_and_only_that_is_marked(bob):
    answered("The encoder jumps, and the lid too.", "Clean it.", bob)
    answered("It jumps.", "Your encoder is dirty; a very long story about the hinge. " * 9, bob)
    answered("Der Encoder springt.", "Sauber machen.", bob, language="de")
    english = asking("My encoder has a lid, a lid with a hinge.", "en")
    german = asking("Mein Deckel springt und muss sauber sein.", "de")
    found = [past_answers.similar(talk, bob, words="encoder").rows for talk in (english, german)]
    assert [row.reply.pk for row in found[0]] == [row.reply.pk for row in found[1]]
    assert len(found[0]) == 3
    for row in (*found[0], *found[1]):
        marked = re.findall("<mark>(.*?)</mark>", row.said + row.asked)
        assert {word.lower() for word in marked} == {"encoder"}
