"""Asking the lists of members and conversations for events."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_hub.lib.query import Mistake, complete
from events.models import Answer, Event, EventLink, Kind, State
from events.verbs import editing
from inbox.filters import CONVERSATIONS
from members import few, listing
from members.filters import PEOPLE
from members.listing import MemberListing
from members.models import Member, Sighting
from members.models.scopes import with_hidden_scopes_read
from team.models import SavedQuery
from tests.make import (
    make_attendance,
    make_conversation,
    make_event,
    make_identity,
    make_member,
    make_message,
    make_source,
    make_view,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now
DAY = timedelta(days=1)


def ask(user: Any, text: str) -> str:
    """First names, of both ways to list them."""
    wanted = MemberListing(query=text)
    parts = wanted.found_in_parts(with_hidden_scopes_read(user))
    found = sorted(member.name.split()[0] for part in parts for member in part)
    assert found == sorted(member.name.split()[0] for member in wanted.found(user))
    assert listing.count(user, text, 100) == len(found)
    return " ".join(found)


@pytest.fixture(params=["few", "many"])
def sizes(request, monkeypatch):
    """The same is found of what few did and of what many did."""
    if request.param == "many":
        monkeypatch.setattr(few, "FEW", 0)


@pytest.fixture
def people(bob, lena) -> dict[str, Member]:
    """Ada came to three, Ben to one, Cleo goes to the next, Dora said no, Eva knows of none."""
    found = {
        name: make_member(f"{name} Li", last_seen=NOW() - n * DAY)
        for n, name in enumerate(("Ada", "Ben", "Cleo", "Dora", "Eva"))
    }
    spring = make_event("Spring meet-up", starts_at=NOW() - 90 * DAY, host=lena)
    summer = make_event("Summer meet-up", starts_at=NOW() - 30 * DAY, host=bob)
    summer.co_hosts.add(lena)
    stream = make_event("Release stream", starts_at=NOW() - 9 * DAY, kind=Kind.CONTENT, host=lena)
    for event, names in ((spring, "Ada"), (summer, "Ada Ben"), (stream, "Ada")):
        for name in names.split():
            make_attendance(event, found[name], checked_in_at=event.starts_at)
    make_attendance(spring, found["Cleo"])  # never came
    coming = make_event("Berlin meet-up")
    for name, answer in (("Cleo", Answer.GOING), ("Dora", Answer.DECLINED), ("Ben", Answer.MAYBE)):
        make_attendance(coming, found[name], answer=answer)
    make_attendance(make_event("Cancelled", state=State.CANCELLED), found["Ada"])
    return found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('event:"Berlin meet-up"', "Ben Cleo Dora"),
        ('-event:"berlin MEET-UP"', "Ada Eva"),
        ("event:spring", "Ada Cleo"),
        ("event:meet-up", "Ada Ben Cleo Dora"),
        ("attended:spring", "Ada"),
        ('attended:"Summer meet-up" -attended:spring', "Ben"),
        ("attended:>2", "Ada"),
        ("attended:>0", "Ada Ben"),
        ("attended:>=1", "Ada Ben"),
        ("attended:3", "Ada"),
        ("attended:=1", "Ben"),
        ("attended:0", "Cleo Dora Eva"),
        ("attended:<1", "Cleo Dora Eva"),
        ("attended:<=1", "Ben Cleo Dora Eva"),
        ("-attended:<=1", "Ada"),
        ("attended:>=0", "Ada Ben Cleo Dora Eva"),
        ("attended:<0", ""),
        ("rsvp:going", "Cleo"),
        ("rsvp:maybe or rsvp:declined", "Ben Dora"),
        ("-rsvp:going", "Ada Ben Dora Eva"),
        ("rsvp:waiting or rsvp:invited", ""),
        ("attended-with:lena", "Ada Ben"),
        ("attended-with:me", "Ada Ben"),
        ('attended-with:"Ada Li"', "Ben"),
        ("attended-with:@cleo", ""),
    ],
)
def test_a_query_finds(bob, people, sizes, text, names):
    make_identity(people["Cleo"], handle="cleo")
    make_source(restricted=True)
    assert ask(bob, text) == names


def test_staff_who_were_checked_in_were_there(bob, olga, people):
    carl = make_member("Carl", user=olga)
    make_attendance(Event.objects.get(title="Spring meet-up"), carl, checked_in_at=NOW())
    assert ask(bob, f"attended-with:{olga.email} -is:teammate") == "Ada"


@pytest.mark.parametrize("operator", ["event", "attended"])
def test_an_event_that_there_is_not_is_said_with_one_like_it(bob, people, operator):
    with pytest.raises(Mistake, match="There’s no event “Berlin metup”") as found:
        ask(bob, f'{operator}:"Berlin metup"')
    assert found.value.corrected == f'{operator}:"Berlin meet-up"'
    Event.objects.filter(title="Berlin meet-up").update(removed_at=NOW())
    with pytest.raises(Mistake):
        ask(bob, 'event:"Berlin meet-up"')


def test_who_is_hidden_from_the_reader_is_not_found_nor_named(bob, lena, people):
    lab, summer = make_source(restricted=True), Event.objects.get(title="Summer meet-up")
    zed = make_member("Zed", last_seen=NOW())
    at = NOW()
    Sighting.objects.create(
        identity=make_identity(zed), scope=lab.scope, first_seen=at, last_seen=at
    )
    make_attendance(summer, zed, checked_in_at=summer.starts_at)
    assert ask(lena, "attended:summer") == "Ada Ben Zed"
    assert ask(bob, "attended:summer") == "Ada Ben"
    assert ask(lena, "attended-with:zed") == "Ada Ben"
    with pytest.raises(Mistake):
        ask(bob, "attended-with:zed")


def test_titles_are_completed_the_newest_first(bob, people):
    def offered(language: Any, typed: str) -> list[str]:
        return [it.text for it in complete(language, typed, len(typed), bob)]

    assert offered(PEOPLE, "event:s") == ['"Summer meet-up"', '"Spring meet-up"']
    assert offered(PEOPLE, "attended:>") == [">0", ">1", ">2", ">4", ">9"]
    assert offered(PEOPLE, "attended:b") == ['"Berlin meet-up"']
    assert offered(PEOPLE, "rsvp:g") == ["going"]
    assert "me" in offered(PEOPLE, "attended-with:m")
    assert offered(CONVERSATIONS, "event:ber") == ['"Berlin meet-up"']


def test_views_follow_when_an_event_is_renamed_and_back(bob, people):
    view = make_view(bob, text='event:"berlin meet-up" attended:>1')
    came = make_view(bob, text='attended:"Berlin meet-up"')
    talks = make_view(bob, kind="conversations", text='-event:"Berlin meet-up"')
    event = Event.objects.get(title="Berlin meet-up")
    changes = editing.edit(event, by=bob, title="Winter party")

    def texts() -> list[str]:
        return [SavedQuery.objects.get(pk=row.pk).text for row in (view, came, talks)]

    assert texts() == [
        'event:"Winter party" attended:>1', 'attended:"Winter party"', '-event:"Winter party"'
    ]  # fmt: skip
    changes.undo(by=bob)
    assert texts()[1] == 'attended:"Berlin meet-up"'


def test_a_view_stays_while_another_date_has_the_title(bob, people):
    view = make_view(bob, text='event:"Berlin meet-up"')
    event, other = Event.objects.get(title="Berlin meet-up"), make_event("Berlin meet-up")
    editing.edit(event, by=bob, title="Winter party")
    view.refresh_from_db()
    assert view.text == 'event:"Berlin meet-up"'
    editing.edit(other, by=bob, title="Winter party")
    view.refresh_from_db()
    assert view.text == 'event:"Winter party"'


# Conversations ------------------------------------------------------------------------------------


def tie(event: Event, conversation: Any) -> EventLink:
    return EventLink.objects.create(
        event=event, key=f"conversation:{conversation.pk}", title=str(conversation),
        url=conversation.get_absolute_url(), scope=conversation.source.scope,
    )  # fmt: skip


def test_conversations_are_found_by_the_event_they_are_tied_to(client, bob, lena):
    event = make_event("Berlin meet-up")
    open_talk = make_conversation(subject="Who brings a projector?")
    closed = make_conversation(make_source(restricted=True), subject="Behind the scenes")
    other = make_conversation(subject="Something else")
    for talk in (open_talk, closed, other):
        make_message(talk, "We need cables for the evening")
    for talk in (open_talk, closed):
        tie(event, talk)
    for key in ("conversation:", "conversation:x1", "file:3"):
        EventLink.objects.create(event=event, key=key, title="?", url="/")

    def shown(user: Any, text: str) -> str:
        client.force_login(user)
        return client.get("/inbox/search/", {"q": text}).content.decode()

    for text in ('event:"Berlin meet-up"', "event:berlin cables"):
        page = shown(bob, text)
        assert "Who brings a projector?" in page
        assert "Behind the scenes" not in page
        assert "Something else" not in page
        assert "Behind the scenes" in shown(lena, text)
    assert "Something else" in shown(bob, "-event:berlin cables")
    assert "There’s no event “hamburg”" in shown(bob, "event:hamburg")
    EventLink.objects.filter(key=f"conversation:{open_talk.pk}").update(removed_at=NOW())
    assert "Who brings a projector?" not in shown(bob, "event:berlin")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.lists(
        st.sampled_from(
            ["event:", "attended:", "rsvp:", "attended-with:", ">", "<", "=", "2", "999999", "-",
             '"', "berlin", "%", "_", "\\", "me", "or", "(", ")", " ", "going"]
        ),
        max_size=10,
    ).map("".join)
)  # fmt: skip
def test_whatever_is_typed_is_a_list_or_a_sentence(people, bob, text):
    with suppress(Mistake):
        MemberListing(query=text).count(bob, 10)
