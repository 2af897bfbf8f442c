"""How far people have come whom the team met elsewhere, read from what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from inbox.connectors.base import Page
from inbox.ingest.pipeline import ingest
from inbox.models import Message
from inbox.reply_rules import ReplyRefused
from inbox.verbs import approaches as approach_verbs
from inbox.verbs import sources as source_verbs
from inbox.verbs import writing
from members import derived, outreach_pass, sightings, stage_rule
from members.follow_up_verbs import NotPossible
from members.listing import MemberListing
from members.models import Member, Outreach
from team.models import Notification
from tests.inbox.items import item, person
from tests.make import (
    make_conversation,
    make_identity,
    make_line,
    make_member,
    make_message,
    make_source,
    one_line,
)

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return make_source(name="Our forum")


@pytest.fixture
def elsewhere():
    return make_source(name="Fediverse", is_our_place=False)


def seen(name: str, *where, **fields) -> Member:
    """`where`: (source, days ago, days ago of the last time)."""
    member = make_member(name, last_seen=timezone.now(), **fields)
    identity = make_identity(member)
    for source, first, last in where:
        moments = [timezone.now() - DAY * first, timezone.now() - DAY * last]
        sightings.record((identity.pk, source.scope, moment) for moment in moments)
    return member


def wrote(member: Member, days: int, conversation: int, *, kind: str = "message", scope: str = ""):
    link = f"/conversations/{conversation}/#message-{days}"
    make_line(member, kind=kind, occurred_at=timezone.now() - DAY * days, link=link, scope=scope)


def at(step: str, user) -> list[str]:
    outreach_pass.work_out(list(Member.objects.values_list("pk", flat=True)), "UTC")
    found = MemberListing(query=f"outreach:{step}", sort="name").found(user)
    return sorted(found.values_list("name", flat=True))


STEPS = ("seen", "spoken-with", "replied", "joined", "returned")


def test_each_is_at_the_furthest_step_that_what_happened_shows(ours, elsewhere, bob):
    seen("Ada", (elsewhere, 9, 9))
    ben = seen("Ben", (elsewhere, 9, 9))
    wrote(ben, 9, 1)
    wrote(ben, 8, 1, kind="reply")
    cleo = seen("Cleo", (elsewhere, 9, 7))
    wrote(cleo, 8, 2, kind="reply")
    wrote(cleo, 7, 2)
    dora = seen("Dora", (elsewhere, 9, 7))
    wrote(dora, 8, 3, kind="reply")
    wrote(dora, 7, 4)  # elsewhere: that is no answer
    seen("Emel", (elsewhere, 9, 9), (ours, 5, 5))
    seen("Finn", (elsewhere, 9, 9), (ours, 5, 2))
    seen("Gus", (elsewhere, 3, 3), (ours, 5, 2))  # came to our place first
    seen("Hanna", (ours, 5, 2))
    seen("Ivo", (elsewhere, 9, 9), is_bot=True)
    assert {step: at(step, bob) for step in STEPS} == {
        "seen": ["Ada"],
        "spoken-with": ["Ben", "Dora"],
        "replied": ["Cleo"],
        "joined": ["Emel"],
        "returned": ["Finn"],
    }


def test_returned_means_another_day_of_the_hub(ours, elsewhere, bob, time_machine):
    time_machine.move_to(datetime(2026, 6, 10, 12, tzinfo=UTC), tick=False)
    member = seen("Ada", (elsewhere, 9, 9))
    identity = member.identities.get()
    for hour in (1, 21):  # in UTC, which the hub's days are by
        moment = datetime(2026, 6, 8, hour, tzinfo=UTC)
        sightings.record([(identity.pk, ours.scope, moment)])
    assert at("joined", bob) == ["Ada"]
    sightings.record([(identity.pk, ours.scope, datetime(2026, 6, 9, 0, 5, tzinfo=UTC))])
    assert at("returned", bob) == ["Ada"]


def test_what_happened_in_a_restricted_source_moves_nobody_for_whoever_may_not_see_it(
    elsewhere, bob, lena
):
    closed = make_source(restricted=True)
    ada = seen("Ada", (elsewhere, 9, 9), (closed, 5, 2))
    wrote(ada, 8, 1, scope=elsewhere.scope)
    wrote(ada, 7, 2, kind="reply", scope=closed.scope)
    assert (at("seen", bob), at("returned", bob)) == (["Ada"], [])
    assert (at("seen", lena), at("returned", lena)) == ([], ["Ada"])


def test_the_page_counts_each_step_and_leads_to_its_members(ours, elsewhere, client, bob):
    seen("Ada", (elsewhere, 9, 9))
    seen("Finn", (elsewhere, 9, 9), (ours, 5, 2))
    assert at("seen", bob) == ["Ada"]
    client.force_login(bob)
    page = one_line(client.get("/members/outreach/").content)
    assert 'href="/members/?q=outreach%3Aseen"' in page
    numbers = [
        int(part.split("<")[0]) for part in page.split('<td class="num">')[1:] if part[0].isdigit()
    ]
    assert numbers == [2, 1, 1, 1, 1]  # came this far
    assert "Ada" in client.get("/members/?q=outreach%3Aseen").content.decode()


# Approaches --------------------------------------------------------------------------------------


@pytest.fixture
def stranger(elsewhere):
    return seen("Ines Wolff", (elsewhere, 9, 9)).identities.get()


def spot(elsewhere, stranger, **fields) -> Message:
    return make_message(
        make_conversation(elsewhere),
        "My synth hums.",
        author=stranger,
        mention_reason="keyword",
        **fields,
    )


def test_nobody_but_a_lead_writes_twice_to_who_did_not_ask(elsewhere, stranger, bob, lena):
    first, second = spot(elsewhere, stranger), spot(elsewhere, stranger)
    writing.reply(first.conversation, "A ground loop, perhaps?", by=bob, to=first)
    with pytest.raises(ReplyRefused, match="already written to Ines Wolff without being asked"):
        writing.reply(second.conversation, "Still humming?", by=bob, to=second)
    assert writing.reply(second.conversation, "Still humming?", by=lena, to=second).pk


def test_who_answered_or_asks_is_written_to_like_everybody(elsewhere, stranger, bob):
    first, second = spot(elsewhere, stranger), spot(elsewhere, stranger)
    writing.reply(first.conversation, "A ground loop, perhaps?", by=bob, to=first)
    make_message(
        first.conversation, "It was, thanks!", author=stranger, sent_at=timezone.now() + DAY
    )
    assert writing.reply(second.conversation, "And this one?", by=bob, to=second).pk


def test_an_approach_that_never_arrived_is_none(elsewhere, stranger, bob):
    first, second = spot(elsewhere, stranger), spot(elsewhere, stranger)
    reply = writing.reply(first.conversation, "A ground loop, perhaps?", by=bob, to=first)
    writing.cancel(reply.delivery, by=bob)
    assert writing.reply(second.conversation, "And this one?", by=bob, to=second).pk


def test_who_was_in_one_of_our_places_is_no_stranger(ours, elsewhere, stranger, bob):
    sightings.record([(stranger.pk, ours.scope, timezone.now())])
    for number in range(2):
        message = spot(elsewhere, stranger)
        writing.reply(message.conversation, f"Hello {number}", by=bob, to=message)
    assert Message.objects.filter(kind="outbound").count() == 2


# Stages ------------------------------------------------------------------------------------------


def test_who_was_seen_only_elsewhere_is_an_outsider_until_they_come_to_a_place_of_ours(
    ours, elsewhere
):
    ada = seen("Ada", (elsewhere, 9, 9), stage="outsider")
    for days in range(1, 13):
        wrote(ada, days, days, scope=elsewhere.scope)
    stage_rule.promote([ada.pk])
    stage_rule.review()
    ada.refresh_from_db()
    assert ada.stage == "outsider"
    sightings.record([(ada.identities.get().pk, ours.scope, timezone.now())])
    wrote(ada, 0, 99, scope=ours.scope)
    stage_rule.promote([ada.pk])
    ada.refresh_from_db()
    assert ada.stage == "contributor"


def test_a_new_account_begins_as_an_outsider_where_the_place_is_not_ours(ours, elsewhere):
    for source, stage in ((elsewhere, "outsider"), (ours, "visitor")):
        ingest(source, Page(items=[item(author=person(stage))]))
        assert Member.objects.get(name=stage.title()).stage == stage


def test_saying_that_a_source_is_ours_moves_those_who_were_seen_there(elsewhere, alice, bob):
    seen("Ada", (elsewhere, 9, 2))
    derived.update()
    assert MemberListing(query="outreach:seen").count(bob, 9) == 1
    source_verbs.adjust(elsewhere, by=alice, is_our_place=True)
    derived.update()
    assert MemberListing(query="outreach:seen").count(bob, 9) == 0
    assert not Outreach.objects.exists()


def test_outreach_is_made_anew_like_all_that_is_derived(ours, elsewhere):
    seen("Ada", (elsewhere, 9, 9))
    seen("Finn", (elsewhere, 9, 9), (ours, 5, 2))
    derived.update()
    kept = list(Outreach.objects.order_by("pk").values_list("member__name", "step"))
    assert kept == [("Ada", "seen"), ("Finn", "returned")]
    derived.rebuild()
    assert list(Outreach.objects.order_by("pk").values_list("member__name", "step")) == kept


@pytest.fixture
def refused(elsewhere, stranger, bob):
    """A post whose author was written to without being asked, and hasn't replied."""
    first, second = spot(elsewhere, stranger), spot(elsewhere, stranger)
    writing.reply(first.conversation, "A ground loop, perhaps?", by=bob, to=first)
    with pytest.raises(ReplyRefused, match="ask a lead to allow another message"):
        writing.reply(second.conversation, "Still humming?", by=bob, to=second)
    return second


def test_a_lead_allows_one_more_message_and_the_next_uses_it_up(refused, elsewhere, bob, lena):
    member = refused.author.member
    assert approach_verbs.allow(member, by=lena)
    assert not approach_verbs.allow(member, by=lena)
    assert writing.reply(refused.conversation, "Still humming?", by=bob, to=refused).pk
    third = spot(elsewhere, refused.author)
    with pytest.raises(ReplyRefused):
        writing.reply(third.conversation, "And now?", by=bob, to=third)
    assert approach_verbs.allow(member, by=lena)


def test_a_reply_that_is_taken_back_leaves_the_leads_word(refused, bob, lena):
    approach_verbs.allow(refused.author.member, by=lena)
    reply = writing.reply(refused.conversation, "Still humming?", by=bob, to=refused)
    writing.cancel(reply.delivery, by=bob)
    assert writing.reply(refused.conversation, "Once more:", by=bob, to=refused).pk


def test_a_lead_takes_their_word_back(refused, bob, lena):
    approach_verbs.allow(refused.author.member, by=lena).undo(by=lena)
    with pytest.raises(ReplyRefused):
        writing.reply(refused.conversation, "Still humming?", by=bob, to=refused)


def test_only_leads_allow_and_only_where_something_has_to_be_allowed(refused, bob, lena):
    with pytest.raises(PermissionDenied):
        approach_verbs.allow(refused.author.member, by=bob)
    with pytest.raises(NotPossible, match="anyone can write"):
        approach_verbs.allow(make_member("Jo"), by=lena)


def test_a_refused_manager_asks_the_leads_once_and_hears_of_their_word(client, refused, bob, lena):
    client.force_login(bob)
    htmx = {"HX-Request": "true", "HX-Target": "talk"}
    answer = client.post(
        f"/conversations/{refused.conversation_id}/replies/", {"reply": "Hi?"}, headers=htmx
    )
    address = f"/messages/{refused.pk}/approach-request/"
    assert f'hx-post="{address}"' in answer.content.decode()
    assert "The leads were asked." in client.post(address, headers=htmx).headers["HX-Trigger"]
    told = Notification.objects.get(user=lena)
    member = refused.author.member
    assert told.text == "Bob Baker asks to write to Ines Wolff again, who hasn’t replied"
    assert told.link == f"/members/{member.pk}/approach/"
    Notification.objects.all().delete()
    assert "asked already" in client.post(address, headers=htmx).headers["HX-Trigger"]
    assert not Notification.objects.exists()

    client.force_login(lena)
    shown = one_line(client.get(told.link).content)
    assert "Bob Baker asked for it" in shown
    shown = one_line(client.post(told.link, follow=True).content)
    assert "Lena Lindqvist allowed it" in shown
    told = Notification.objects.get(user=bob)
    assert told.text == "Lena Lindqvist allows another message to Ines Wolff"
    assert told.link == f"/conversations/{refused.conversation_id}/"
    client.force_login(bob)
    assert "You can write to them now." in client.post(address, headers=htmx).headers["HX-Trigger"]


def test_an_approach_in_a_restricted_source_counts_and_is_not_named(refused, elsewhere, bob, lena):
    elsewhere.restricted, elsewhere.name = True, "Press inbox"
    elsewhere.save()
    other = make_source(is_our_place=False)
    message = spot(other, refused.author)
    with pytest.raises(ReplyRefused) as said:
        writing.reply(message.conversation, "Hello", by=bob, to=message)
    assert "Press inbox" not in str(said.value)


def test_a_lead_finds_it_on_the_page_of_a_stranger(client, refused, lena, bob):
    page = f"/members/{refused.author.member_id}/"
    Member.objects.filter(pk=refused.author.member_id).update(stage="outsider")
    client.force_login(lena)
    assert f'href="{page}approach/"' in client.get(page).content.decode()
    client.force_login(bob)
    assert f'href="{page}approach/"' not in client.get(page).content.decode()
