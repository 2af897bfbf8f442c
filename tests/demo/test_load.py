"""The demo is loaded through practice sites, HTTP and ingest; then the team's work is added."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from community_hub.demo import event_words
from community_hub.demo.community import Community, community
from community_hub.demo.credits import CREDITED_ANSWERS
from community_hub.demo.handled import HANDLED
from community_hub.demo.known_members import KNOWN_MEMBERS
from community_hub.demo.load import SEED, load
from events import attendances
from events.effect import effect_of
from events.models import Attendance, Event, EventLink
from inbox.models import Conversation, Draft, Message, Quarantined, SavedReply, Source
from inbox.variables import what_is_wrong
from members import bonds
from members.listing import MemberListing
from members.models import Activity, Affiliation, Identity, Member, Organisation
from sandbox.seed import SeedThread
from team.models import User
from tests.sandbox.serving import Served

NEWEST = 45  # conversations a site: enough for the hand-written ones


@pytest.fixture(scope="module")
def whole() -> Community:
    return community(SEED, timezone.now())


def trimmed(whole: Community) -> Community:
    """The newest conversations, and the last ones of everybody the team knows."""
    threads, waiting = {}, {}
    for slug, found in whole.threads.items():
        wanted = {index for index in range(len(found)) if index >= len(found) - NEWEST}
        wanted |= set(whole.waiting[slug]) | _called(found, slug) | _last_words(found, slug)
        kept = sorted(wanted)
        threads[slug] = [found[index] for index in kept]
        waiting[slug] = [kept.index(index) for index in whole.waiting[slug]]
    return replace(whole, threads=threads, waiting=waiting)


def _called(threads: list[SeedThread], slug: str) -> set[int]:
    begins = tuple(told.begins for told in (*HANDLED, *CREDITED_ANSWERS) if told.site == slug)
    if slug == "forum":
        begins += tuple(each for event in event_words.LINKED for each in event.linked)
    texts = enumerate(thread.title or thread.posts[0].body for thread in threads)
    return {index for index, text in texts if text.startswith(begins)}


def _last_words(threads: list[SeedThread], slug: str) -> set[int]:
    last: dict[str, int] = {}
    for index, thread in enumerate(threads):
        last |= {post.author_handle: index for post in thread.posts if not post.deleted_author}
    return {last[known.handle] for known in KNOWN_MEMBERS if known.site == slug}


def test_the_team_knows_only_people_and_conversations_that_are_there(whole: Community) -> None:
    for known in KNOWN_MEMBERS:
        assert known.handle in {account.handle for account in whole.accounts[known.site]}
    for handled in HANDLED:
        assert _called(whole.threads[handled.site], handled.site), handled.begins


def test_the_demo_arrives_whole_and_lies_on_the_desk(served: Served, whole: Community) -> None:
    demo = trimmed(whole)
    said: list[str] = []
    load(said.append, demo)
    written = sum(len(thread.posts) for thread in demo.everything())
    messages = Message.objects.filter(kind__in=["inbound", "outbound"])
    assert messages.count() == written
    assert Conversation.objects.count() == len(demo.everything())
    assert Quarantined.objects.count() == 0
    assert not any(source.is_backfilling for source in Source.objects.all())
    assert "demo is ready" in said[-1]
    shared = SavedReply.objects.current().firsts().filter(owner=None)
    assert shared.filter(variants__language="de").exists()
    assert SavedReply.objects.filter(owner__name="Bo Nilsson").exists()
    assert [what_is_wrong(reply.text) for reply in SavedReply.objects.all()] == (
        [""] * SavedReply.objects.count()
    )

    waiting = Conversation.objects.needs_reply()
    assert 25 <= waiting.count() <= 40
    drift = Conversation.objects.get(subject="MIDI clock drifts after firmware 2.4")
    assert drift.assignee is not None
    assert {tag.name for tag in drift.tags.all()} == {"bug", "firmware"}
    assert Draft.objects.filter(conversation=drift).exists()
    assert drift.messages.filter(kind="note").count() == 1

    assert Member.objects.filter(user__isnull=False).count() == 2
    assert Activity.objects.filter(kind="note").count() == sum(len(k.notes) for k in KNOWN_MEMBERS)
    ines = Member.objects.get(identities__handle="inesw")
    promised, *older = ines.activities.filter(kind="note").newest_first()
    assert promised.summary.startswith("Promised her")
    assert timezone.now() - promised.occurred_at > timedelta(hours=20)
    assert all(ines.first_seen <= note.occurred_at < promised.occurred_at for note in older)
    petra = Member.objects.get(identities__handle="petra")
    assert petra.stage == "champion"
    lena = User.objects.get(name="Lena Okafor")
    (held,) = MemberListing(query="stage:champion held-by-one:yes").found(lena)
    alone = [each.name for each in bonds.who_knows(held, lena) if each.is_only]
    assert alone == ["Lena Okafor"]
    there = Organisation.objects.get(name="Repair Café International").affiliations
    assert there.filter(until=None).count() == 3
    assert there.exclude(until=None).count() == 1
    assert {str(row) for row in Affiliation.objects.filter(member=ines)} == {
        "Head of the metal workshop at Werk 2",
        "Lecturer at Hochschule Anhalt",
    }
    assert Conversation.objects.snoozed().exists()
    assert Conversation.objects.done().count() > 20
    longest = waiting.waiting_longest_first()[0]
    assert timezone.now() - longest.waiting_since < timedelta(days=4)
    events_are_there(lena)


def events_are_there(user: User) -> None:
    now = timezone.now()
    events = {event.title: event for event in Event.objects.filter(series=None)}
    autumn, berlin = events["Autumn meet-up"], events["Berlin meet-up"]
    assert autumn.state_now == "over"
    who = attendances.counts(autumn, user)
    assert (who.came, who.declined) == (14, 3)
    assert who.no_show >= 3
    assert effect_of(autumn, user).first_timers == 5
    absent = Activity.objects.filter(key__endswith=":no-show", summary__contains="Autumn meet-up")
    assert absent.count() == who.no_show
    assert not Activity.objects.filter(key__startswith="attendance:", occurred_at__gt=now).exists()

    who = attendances.counts(berlin, user)
    assert (who.seats, who.capacity) == (40, 40)
    assert who.waiting == 5
    line = Attendance.objects.filter(event=berlin).waiting_longest_first().select_related("member")
    assert line.last().member.identities.get().external_id == "teo@albrecht.example"
    assert EventLink.objects.filter(event=berlin, title__startswith="Berlin, in two weeks").exists()

    evenings = Event.objects.exclude(series=None).soonest_first()
    zone = ZoneInfo("Europe/Berlin")
    days = [event.starts_at.astimezone(zone) for event in evenings]
    assert all((day.weekday(), day.hour) == (1, 19) and 8 <= day.day <= 14 for day in days)
    assert evenings.filter(ends_at__lt=now).count() >= 2
    assert evenings.filter(starts_at__gt=now).count() >= 11
    ama = events["Ask us anything: firmware 2.4"]
    assert ama.is_content
    assert attendances.counts(ama, user).came >= 5
    assert events["Live: one drone, four hands"].kind == "online"
    assert events["Spring meet-up"].state == "draft"
    assert Identity.objects.filter(network="email", member__user=None).count() == len(
        event_words.EMAILS
    ) + len(event_words.BERLIN_STRANGERS)
