"""Who owes an answer is exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox.connectors.base import Health, Incoming
from inbox.delivery.outcomes import give_up
from inbox.ingest.pipeline import ingest
from inbox.ingest.recompute import repair_drift
from inbox.models import Conversation, Delivery, Message, Source
from inbox.models.kept_fields import recompute
from inbox.verbs import sources as source_verbs
from inbox.verbs import triage, writing
from members import verbs as member_verbs
from members.models import Activity, Identity
from tests.inbox.items import ALL, ago, item, page, person, reply
from tests.make import make_source, run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


@pytest.fixture
def source(db: None) -> Source:
    return make_source()


def conversation() -> Conversation:
    return Conversation.objects.get()


def test_waiting_begins_with_the_first_mention_after_our_last_reply(source, bob) -> None:
    asked = item("1", created_at=ago(minutes=50))
    ours = reply("2", asked, is_own=True, created_at=ago(minutes=40))
    again = reply("3", ours, created_at=ago(minutes=30))
    more = reply("4", ours, created_at=ago(minutes=20), mention_reason="handle")
    ingest(source, page(asked, ours, again, more))

    assert conversation().waiting_since == again.created_at
    assert conversation().mention_reason == "reply_to_team"
    assert conversation().first_reply_at == ours.created_at


def test_a_native_answer_by_a_colleague_counts_and_a_peers_does_not(source, bob, lena) -> None:
    asked = item("1", created_at=ago(minutes=50))
    answer = reply("2", asked, author=person("bobby"), created_at=ago(minutes=40))
    ingest(source, page(asked, answer))
    assert conversation().waiting_since == asked.created_at
    assert conversation().peer_answered_at == answer.created_at
    assert conversation().first_answer_at == answer.created_at

    member_verbs.link_user(Identity.objects.get(handle="bobby").member, bob, by=lena)
    run_jobs()
    assert conversation().waiting_since is None
    assert conversation().first_reply_at == answer.created_at
    assert conversation().first_answer_at is None


def test_bots_and_colleagues_never_wait(source, bob) -> None:
    ingest(source, page(item("1", author=person("robot", is_bot=True))))
    assert conversation().waiting_since is None


def test_failed_and_cancelled_replies_answer_nothing_and_notes_never_do(source, bob) -> None:
    asked = item("1", created_at=ago(minutes=50))
    ingest(source, page(asked))
    writing.note(conversation(), "Who knows this?", by=bob)
    assert conversation().waiting_since == asked.created_at

    message = writing.reply(conversation(), "Hold both buttons.", by=bob)
    assert conversation().waiting_since is None
    for state, waits in [("failed", True), ("unconfirmed", False), ("cancelled", True)]:
        message.delivery.state = state
        message.delivery.save()
        recompute([message.conversation_id])
        assert (conversation().waiting_since == asked.created_at) is waits


def test_done_covers_what_the_closer_saw_and_nothing_else(source, bob) -> None:
    asked = item("1", created_at=ago(minutes=50))
    ingest(source, page(asked))
    seen = Message.objects.get(external_id="1").pk
    late = reply("2", asked, created_at=ago(minutes=45), mention_reason="handle")
    ingest(source, page(late))
    triage.close([conversation()], by=bob, seen_up_to=seen)
    assert conversation().state == "open"
    assert conversation().waiting_since == late.created_at

    triage.close([conversation()], by=bob, seen_up_to=Message.objects.get(external_id="2").pk)
    assert (conversation().state, conversation().waiting_since) == ("done", None)


def test_a_mention_that_arrives_after_done_reopens_whatever_its_date(source, bob) -> None:
    asked = item("1", created_at=ago(minutes=50))
    ingest(source, page(asked))
    triage.close([conversation()], by=bob, seen_up_to=Message.objects.get().pk)
    early = reply("2", asked, created_at=ago(minutes=55), mention_reason="handle")
    ingest(source, page(early))
    assert (conversation().state, conversation().waiting_since) == ("open", early.created_at)


def test_context_neither_reopens_nor_wakes(source, bob) -> None:
    asked = item("1")
    ingest(source, page(asked))
    triage.snooze([conversation()], timezone.now() + timedelta(days=1), by=bob)
    ingest(source, page(reply("2", asked, author=person("arjun"))))
    assert conversation().state == "snoozed"
    ingest(source, page(reply("3", asked, mention_reason="handle")))
    assert conversation().state == "open"


def test_an_edit_that_names_us_makes_a_mention_of_it(source, bob) -> None:
    chat = item("1", is_root=False, created_at=ago(minutes=50))
    ingest(source, page(chat))
    assert conversation().waiting_since is None
    edited = replace(chat, version="2", edited_at=ago(minutes=1), mention_reason="handle")
    ingest(source, page(edited))
    assert conversation().waiting_since == chat.created_at
    assert conversation().mention_reason == "handle"


def test_what_was_read_as_context_becomes_the_mention_it_turns_out_to_be(source) -> None:
    chat = item("1", is_root=False)
    ingest(source, page(chat))
    ingest(source, page(replace(chat, mention_reason="handle")))
    assert conversation().waiting_since == chat.created_at


def test_an_edit_of_a_mention_neither_wakes_nor_reopens(source, bob) -> None:
    asked = item("1")
    ingest(source, page(asked))
    triage.snooze([conversation()], timezone.now() + timedelta(days=1), by=bob)
    ingest(source, page(replace(asked, version="2", edited_at=ago(seconds=1))))
    assert conversation().state == "snoozed"


def test_an_answer_to_us_that_came_before_our_message_reopens_once_that_comes(source, bob) -> None:
    asked = item("1", created_at=ago(minutes=50))
    ours = reply("2", asked, is_own=True)
    answer = reply("3", ours, created_at=ago(minutes=10))
    ingest(source, page(asked))
    triage.close([conversation()], by=bob, seen_up_to=Message.objects.get().pk)
    ingest(source, page(answer))
    assert conversation().state == "done"
    outcome = ingest(source, page(ours))
    assert (conversation().state, conversation().waiting_since) == ("open", answer.created_at)
    assert outcome.newly_asked == {conversation().pk}


def test_old_mentions_of_a_backfill_arrive_handled_and_recent_ones_wait(source) -> None:
    old = item("1", created_at=ago(days=30))
    recent = reply("2", old, created_at=ago(days=2), mention_reason="handle")
    ingest(source, page(recent))
    ingest(source, page(old))
    assert conversation().waiting_since == recent.created_at
    assert Message.objects.get(external_id="1").handled_on_arrival


def test_deleting_the_question_or_our_answer_moves_the_clock(source) -> None:
    asked = item("1", created_at=ago(minutes=50))
    ours = reply("2", asked, is_own=True, created_at=ago(minutes=40))
    ingest(source, page(asked, ours))
    assert conversation().waiting_since is None
    ingest(source, page(replace(ours, op="delete")))
    assert conversation().waiting_since == asked.created_at
    ingest(source, page(replace(asked, op="delete")))
    assert conversation().waiting_since is None


def test_joining_two_threads_keeps_what_was_handled_handled(source, bob) -> None:
    root = item("1", thread_id="1", created_at=ago(minutes=60))
    middle = reply("2", root, thread_id="2", author=person("arjun"))
    later = reply("3", middle, thread_id="3", mention_reason="handle")
    ingest(source, page(root))
    ingest(source, page(later))
    handled = Message.objects.get(external_id="3")
    triage.close([handled.conversation], by=bob, seen_up_to=handled.pk)
    ingest(source, page(middle))

    assert (conversation().state, conversation().waiting_since) == ("open", root.created_at)
    assert conversation().message_count == 3
    handled.refresh_from_db()
    assert handled.handled_on_arrival
    assert not Message.objects.get(external_id="1").handled_on_arrival


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"mention_reason": "direct"}, "direct"),
        ({"mention_reason": "handle"}, "handle"),
        ({"body": "where is the Manual?"}, "keyword"),
        ({"body": "manually done"}, "new_topic"),
        ({"is_root": False}, ""),
    ],
)
def test_every_mention_says_why(source, fields: dict[str, Any], reason: str) -> None:
    Source.objects.filter(pk=source.pk).update(keywords=["manual"])
    ingest(source, page(item("1", **fields)))
    assert Message.objects.get().mention_reason == reason


def test_kept_fields_are_functions_of_the_messages(source, bob) -> None:
    """Recomputing changes nothing, whichever way the messages came."""
    asked: Incoming = item("1", created_at=ago(minutes=50))
    ingest(source, page(reply("2", asked, author=person("arjun"))))
    ingest(source, page(asked, reply("3", asked, is_own=True)))
    before = Conversation.objects.values().get()
    recompute([before["id"]])
    assert Conversation.objects.values().get() == before
    assert Activity.objects.filter(kind="message").count() == 2


def test_the_nightly_check_names_and_mends_what_drifted(source) -> None:
    ingest(source, page(item("1")))
    assert repair_drift(ALL) == {}
    Conversation.objects.update(message_count=7, waiting_since=None)
    ((pk, fields),) = repair_drift(ALL).items()
    assert (pk, set(fields)) == (conversation().pk, {"message_count", "waiting_since"})
    assert conversation().message_count == 1
    assert repair_drift(ALL) == {}


@pytest.mark.parametrize("done", [True, False])
def test_a_reply_answers_only_what_its_writer_could_have_seen(done, source, bob) -> None:
    """Written just before our reply and read just after it: nobody saw it, whatever its date."""
    asked = item("1", created_at=ago(minutes=5))
    ingest(source, page(asked))
    seen = Message.objects.get().pk
    writing.reply(conversation(), "Hold both buttons.", by=bob, done=done, seen_up_to=seen)
    assert conversation().waiting_since is None
    crossed = reply("2", asked, created_at=ago(seconds=20), mention_reason="handle")
    ingest(source, page(crossed))
    assert (conversation().state, conversation().waiting_since) == ("open", crossed.created_at)
    assert repair_drift(ALL) == {}

    writing.reply(conversation(), "And then the third.", by=bob)
    assert conversation().waiting_since is None


def test_who_answers_over_there_saw_what_stood_there(source, bob) -> None:
    asked = item("1", created_at=ago(minutes=50))
    ours = reply("3", asked, is_own=True, created_at=ago(minutes=40))
    ingest(source, page(asked, ours))
    earlier = reply("2", asked, created_at=ago(minutes=45), mention_reason="handle")
    ingest(source, page(earlier))
    assert conversation().waiting_since is None


def test_another_account_of_ours_is_the_team(source, alice) -> None:
    """Two sources on one network: what one answers, the other reads as a post of somebody."""
    asked = item("1", created_at=ago(minutes=50))
    answer = reply("2", asked, author=person("second"), created_at=ago(minutes=40))
    thanks = reply("3", answer, created_at=ago(minutes=30))
    ingest(source, page(asked, answer))
    assert conversation().waiting_since == asked.created_at

    health = Health(account=person("second", is_us=True), account_label="@second")
    source_verbs.reconnect(source, source.config, {}, by=alice, health=health)
    run_jobs()
    assert conversation().waiting_since is None
    ingest(source, page(thanks))
    assert conversation().waiting_since == thanks.created_at
    assert conversation().mention_reason == "reply_to_team"


# Whoever asked goes on ---------------------------------------------------------------------------


def answered_thread(source: Source, **fields: Any) -> tuple[Incoming, Incoming]:
    asked = item("1", created_at=ago(minutes=50))
    ours = reply("2", asked, is_own=True, created_at=ago(minutes=40))
    ingest(source, page(asked, ours))
    assert conversation().waiting_since is None
    return asked, ours


def test_whoever_asked_asks_again_by_writing_on_in_the_thread(source) -> None:
    asked, _ours = answered_thread(source)
    more = reply("3", asked, created_at=ago(minutes=30))  # to their own post, not to ours
    ingest(source, page(more))
    assert conversation().waiting_since == more.created_at
    assert conversation().mention_reason == "follow_up"


def test_chatter_of_others_asks_nobody(source) -> None:
    asked, _ours = answered_thread(source)
    ingest(source, page(reply("3", asked, author=person("arjun"), created_at=ago(minutes=30))))
    assert conversation().waiting_since is None


def test_a_follow_up_that_arrives_before_our_reply_asks_once_that_is_there(source) -> None:
    asked = item("1", created_at=ago(minutes=50))
    more = reply("3", asked, created_at=ago(minutes=30))
    ingest(source, page(asked, more))
    ingest(source, page(reply("2", asked, is_own=True, created_at=ago(minutes=40))))
    assert conversation().waiting_since == more.created_at
    assert conversation().mention_reason == "follow_up"


def test_after_done_a_thank_you_of_the_asker_reopens_nothing(source, bob) -> None:
    asked, _ours = answered_thread(source)
    triage.close([conversation()], by=bob, seen_up_to=10**9)
    ingest(source, page(reply("3", asked, created_at=ago(minutes=30))))
    assert (conversation().state, conversation().waiting_since) == ("done", None)


def test_a_reply_that_nobody_can_confirm_waits_again_and_reopens(source, bob) -> None:
    asked = item("1", created_at=ago(minutes=50))
    ingest(source, page(asked))
    message = writing.reply(
        conversation(), "Hold both.", by=bob, done=True, seen_up_to=Message.objects.get().pk
    )
    assert conversation().state == "done"
    Delivery.objects.update(state="unconfirmed")
    give_up(message.delivery, "Your reply may not have arrived.")
    Delivery.objects.update(next_try_at=None)
    recompute([message.conversation_id])
    assert (conversation().state, conversation().waiting_since) == ("open", asked.created_at)
    message.delivery.refresh_from_db()
    writing.confirm(message.delivery, by=bob)
    assert conversation().waiting_since is None


# What a conversation is called, and who it is with ------------------------------------------------


def test_an_untitled_conversation_is_called_by_its_first_inbound_words(source, bob) -> None:
    asked = item("1", thread_title="", body="The second voice drifts", created_at=ago(minutes=50))
    ingest(source, page(asked))
    assert str(conversation()) == "The second voice drifts"
    writing.reply(conversation(), "Turn Time to the left.", by=bob)
    ingest(source, page(reply("2", asked, author=person("arjun"), body="Mine too")))
    assert str(conversation()) == "The second voice drifts"


def test_row_and_addressee_stay_with_the_asker_after_we_answered(source) -> None:
    asked, _ours = answered_thread(source)
    ingest(source, page(reply("3", asked, author=person("arjun"), created_at=ago(minutes=20))))
    assert conversation().preview_by.handle == asked.author.handle
    assert conversation().answerable().external_id == "1"


# Native replies in the log ------------------------------------------------------------------------


def replies_logged(handle: str) -> list[Activity]:
    member = Identity.objects.get(handle=handle).member
    return list(Activity.objects.present().filter(member=member, kind="reply"))


def test_what_a_colleague_writes_on_the_platform_stands_in_the_askers_log(
    source, bob, lena
) -> None:
    asked = item("1", author=person("ines"), created_at=ago(minutes=50))
    answer = reply("2", asked, author=person("bobby"), created_at=ago(minutes=40))
    ingest(source, page(asked, answer))
    assert replies_logged("ines") == []
    bobby = Identity.objects.get(handle="bobby").member
    linked = member_verbs.link_user(bobby, bob, by=lena)
    run_jobs()
    (line,) = replies_logged("ines")
    assert (line.actor, line.occurred_at) == (bob, answer.created_at)
    assert Identity.objects.get(handle="ines").member.last_contact_at == answer.created_at
    later = reply("3", asked, author=person("bobby"), created_at=ago(minutes=30))
    ingest(source, page(later))
    ingest(source, page(later))
    assert len(replies_logged("ines")) == 2
    assert linked.undo(by=lena)
    run_jobs()
    assert replies_logged("ines") == []


def test_a_post_of_our_own_account_answers_whoever_asked_last(source) -> None:
    asked = item("1", author=person("ines"), created_at=ago(minutes=50))
    ours = item(
        "2", thread_id=asked.thread_id, author=person("hub", is_us=True), is_own=True,
        created_at=ago(minutes=40),
    )  # fmt: skip
    ingest(source, page(asked, ours))
    assert len(replies_logged("ines")) == 1
