"""The list of members by where they were seen and wrote, and by who waits for a reply."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community_hub.lib.query import Mistake
from inbox.models import Source
from inbox.verbs import sources
from members import few, listing
from members.filters import PEOPLE
from members.listing import MemberListing
from members.models import Member, Sighting
from members.models.scopes import with_hidden_scopes_read
from tests.make import (
    make_channel,
    make_conversation,
    make_identity,
    make_member,
    make_message,
    make_source,
    make_view,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now


def seen(name: str, *where: Source, days: int = 1) -> Member:
    at = NOW() - timedelta(days=days)
    member = make_member(name, last_seen=at)
    for source in where:
        account = make_identity(member, network=source.network)
        Sighting.objects.filter(identity=account).delete()
        Sighting.objects.create(identity=account, scope=source.scope, first_seen=at, last_seen=at)
    return member


def ask(user, text: str) -> str:
    """First names, of both ways to list them."""
    wanted = MemberListing(query=text)
    parts = wanted.found_in_parts(with_hidden_scopes_read(user))
    found = sorted(member.name.split()[0] for part in parts for member in part)
    assert found == sorted(member.name.split()[0] for member in wanted.found(user))
    assert listing.count(user, text, 100) == len(found)
    return " ".join(found)


@pytest.fixture
def places():
    return (
        make_source(name="Forum", kind="discourse"),
        make_source(name="Micro blog", kind="mastodon"),
        make_source(name="Lab", restricted=True),
    )


@pytest.fixture
def people(places):
    forum, blog, lab = places
    return (
        seen("Ada", forum, blog),
        seen("Ben", blog, days=3),
        seen("Cleo", forum, lab, days=9),
        seen("Dora", lab),
    )


@pytest.fixture(params=["few", "many"])
def sizes(request, monkeypatch):
    """The same is found of sources that saw few and of those that saw many."""
    if request.param == "many":
        monkeypatch.setattr(few, "FEW", 0)


@pytest.mark.parametrize(
    ("text", "bobs", "lenas"),
    [
        ("source:forum", "Ada Cleo", "Ada Cleo"),
        ('source:"micro blog"', "Ada Ben", "Ada Ben"),
        ("source:mastodon -source:forum", "Ben", "Ben"),
        ("-source:blog", "Cleo", "Cleo Dora"),
        ("source:forum or ben", "Ada Ben Cleo", "Ada Ben Cleo"),
        ("source:forum last:>5d", "Cleo", "Cleo"),
    ],
)
def test_members_are_found_by_where_they_were_seen(bob, lena, people, sizes, text, bobs, lenas):
    assert (ask(bob, text), ask(lena, text)) == (bobs, lenas)


def test_who_was_seen_in_a_restricted_source_is_found_by_those_who_may_see_it(
    bob, lena, people, sizes
):
    assert ask(lena, "source:lab") == "Cleo Dora"
    with pytest.raises(Mistake) as hidden:
        ask(bob, "source:lab")
    with pytest.raises(Mistake) as nothing:
        ask(bob, "source:lax")
    assert str(hidden.value) == "There’s no source “lab”."
    assert str(nothing.value) == "There’s no source “lax”."
    offered = PEOPLE.get("source").complete
    assert [name for name, _label in offered(bob, "")] == ["Forum", "Micro blog"]
    assert ("Lab", "Lab") in offered(lena, "la")


def test_members_are_found_by_the_channel_they_wrote_in(bob, lena, places, people, sizes):
    forum, _blog, lab = places
    for source, name, member in ((forum, "Repairs", 0), (forum, "Talk", 2), (lab, "Hush", 2)):
        channel = make_channel(source, name=name)
        talk = make_conversation(source, channel=channel)
        make_message(talk, author=people[member].identities.first())
    make_channel(forum, name="Empty")
    assert ask(bob, "channel:repairs") == "Ada"
    assert ask(bob, "-channel:repairs") == "Ben Cleo"
    assert ask(bob, "channel:empty") == ""
    assert ask(lena, "channel:hush") == "Cleo"
    with pytest.raises(Mistake, match="There’s no channel “hush”"):
        ask(bob, "channel:hush")


def test_members_who_wait_are_found_as_far_as_their_conversations_are_seen(
    bob, lena, places, people, sizes
):
    forum, _blog, lab = places
    for source, member, hours in ((forum, 0, 80), (forum, 1, 1), (lab, 2, 80)):
        author, at = people[member].identities.first(), NOW() - timedelta(hours=hours)
        make_message(make_conversation(source), author=author, sent_at=at)
    assert (ask(bob, "is:waiting"), ask(lena, "is:waiting")) == ("Ada Ben", "Ada Ben Cleo")
    assert ask(bob, "-is:waiting") == "Cleo"
    assert (ask(bob, "waiting:>2d"), ask(bob, "waiting:<2d")) == ("Ada", "Ben")
    assert ask(bob, "is:mine") == ""  # what the app below registered is there still


def test_views_of_members_follow_a_renamed_source_and_its_undo(alice, bob, places, people):
    view = make_view(bob, kind="members", text='source:"Micro blog" stage:visitor')
    changes = sources.adjust(places[1], by=alice, name="Fediverse")
    view.refresh_from_db()
    assert view.text == "source:Fediverse stage:visitor"
    changes.undo(by=alice)
    view.refresh_from_db()
    assert view.text == 'source:"Micro blog" stage:visitor'


def test_a_page_of_members_of_a_source_takes_at_most_twelve_queries(
    bob, people, django_assert_max_num_queries
):
    client = Client()
    client.force_login(bob)
    client.get("/members/")
    for text in ("source:forum", "source:blog", "waiting:>2d", "is:waiting"):
        with django_assert_max_num_queries(12):
            said = client.get("/members/", {"q": text}).content.decode()
        assert 'role="alert"' not in said


def test_values_are_registered_once():
    with pytest.raises(ValueError, match="'is' has one of these values already"):
        PEOPLE.add_values("is", {"waiting": "Again"}, lambda _value, _context: None)
