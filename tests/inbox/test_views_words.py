"""What a conversation says: deleted and edited messages, system lines, hostile text, the person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.verbs import tags, triage, writing
from members import verbs as member_verbs
from members.models import Stage
from tests.make import (
    make_conversation,
    make_identity,
    make_line,
    make_member,
    make_message,
    make_reply,
    make_source,
)


@pytest.fixture
def read(client, bob):
    client.force_login(bob)

    def words(conversation):
        return " ".join(client.get(conversation.get_absolute_url()).content.decode().split())

    return words


def test_what_was_deleted_upstream_is_no_longer_shown(read):
    talk = make_conversation()
    make_message(talk)
    make_message(talk, "A regretted word", mention_reason="", deleted_at=timezone.now())
    assert "A regretted word" not in read(talk)
    assert "Deleted on the platform" in read(talk)


def test_an_edited_message_says_so(read):
    talk = make_conversation()
    make_message(talk)
    assert "edited" not in read(talk)
    make_message(talk, edited_at=timezone.now())
    assert "edited" in read(talk)


def test_a_content_warning_covers_the_words_until_somebody_opens_it(read):
    talk = make_conversation()
    make_message(talk, "The end of the film", content_warning="Spoilers")
    shown = read(talk)
    assert "<summary>Spoilers</summary>" in shown


def test_bodies_carry_their_language_and_find_their_own_direction(read):
    talk = make_conversation()
    make_message(talk, "مرحبا", language="ar")
    assert '<div class="body" dir="auto" lang="ar">' in read(talk)


def test_markup_in_names_subjects_and_tags_is_shown_and_not_run(read, bob):
    nasty = "<script>alert(1)</script>"
    talk = make_conversation(subject=nasty)
    make_message(talk, author=make_identity(make_member(nasty), handle=nasty), attachments=[
        {"kind": "file", "url": "https://x.example/a", "filename": nasty, "alt_text": nasty}
    ])  # fmt: skip
    tags.tag([talk], nasty, by=bob)
    writing.note(talk, nasty, by=bob)
    shown = read(talk)
    assert nasty not in shown
    assert "&lt;script&gt;" in shown


def test_a_deleted_account_is_called_that(read):
    talk = make_conversation()
    message = make_message(talk)
    message.author = None
    message.save(update_fields=["author"])
    assert "Deleted account" in read(talk)


def test_system_lines_say_who_did_what(read, bob, lena):
    talk = make_conversation()
    make_message(talk)
    triage.assign([talk], lena, by=bob)
    triage.assign([talk], bob, by=bob)
    triage.assign([talk], None, by=bob)
    triage.snooze([talk], None, by=bob)
    triage.reopen([talk], by=lena)
    triage.close([talk], by=bob, seen_up_to=talk.last_message_id)
    shown = read(talk)
    for said in (
        "Bob Baker assigned this to Lena Lindqvist",
        "Bob Baker assigned this to themselves",
        "Bob Baker unassigned this",
        "Bob Baker snoozed this until they reply",
        "Lena Lindqvist reopened this",
        "Bob Baker marked this as done",
    ):
        assert said in shown


def test_the_person_pane_says_who_what_to_know_and_who_knows_them(read, bob, lena):
    member = make_member(
        pronouns="she/her",
        place="Leipzig",
        stage=Stage.CONTRIBUTOR,
        first_seen=timezone.now() - timedelta(days=900),
    )
    talk = make_conversation()
    make_message(talk, author=make_identity(member, handle="ines", profile_url="https://x.example"))
    member_verbs.add_note(member, "Lent us her lathe", by=lena)
    make_line(member, "Answered about the clock", kind="reply", actor_id=bob.pk)
    shown = read(talk)
    for said in ("she/her", "Leipzig", "Contributor", "Lent us her lathe", "ines"):
        assert said in shown
    assert "Bob Baker" in shown
    assert "Answered about the clock" in shown


def test_a_private_note_is_not_in_the_person_pane_of_a_colleague(read, lena):
    member = make_member()
    talk = make_conversation()
    make_message(talk, author=make_identity(member))
    member_verbs.add_note(member, "Between leads", by=lena, visibility="leads")
    member_verbs.add_note(member, "For me alone", by=lena, visibility="author")
    shown = read(talk)
    assert "Between leads" not in shown
    assert "For me alone" not in shown


@pytest.mark.parametrize(
    ("state", "said", "offered"),
    [
        ("held", "sending in a moment", ["Cancel"]),
        ("queued", "sending", ["Cancel"]),
        ("sending", "sending", []),
        ("sent", "on the practice", []),
        ("pending", "moderation", []),
        ("failed", "not sent", ["Retry", "Edit", "Cancel"]),
        ("unconfirmed", "may have been posted", ["Mark as sent", "Send again"]),
    ],
)
def test_a_delivery_says_its_state_and_what_can_be_done(read, bob, state, said, offered):
    talk = make_conversation()
    make_message(talk)
    make_reply(talk, by=bob, state=state)
    shown = read(talk)
    assert said in shown
    for button in ("Cancel", "Retry", "Edit", "Mark as sent", "Send again"):
        assert (f">{button}<" in shown) is (button in offered)


def test_a_cancelled_reply_is_gone_from_the_thread(read, bob):
    talk = make_conversation()
    make_message(talk)
    make_reply(talk, "Cancel this", by=bob, state="cancelled")
    assert "Cancel this" not in read(talk)


def test_a_reply_that_is_kept_says_why(read, bob):
    talk = make_conversation()
    make_message(talk)
    why = "Workbench needs to be reconnected first. Your reply is kept."
    kept = make_reply(talk, by=bob, state="queued")
    kept.delivery.last_error = why
    kept.delivery.save()
    talk.source.state = "reconnect"
    talk.source.save()
    assert why in read(talk)
    assert "retrying soon" not in read(talk)


def test_a_feed_that_names_nobody_has_no_deleted_account(read):
    talk = make_conversation(make_source(kind="feed", config={"url": "https://a.example/feed"}))
    message = make_message(talk)
    message.author = None
    message.save(update_fields=["author"])
    assert "Unnamed member" in read(talk)
    assert "deleted account" not in read(talk)


def test_a_deleted_thread_still_knows_whose_it_was(read):
    talk = make_conversation()
    make_message(talk, deleted_at=timezone.now(), author=make_identity(make_member("Wren Ashby")))
    talk.refresh_from_db()
    assert str(talk.preview_by) == "Wren Ashby"
    assert "does not say who wrote this" not in read(talk)


def test_a_warning_stands_above_the_box_one_writes_in(read):
    asker = make_identity(make_member("Ines Wolff", do_not_contact=True))
    talk = make_conversation()
    make_message(talk, author=asker)
    page = read(talk)
    assert page.index("Asked not to be contacted.") < page.index('id="composer"')
