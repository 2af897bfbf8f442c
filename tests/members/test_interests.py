"""What members are interested in: typed with commas, shown at a glance, found in either case."""

from __future__ import annotations

import pytest
from django.utils import timezone

from community_hub.lib.query import complete
from members import filters, interests
from members.models import Member, Sighting
from team import actions
from team.models import Action
from tests.make import make_identity, make_member, make_source, one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    now = timezone.now()
    make_member("Ada", interests=["Ambient", "soldering"], last_seen=now)
    make_member("Ben", interests=["ambient", 'the "odd" ones', "Žižkov"], last_seen=now)
    make_member("Cleo", interests=["ambient techno"], last_seen=now)
    make_member("Dora", last_seen=now)
    secret = make_member("Hidden", interests=["amber"], last_seen=now)
    closed = make_source(restricted=True)
    Sighting.objects.create(
        identity=make_identity(secret), scope=closed.scope, first_seen=now, last_seen=now
    )


def ask(user, text):
    found = Member.objects.visible_to(user).with_seen_at(user)
    return " ".join(sorted(filters.apply(found, text, user).values_list("name", flat=True)))


def test_they_are_kept_once_each_and_undone(client, bob, people):
    client.force_login(bob)
    dora = Member.objects.get(name="Dora")
    typed = {"name": "Dora", "interests": " DIY , ambient,diy,, Ambient"}
    client.post(f"/members/{dora.pk}/details/", typed)
    dora.refresh_from_db()
    assert dora.interests == ["DIY", "ambient"]
    client.post(f"/members/{dora.pk}/details/", {"name": "Dora", "interests": ""})
    dora.refresh_from_db()
    assert dora.interests == []
    actions.undo(Action.objects.filter(verb="describe").latest("pk").group, by=bob)
    dora.refresh_from_db()
    assert dora.interests == ["DIY", "ambient"]


def test_too_many_or_too_long_ones_are_refused_and_stay_as_typed(client, bob, people):
    client.force_login(bob)
    path = f"/members/{Member.objects.get(name='Dora').pk}/details/"
    many = ", ".join(f"word {number}" for number in range(interests.MOST + 1))
    answer = client.post(path, {"name": "Dora", "interests": many})
    assert answer.status_code == 422
    page = one_line(answer.content)
    assert "That’s 21 interests. Up to 20 fit." in page
    assert many in page
    assert client.post(path, {"name": "Dora", "interests": "x" * 41}).status_code == 422


def test_everybody_sees_them_at_a_glance_each_with_who_else_has_it(client, olga, people):
    client.force_login(olga)
    ben = Member.objects.get(name="Ben")
    page = client.get(ben.get_absolute_url()).content.decode()
    assert "Interests" in page
    assert 'href="/members/?q=interest%3Aambient"' in page
    for _word, address in [(word, interests.address_of(word)) for word in ben.interests]:
        assert "Ben" in one_line(client.get(address).content)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("interest:ambient", "Ada Ben"),
        ("interest:AMBIENT", "Ada Ben"),
        ("-interest:ambient", "Cleo Dora"),
        ('interest:"ambient techno"', "Cleo"),
        ("interest:ambient interest:soldering", "Ada"),
        ("interest:techno", ""),
        (r'interest:"the \"odd\" ones"', "Ben"),
        ("interest:žižkov", "Ben"),
        ("has:interests", "Ada Ben Cleo"),
        ("-has:interests", "Dora"),
    ],
)
def test_members_are_found_by_them(people, bob, text, found):
    assert ask(bob, text) == found


def test_known_ones_are_offered_as_far_as_the_reader_may_see_who_has_them(people, bob, lena):
    def offered(user, typed):
        return [
            row.text for row in complete(filters.PEOPLE, f"interest:{typed}", 9 + len(typed), user)
        ]

    assert offered(bob, "AMB") == ["Ambient", '"ambient techno"']
    assert offered(lena, "amb") == ["Ambient", "amber", '"ambient techno"']
    assert offered(bob, "amber") == []
    assert offered(bob, "sold") == ["soldering"]


def test_they_are_a_column(client, olga, people):
    client.force_login(olga)
    page = one_line(client.get("/members/?columns=interests").content)
    assert 'data-label="Interests"><bdi>Ambient, soldering</bdi>' in page
