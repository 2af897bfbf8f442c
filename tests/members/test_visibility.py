"""Who is known only from sources that a reader may not see is not there for them at all."""

from __future__ import annotations

import pytest

from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Source
from inbox.verbs import sources as source_verbs
from inbox.verbs import tags
from members import verbs as member_verbs
from members.models import Identity, Member, Sighting
from members.models.scopes import hidden_scopes, with_hidden_scopes_read
from tests.inbox.items import ago, item, page, person, reply
from tests.make import make_member, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_source(db: None) -> Source:
    return make_source()


@pytest.fixture
def closed(db: None) -> Source:
    return make_source(restricted=True, name="Misconduct reports")


def said(source: Source, who: str, **fields) -> Member:
    ingest(source, page(item(author=person(who), **fields)))
    return Identity.objects.get(handle=who).member


def listed(client, user, **query: str) -> str:
    client.force_login(user)
    return client.get("/members/", query).content.decode()


def test_somebody_known_only_from_a_restricted_source_is_nowhere(client, closed, bob, lena) -> None:
    secret = said(closed, "whistler")
    path = f"/members/{secret.pk}/"
    for query in ({}, {"q": "whistler"}, {"stage": "visitor"}):
        assert "Whistler" not in listed(client, bob, **query)
        assert "Whistler" in listed(client, lena, **query)
    client.force_login(bob)
    for address in (path, f"{path}details/", f"{path}conversations/"):
        assert client.get(address).status_code in (403, 404)
    form = {"text": "x", "stage": "champion", "name": "x"}
    for address in (f"{path}notes/", f"{path}stage/", f"{path}tags/", f"{path}owner/"):
        assert client.post(address, form).status_code == 404
    assert not Member.objects.visible_to(bob).filter(pk=secret.pk).exists()


def test_who_is_granted_sees_them_and_opening_the_source_shows_them(
    client, closed, alice, bob, carol
) -> None:
    said(closed, "whistler")
    source_verbs.restrict(closed, [bob], by=alice)
    assert "Whistler" in listed(client, bob)
    assert "Whistler" not in listed(client, carol)
    source_verbs.restrict(closed, None, by=alice)
    assert "Whistler" in listed(client, carol)


def test_of_who_is_known_from_both_only_the_open_half_shows(
    client, open_source, closed, bob, lena
) -> None:
    ines = said(open_source, "ines", created_at=ago(days=40))
    hidden = person("ines-in-secret", external_id="user-ines", network="sandbox:secret")
    ingest(closed, page(item(author=hidden, created_at=ago(hours=1))))
    secret = Identity.objects.get(handle="ines-in-secret")
    lonely = secret.member
    Identity.objects.filter(pk=secret.pk).update(member=ines)
    lonely.delete()
    Member.objects.filter(pk=ines.pk).update(last_seen=ago(hours=1))
    said(open_source, "newer", created_at=ago(days=2))

    client.force_login(bob)
    profile = client.get(f"/members/{ines.pk}/").context["profile"]
    assert [each.handle for each in profile.identities] == ["ines"]
    assert profile.last_seen < ago(days=39)
    assert "ines-in-secret" not in listed(client, bob)
    assert "ines-in-secret" not in listed(client, bob, q="secret")
    names = [row.name for row in client.get("/members/").context["listing"].rows]
    assert names == ["Newer", "Ines"]  # by what they said where bob may look
    client.force_login(lena)
    assert [row.name for row in client.get("/members/").context["listing"].rows] == [
        "Ines",
        "Newer",
    ]
    assert len(client.get(f"/members/{ines.pk}/").context["profile"].identities) == 2


def test_what_is_hidden_is_read_once_for_a_request(
    closed, alice, lena, bob, django_assert_num_queries
) -> None:
    said(closed, "whistler")
    with django_assert_num_queries(1):
        readers = [with_hidden_scopes_read(user) for user in (lena, bob)]
        assert [hidden_scopes(reader) for reader in readers] == [None, (closed.scope,)]
    assert [Member.objects.visible_to(reader).count() for reader in readers] == [1, 0]
    assert bob.known_hidden_scopes is None
    source_verbs.restrict(closed, [bob], by=alice)
    assert hidden_scopes(with_hidden_scopes_read(bob)) is None
    assert Member.objects.visible_to(with_hidden_scopes_read(bob)).count() == 1


def test_a_member_added_by_hand_is_everybodys(closed, bob) -> None:
    said(closed, "whistler")
    ines = make_member("Ines Wolff")
    assert list(Member.objects.visible_to(bob)) == [ines]


def test_tags_that_stand_only_on_what_is_restricted_are_not_offered(
    client, open_source, closed, lena, bob
) -> None:
    secret = said(closed, "whistler")
    ines = said(open_source, "ines")
    tags.tag([Conversation.objects.get(source=closed)], "harassment", by=lena)
    member_verbs.tag(secret, "informant", by=lena)
    talk = Conversation.objects.get(source=open_source)
    tags.tag([talk], "clock", by=lena)
    member_verbs.tag(ines, "helper", by=lena)
    addresses = (f"/conversations/{talk.pk}/tags/", "/inbox/selection/tags/", "/members/tags/")
    for user, hidden in ((bob, True), (lena, False)):
        client.force_login(user)
        for address in addresses:
            offered = client.get(address).content.decode()
            assert "helper" in offered
            assert ("harassment" in offered or "informant" in offered) is not hidden, address


def test_sightings_are_kept_once_an_account_and_source(open_source) -> None:
    first = item("1", author=person("ines"), created_at=ago(days=3))
    later = reply("2", first, author=person("ines"), created_at=ago(days=1))
    ingest(open_source, page(first, later))
    ingest(open_source, page(first))
    (seen,) = Sighting.objects.all()
    assert (seen.first_seen, seen.scope) == (first.created_at, open_source.scope)
    assert seen.last_seen == later.created_at


def test_the_list_costs_as_many_queries_where_something_is_hidden(
    client, closed, open_source, bob, django_assert_max_num_queries
) -> None:
    said(closed, "whistler")
    for number in range(8):
        said(open_source, f"member{number}")
    client.force_login(bob)
    with django_assert_max_num_queries(12):
        client.get("/members/")
