"""One row for each wait of each conversation, whatever happened in it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from inbox.ingest import asks
from inbox.ingest.recompute import repair_drift
from inbox.models import Ask, Conversation, Delivery, Message
from inbox.models.kept_fields import recompute
from inbox.verbs import triage
from members.models import Identity, Member
from team import actions
from team.models import BackgroundJob, User
from tests.inbox.items import ALL
from tests.make import (
    make_conversation,
    make_identity,
    make_member,
    make_message,
    make_reply,
    make_source,
    run_jobs,
)

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def rows(conversation: Conversation) -> list[Ask]:
    assert asks.drifted([conversation]) == []
    return list(Ask.objects.filter(conversation=conversation).order_by("asked_at", "pk"))


def test_an_ask_ends_with_the_teams_first_reply_and_the_next_mention_begins_another(bob) -> None:
    conversation = make_conversation()
    ines = make_identity()
    first = make_message(conversation, author=ines, sent_at=at(0))
    make_message(conversation, author=ines, sent_at=at(1))
    make_reply(conversation, by=bob, sent_at=at(2))
    make_reply(conversation, by=bob, sent_at=at(3))
    again = make_message(conversation, author=ines, sent_at=at(5))

    one, two = rows(conversation)
    assert (one.message, one.asked_at, one.team_replied_at) == (first, at(0), at(2))
    assert (one.replied_by, one.member, one.is_first) == (bob, ines.member, True)
    assert (two.message, two.team_replied_at, two.is_first) == (again, None, False)
    conversation.refresh_from_db()
    assert conversation.waiting_since == two.asked_at
    assert conversation.alternations == 2


def test_a_peers_answer_is_an_answer_by_anyone_and_no_reply_of_the_team() -> None:
    conversation = make_conversation()
    ines = make_identity()
    make_message(conversation, author=ines, sent_at=at(0))
    make_message(conversation, author=ines, sent_at=at(1), mention_reason="")
    bot = make_identity(make_member("Helper", is_bot=True))
    make_message(conversation, author=bot, sent_at=at(2), mention_reason="")
    arjun = make_identity(make_member("Arjun Rao"))
    make_message(conversation, author=arjun, sent_at=at(3), mention_reason="")

    (ask,) = rows(conversation)
    assert (ask.answered_at, ask.team_replied_at, ask.closed_at) == (at(3), None, None)


def test_done_without_a_reply_closes_and_a_new_mention_starts_a_new_clock(bob) -> None:
    conversation = make_conversation()
    ines = make_identity()
    asked = make_message(conversation, author=ines, sent_at=at(0))
    changes = triage.close([conversation], seen_up_to=asked.pk, by=bob)
    (ask,) = rows(conversation)
    line = Message.objects.get(kind="event")
    assert (ask.closed_at, ask.team_replied_at) == (line.sent_at, None)

    changes.undo(by=bob)
    assert rows(conversation)[0].closed_at is None

    Message.objects.filter(kind="event").delete()
    triage.close([conversation], seen_up_to=asked.pk, by=bob)
    Message.objects.filter(kind="event").update(sent_at=at(1))
    make_message(conversation, author=ines, sent_at=at(24))
    make_reply(conversation, by=bob, sent_at=at(25))
    one, two = rows(conversation)
    assert (one.closed_at, one.team_replied_at) == (at(1), None)
    assert two.team_replied_at - two.asked_at == timedelta(hours=1)


def test_what_was_done_and_replied_to_all_the_same_was_replied_to(bob) -> None:
    conversation = make_conversation()
    asked = make_message(conversation, sent_at=at(0))
    triage.close([conversation], seen_up_to=asked.pk, by=bob)
    Message.objects.filter(kind="event").update(sent_at=at(1))
    make_reply(conversation, by=bob, sent_at=at(4))
    (ask,) = rows(conversation)
    assert (ask.closed_at, ask.team_replied_at) == (at(1), at(4))


def test_an_old_mention_from_a_first_sync_waits_for_nobody() -> None:
    conversation = make_conversation()
    make_message(conversation, sent_at=at(0), handled_on_arrival=True)
    (ask,) = rows(conversation)
    assert ask.closed_at == at(0)
    assert not Ask.objects.open().exists()


def test_a_failed_reply_answers_nothing_and_a_deleted_mention_asks_nothing(bob) -> None:
    conversation = make_conversation()
    asked = make_message(conversation, sent_at=at(0))
    reply = make_reply(conversation, by=bob, sent_at=at(1))
    assert rows(conversation)[0].team_replied_at == at(1)
    Delivery.objects.filter(message=reply).update(state="failed")
    recompute([conversation.pk])
    assert rows(conversation)[0].team_replied_at is None
    Message.objects.filter(pk=asked.pk).update(deleted_at=at(2))
    recompute([conversation.pk])
    assert rows(conversation) == []


def test_what_was_there_before_gets_its_asks_by_a_job(bob) -> None:
    conversation = make_conversation()
    make_message(conversation, sent_at=at(0))
    make_reply(conversation, by=bob, sent_at=at(1))
    Ask.objects.all().delete()
    Conversation.objects.update(alternations=0)
    BackgroundJob.objects.create(kind="fill-asks", about="asks", run_at=at(0))
    assert "asks" not in dict(repair_drift(ALL)).get(conversation.pk, [])
    Ask.objects.all().delete()
    run_jobs()
    assert len(rows(conversation)) == 1
    conversation.refresh_from_db()
    assert conversation.alternations == 1


def test_the_nightly_check_finds_and_mends_wrong_asks(bob) -> None:
    conversation = make_conversation()
    make_message(conversation, sent_at=at(0))
    Ask.objects.update(team_replied_at=at(1))
    assert repair_drift(ALL) == {conversation.pk: ["asks"]}
    assert repair_drift(ALL) == {}


@pytest.mark.parametrize("seed", range(40))
def test_random_histories_keep_what_an_independent_function_expects(seed, bob, lena) -> None:
    """Also: the ask that is open is the one that the conversation waits for."""
    history = _History(random.Random(seed), bob, lena)
    for _step in range(14):
        history.step()
        recompute([history.conversation.pk])
        history.conversation.refresh_from_db()
        assert asks.drifted([history.conversation]) == [], history.told
        waiting = [one.asked_at for one in Ask.objects.open()]
        expected = history.conversation.waiting_since
        assert waiting == ([expected] if expected else []), history.told


class _History:
    """One conversation in which anything may happen, in any order of dates."""

    def __init__(self, chance: random.Random, bob: User, lena: User) -> None:
        self.chance, self.bob, self.told = chance, bob, []
        self.conversation = make_conversation(make_source())
        self.people = [make_identity(make_member(name)) for name in ("Ines Wolff", "Arjun Rao")]
        native = make_member("Lena")
        Member.objects.filter(pk=native.pk).update(user=lena)
        self.native: Identity = make_identity(native)
        self.bot = make_identity(make_member("Helper", is_bot=True))
        self.groups = []

    def step(self) -> None:
        what = self.chance.choice(
            ["mention", "mention", "talk", "native", "here", "here", "fail", "bot", "close",
             "reopen", "undo", "delete", "history"]
        )  # fmt: skip
        self.told.append(what)
        getattr(self, f"_{what}")()

    def _when(self) -> datetime:
        return at(self.chance.randrange(0, 200) / 2)

    def _mention(self) -> None:
        make_message(
            self.conversation, author=self.chance.choice(self.people), sent_at=self._when()
        )

    def _talk(self) -> None:
        author = self.chance.choice(self.people)
        make_message(self.conversation, author=author, sent_at=self._when(), mention_reason="")

    def _native(self) -> None:
        make_message(self.conversation, author=self.native, sent_at=self._when())

    def _bot(self) -> None:
        make_message(self.conversation, author=self.bot, sent_at=self._when())

    def _history(self) -> None:
        author = self.chance.choice(self.people)
        make_message(
            self.conversation, author=author, sent_at=self._when(), handled_on_arrival=True
        )

    def _here(self) -> None:
        make_reply(self.conversation, by=self.bob, sent_at=self._when())

    def _fail(self) -> None:
        make_reply(self.conversation, by=self.bob, state="failed", sent_at=self._when())

    def _close(self) -> None:
        newest = self.conversation.last_message_id
        seen = newest - self.chance.choice([0, 0, 1, 2])
        self.groups.append(triage.close([self.conversation], seen_up_to=seen, by=self.bob).group)

    def _reopen(self) -> None:
        self.groups.append(triage.reopen([self.conversation], by=self.bob).group)

    def _undo(self) -> None:
        groups = [group for group in self.groups if group]
        if groups:
            actions.undo(groups[-1], by=self.bob)

    def _delete(self) -> None:
        rows = Message.objects.filter(conversation=self.conversation, kind="inbound")
        if pks := list(rows.values_list("pk", flat=True)):
            Message.objects.filter(pk=self.chance.choice(pks)).update(deleted_at=at(300))
