"""Past answers: which are offered, to whom, in which order, and what is inserted of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inbox.models import Message, SavedReply
from inbox.pages import past_answers
from tests.make import (
    make_conversation,
    make_identity,
    make_member,
    make_message,
    make_reply,
    make_source,
)

ASKED = "The sequencer loses its clock when I plug in the arpeggiator."


@pytest.fixture
def talk(db):
    talk = make_conversation(subject="")
    make_message(talk, ASKED, author=make_identity(make_member("Ada Lovelace")), language="en")
    return talk


def answered(question: str, answer: str, by, *, language: str = "en", **fields) -> Message:
    """A conversation of its own, in which somebody asked and was answered."""
    source = fields.pop("source", None)
    there = make_conversation(source, subject="")
    long_ago = timezone.now() - timedelta(days=9)
    author = make_identity(make_member("Wren Ashby"), handle="wren")
    asked = make_message(there, question, author=author, language=language, sent_at=long_ago)
    fields = {"parent": asked, "sent_at": long_ago + timedelta(hours=1), **fields}
    return make_reply(there, answer, by=by, language=language, **fields)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def offered(talk, user, words: str = "") -> list[str]:
    return [row.reply.body_text for row in past_answers.similar(talk, user, words=words).rows]


def test_answers_to_similar_messages_come_first_the_more_alike_the_earlier(bob, talk):
    answered("Which colours does the case come in?", "Black and cream.", bob)
    answered("My clock stops now and then.", "Update it to 1.2.", bob)
    answered("The arpeggiator makes the sequencer lose its clock.", "Use the thick cable.", bob)
    assert offered(talk, bob)[0] == "Use the thick cable."
    assert "Black and cream." not in offered(talk, bob)


def test_words_are_found_in_the_answer_too_and_in_another_form(bob, talk):
    answered("Help me please!", "Two arpeggiators and one sequencer share a clock.", bob)
    assert offered(talk, bob) == ["Two arpeggiators and one sequencer share a clock."]


def test_a_rare_word_in_common_counts_more_than_frequent_ones(bob, talk):
    for number in range(30):
        answered(f"Nothing plugs into the sequencer, unit {number}", f"Turn it by {number}.", bob)
    answered("About the arpeggiator and a sequencer", "That one.", bob)
    assert offered(talk, bob)[0] == "That one."


def test_a_message_too_short_to_tell_its_language_finds_others_and_is_found(bob, talk):
    answered("no clock, no sequencer", "By its own cable.", bob, language="")
    assert offered(talk, bob) == ["By its own cable."]
    other = make_conversation(subject="")
    make_message(other, "Sequencers? Clocks?", language="")
    answered("The sequencer and the clock differ.", "They may.", bob)
    assert "They may." in offered(other, bob)


def test_languages_without_spaces_are_compared_by_what_stands_side_by_side(bob):
    talk = make_conversation(subject="")
    make_message(talk, "シーケンサーの音が出ません。", language="ja")
    answered("シンセの音が出ません", "電源を入れてください。", bob, language="ja")
    answered("出が音の", "いいえ。", bob, language="ja")
    assert offered(talk, bob) == ["電源を入れてください。"]
    assert offered(talk, bob, "電源") == ["電源を入れてください。"]


def test_german_words_meet_in_their_stems(bob):
    talk = make_conversation(subject="")
    make_message(talk, "Die Oszillatoren verstimmen sich beim Aufwärmen.", language="de")
    answered("Mein Oszillator verstimmt sich!", "Zehn Minuten warten.", bob, language="de")
    assert offered(talk, bob) == ["Zehn Minuten warten."]


def test_the_subject_is_part_of_what_is_asked(bob):
    talk = make_conversation(subject="Arpeggiator and clock")
    make_message(talk, "See above.", language="en")
    answered("The clock of my arpeggiator", "It is inside.", bob)
    assert offered(talk, bob) == ["It is inside."]


def test_typed_words_must_all_be_there_and_the_last_may_be_begun(bob, talk):
    answered("The sequencer lost its clock", "Update the firmware.", bob)
    answered("Who makes knobs?", "We do, of walnut.", bob)
    assert offered(talk, bob, "walnut knobs") == ["We do, of walnut."]
    assert offered(talk, bob, "waln") == ["We do, of walnut."]
    assert offered(talk, bob, "walnut firmware") == []
    assert offered(talk, bob, "the firmware") == ["Update the firmware."]
    assert offered(talk, bob, "…") == []
    assert offered(talk, bob, "'; drop:* & | !") == []


@pytest.mark.parametrize(
    "state", ["held", "queued", "sending", "pending", "failed", "unconfirmed", "cancelled"]
)
def test_only_what_has_arrived_is_offered(bob, talk, state):
    reply = answered(ASKED, "Not there.", bob, state=state)
    assert offered(talk, bob) == []
    assert past_answers.load(talk, bob, reply.pk) is None


def test_neither_notes_nor_what_was_deleted_or_private_is_offered(bob, talk):
    deleted = answered(ASKED, "Deleted.", bob)
    Message.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    closed = [answered(ASKED, "Private.", bob, visibility=v) for v in ("direct", "followers")]
    there = answered("Colours?", "Blue.", bob).conversation
    note = make_message(there, ASKED, kind="note", author=None, external_id=None, by=bob)
    assert offered(talk, bob) == []
    for message in (deleted, *closed, note, there.messages.get(kind="inbound")):
        assert past_answers.load(talk, bob, message.pk) is None


def test_a_public_answer_to_a_private_message_shows_nothing_of_that(bob, talk):
    reply = answered(ASKED, "As I told you.", bob)
    Message.objects.filter(pk=reply.parent_id).update(visibility="direct")
    assert offered(talk, bob) == []
    assert past_answers.load(talk, bob, reply.pk) is None


def test_nothing_of_this_conversation_is_offered(bob, talk):
    reply = make_reply(talk, f"{ASKED} Yes.", by=bob, language="en")
    assert offered(talk, bob) == []
    assert past_answers.load(talk, bob, reply.pk) is None


def test_a_restricted_source_is_in_no_row_no_order_and_no_number(bob, lena, talk):
    closed = make_source(restricted=True)
    secret = answered(ASKED, "Secret.", lena, source=closed)
    answered("About a sequencer and its clock", "First.", lena)
    answered("About an arpeggiator and its clock", "Second.", lena)
    before = [(row.reply.pk, row.said) for row in past_answers.similar(talk, bob).rows]
    for number in range(20):  # they would make one of the two words a frequent one
        answered("arpeggiator, sequencer", f"Secret {number}.", lena, source=closed)
    answered("arpeggiator", "Secret, too.", lena, source=closed)
    assert [(row.reply.pk, row.said) for row in past_answers.similar(talk, bob).rows] == before
    assert "Secret." in offered(talk, lena)
    address = reverse("past-answer", args=[talk.pk, secret.pk])
    assert signed_in(bob).get(address).status_code == 404
    assert signed_in(bob).post(address).status_code == 404
    assert b"restricted source" in signed_in(lena).get(address).content


def test_what_colleagues_wrote_on_the_platform_itself_is_offered(bob, talk):
    there = make_conversation(subject="")
    ago = timezone.now() - timedelta(hours=3)
    make_message(there, ASKED, language="en", sent_at=ago)
    colleague = make_identity(make_member("Robin Ruiz", user=bob))
    native = make_message(
        there, "See the plan.", author=colleague, language="en", mention_reason="",
        body_html='<p>See <a href="https://x.example/p">the plan</a>.</p>',
        sent_at=ago + timedelta(hours=1),
    )  # fmt: skip
    ours = make_message(
        make_message(sent_at=ago, text=ASKED, language="en").conversation, "Ours.", author=None,
        kind="outbound", language="en", mention_reason="", sent_at=ago + timedelta(hours=1),
    )  # fmt: skip
    rows = past_answers.similar(talk, bob).rows
    assert {(row.reply.pk, row.who) for row in rows} == {(native.pk, "Robin Ruiz"), (ours.pk, "")}
    answer = signed_in(bob).post(reverse("past-answer", args=[talk.pk, native.pk]))
    assert answer.json()["text"] == "See [the plan](https://x.example/p)."


def test_what_a_colleague_began_is_no_answer(bob, talk):
    colleague = make_identity(make_member("Robin Ruiz", user=bob))
    opening = make_message(make_conversation(subject=""), ASKED, author=colleague, language="en")
    assert offered(talk, bob) == []
    assert past_answers.load(talk, bob, opening.pk) is None


def test_without_a_parent_the_last_message_of_a_member_was_answered(bob, talk):
    reply = answered(ASKED, "Yes.", bob, parent=None)
    later = make_message(
        reply.conversation, ASKED, sent_at=reply.sent_at + timedelta(hours=1), language="en"
    )
    (row,) = past_answers.similar(talk, bob).rows
    assert row.question.body_text == ASKED
    assert row.question.pk != later.pk
    assert past_answers.load(talk, bob, reply.pk).question.pk == row.question.pk


def test_one_text_is_offered_once(bob, talk):
    for _number in range(3):
        answered(ASKED, "Press both.", bob)
    assert offered(talk, bob) == ["Press both."]


def test_older_answers_are_found_by_rare_words_and_the_page_says_so(bob, talk, monkeypatch):
    old = answered("Arpeggiator", "Found.", bob, sent_at=timezone.now() - timedelta(days=400))
    asked = timezone.now() - timedelta(days=401)
    Message.objects.filter(pk=old.parent_id).update(sent_at=asked)
    monkeypatch.setattr("inbox.search.past_answers.MOST", 2)
    for number in range(4):
        answered("The sequencer and its clock", f"New {number}.", bob)
    assert "Found." in offered(talk, bob, "arpeggiator")
    page = signed_in(bob).get(reverse("past-answers", args=[talk.pk])).content.decode()
    assert "Searched the newest 2 answers" in page


def test_the_answer_is_read_with_its_question_and_inserted_as_it_was_written(bob, talk):
    SavedReply.objects.create(title="Thanks", text="Thank you!")
    reply = answered(ASKED, "Hi Wren,\n\n**hold** both. Ask @mika or mika@x.example.", bob)
    address = reverse("past-answer", args=[talk.pk, reply.pk])
    page = signed_in(bob).get(address).content.decode()
    assert ASKED in page
    assert "Wren Ashby" in page
    assert "This answer mentions: mika@x.example, @mika" in page
    assert f"{reply.conversation.get_absolute_url()}?at={reply.pk}" in page
    answer = signed_in(bob).post(address).json()
    assert answer["text"] == "Hi Ada,\n\n**hold** both. Ask @mika or mika@x.example."
    assert "mika@x.example, @mika" in answer["remark"]
    assert not SavedReply.objects.exclude(used_count=0).exists()


def test_the_name_of_the_colleague_who_signed_it_is_pointed_out_to_others(bob, lena, talk):
    reply = answered(ASKED, f"Use the thick cable.\n\n{lena.first_name}", lena)
    remarks = []
    for user in (bob, lena):
        answer = past_answers.load(talk, user, reply.pk)
        remarks.append(answer.text.remark)
    assert remarks == [f"Check before sending. This answer mentions: {lena.first_name}", ""]


def test_an_answer_that_names_another_member_of_its_conversation_says_so(bob, talk):
    reply = answered(ASKED, "Danke, Henrike. Bob meint dasselbe.", bob)
    there = reply.conversation
    make_message(there, "Kabel?", author=make_identity(make_member("Henrike Voss")))
    make_message(there, "Dasselbe.", author=make_identity(make_member("Bob Baker", user=bob)))
    answer = signed_in(bob).post(reverse("past-answer", args=[talk.pk, reply.pk])).json()
    assert answer["text"] == "Danke, Henrike. Bob meint dasselbe."
    assert answer["remark"].endswith("This answer mentions: Henrike")


def test_the_list_marks_what_is_alike_and_escapes_the_rest(bob, talk):
    answered("<b>sequencer</b> clock", "<i>arpeggiator</i> & clock", bob)
    page = signed_in(bob).get(reverse("past-answers", args=[talk.pk])).content.decode()
    assert "&lt;i&gt;<mark>arpeggiator</mark>&lt;/i&gt; &amp; <mark>clock</mark>" in page
    assert "Bob Baker" in page
    empty = signed_in(bob).get(reverse("past-answers", args=[talk.pk]), {"words": "xyzzy"})
    assert "No past answers with these words" in empty.content.decode()


def test_who_cannot_reply_is_offered_none(carol, olga, bob, talk):
    reply = answered(ASKED, "Yes.", bob)
    for user in (carol, olga):
        client = signed_in(user)
        assert client.get(reverse("past-answers", args=[talk.pk])).status_code == 403
        assert client.post(reverse("past-answer", args=[talk.pk, reply.pk])).status_code == 403


def test_it_asks_as_often_for_many_as_for_one(bob, talk, django_assert_max_num_queries):
    for number in range(12):
        answered(ASKED, f"Answer {number}.", bob)
    client = signed_in(bob)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("past-answers", args=[talk.pk])).content.decode()
    assert page.count("data-read") == past_answers.SHOWN
