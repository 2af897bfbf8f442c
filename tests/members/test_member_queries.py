"""What the list of members can be asked, by whom, and what is said about a mistake."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_hub.lib import compiled_sql
from community_hub.lib.query import Mistake
from members import by_name, filters, verbs
from members.colleagues import colleagues
from members.listing import MemberListing
from members.models import Activity, Identity, Member, Sighting, Visibility
from tests.make import make_identity, make_line, make_member, make_source, make_user

NOW = timezone.now


def seen(name: str, *, days: int = 1, **fields) -> Member:
    member = make_member(name, last_seen=NOW() - timedelta(days=days), **fields)
    make_identity(member, handle=name.split()[0].lower())
    return member


def ask(user, text: str) -> list[str]:
    found = Member.objects.visible_to(user).community().with_seen_at(user)
    return sorted(filters.apply(found, text, user).values_list("name", flat=True))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def people(bob, lena):
    ada = seen("Ada Lovelace", stage="contributor", owner=bob, languages=["en", "fr"])
    ben = seen("Ben Ali", days=100, stage="contributor")
    cleo = seen("Cleo Bot", days=40, is_bot=True, do_not_contact=True)
    dora = seen("Dora Li", days=20, owner=lena)
    make_line(ben, kind="reply", occurred_at=NOW() - timedelta(days=5))
    make_line(dora, kind="reply", occurred_at=NOW() - timedelta(days=200))
    verbs.tag(ada, "Early bird", by=bob)
    verbs.tag(dora, "bug", by=bob)
    return ada, ben, cleo, dora


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "Ada Ben Cleo Dora"),
        ("al", "Ben"),
        ("li", "Dora"),
        ("@ada", "Ada"),
        ("ada or ben", "Ada Ben"),
        ('"Ada Lovelace" or "li d"', "Ada"),
        ('"ada love"', "Ada"),
        ('"lovelace ada"', ""),
        ("lovelace ada", "Ada"),
        ("ÅDA", "Ada"),
        ("'; \\ or '*':", ""),
        ("-%", "Ada Ben Cleo Dora"),
        ("a b c d e f g h i j k", ""),
        ('"a b c d e f g h i j k"', ""),
        ("-li", "Ada Ben Cleo"),
        ("stage:contributor", "Ada Ben"),
        ("-stage:contributor is:bot", "Cleo"),
        ('tag:"early BIRD" or tag:bug', "Ada Dora"),
        ("-tag:bug", "Ada Ben Cleo"),
        ("owner:me", "Ada"),
        ("is:mine", "Ada"),
        ("owner:nobody", "Ben Cleo"),
        ("-owner:me", "Ben Cleo Dora"),
        ("contact:>90d", "Ada Cleo Dora"),
        ("stage:contributor contact:>90d", "Ada"),
        ("contact:<10d", "Ben"),
        ("-contact:<10d", "Ada Cleo Dora"),
        ("contact:never", "Ada Cleo"),
        ("-contact:NEVER", "Ben Dora"),
        ("last:>30d", "Ben Cleo"),
        ("last:<30d", "Ada Dora"),
        ("before:2020", ""),
        ("after:2020", "Ada Ben Cleo Dora"),
        ("on:yesterday or on:today", "Ada"),
        ("is:do-not-contact", "Cleo"),
        ("lang:fr", "Ada"),
        ("lang:French", "Ada"),
        ("-(stage:contributor or is:bot)", "Dora"),
    ],
)
def test_a_query_finds(bob, people, text, names):
    assert [name.split()[0] for name in ask(bob, text)] == names.split()


def test_one_array_of_ids_is_for_the_index_never_two(bob, people):
    """Of two, PostgreSQL looks at each pair: 0.4 s for those who have a common name."""
    make_source(restricted=True)
    seen, hidden = MemberListing(query="li").found_in_parts(bob)
    assert str(seen.query).count('"members_member"."id" = any') == 1
    assert str(hidden.query).count('"members_member"."id" = any') == 1
    assert str(hidden.query).count('("members_member"."id" + 0) = any') == 1


@pytest.mark.parametrize("text", ["li", "-li", "a", "b or li", "nobody", '"ben al"', "@ada -b"])
def test_many_are_found_row_by_row_as_few_are_by_their_ids(bob, lena, people, monkeypatch, text):
    closed = make_source(restricted=True)
    account = make_identity(people[0], handle="Liza-in-secret")
    Sighting.objects.create(identity=account, scope=closed.scope, first_seen=NOW(), last_seen=NOW())
    found = ask(bob, text), ask(lena, text)
    monkeypatch.setattr(compiled_sql, "_kept", {})
    monkeypatch.setattr(by_name, "FEW", 0)
    assert (ask(bob, text), ask(lena, text)) == found
    if text == "li":
        assert [len(each) for each in found] == [1, 2]


@pytest.mark.parametrize("text", ["-source:plaza", "-(source:plaza or li)", "-(-source:plaza)"])
@pytest.mark.parametrize("few", [0, 1, 3])
def test_who_a_source_did_not_see_is_found_either_way(bob, lena, people, monkeypatch, text, few):
    plaza, closed = make_source(name="Plaza"), make_source(restricted=True)
    for member, places in zip(people, ([plaza], [plaza, closed], [closed], []), strict=True):
        account = member.identities.get()
        Sighting.objects.filter(identity=account).delete()
        for place in places:
            Sighting.objects.create(
                identity=account, scope=place.scope, first_seen=NOW(), last_seen=NOW()
            )
    monkeypatch.setattr("members.few.FEW", few)
    unseen, seen_there = ["Dora Li"], ["Ada Lovelace", "Ben Ali"]
    without_li = [] if "li)" in text else unseen
    assert ask(bob, text) == (seen_there if "(-" in text else without_li)
    unseen_by_lena = ["Cleo Bot"] if "li)" in text else ["Cleo Bot", "Dora Li"]
    assert ask(lena, text) == (seen_there if "(-" in text else unseen_by_lena)


@pytest.mark.parametrize("text", ["contact:>90d", "contact:<10d", "-contact:<10d", "contact:never"])
def test_a_lead_gets_the_same_answers_from_the_kept_field(bob, lena, people, text):
    assert ask(lena, text) == ask(bob, text)


def test_an_owner_is_named_by_email_or_name_and_who_is_not_clear_is_asked_for(bob, lena, people):
    assert ask(bob, f"owner:{lena.email}") == ["Dora Li"]
    assert ask(bob, f'owner:"{lena.name}"') == ["Dora Li"]
    with pytest.raises(Mistake, match="There’s no teammate “zoe”"):
        ask(bob, "owner:zoe")


def test_an_owner_who_was_deactivated_is_found_and_offered(bob, lena, people):
    lena.is_active = False
    lena.save(update_fields=["is_active"])
    for name in (lena.email, f'"{lena.name}"', "lena"):
        assert ask(bob, f"owner:{name}") == ["Dora Li"]
    assert dict(colleagues(bob, "Len")) == {lena.name: f"{lena.email}, deactivated"}
    other = make_user(name="Lena Berg")
    assert [name for name, _label in colleagues(bob, "Len")] == [other.name, lena.name]
    assert ask(bob, f'owner:"{lena.name}"') == ["Dora Li"]
    assert ask(bob, "owner:lena") == []  # who is there, as before
    same = make_user(name=lena.name)
    assert ask(bob, f'owner:"{lena.name}"') == []
    assert ask(bob, f"owner:{same.email}") == []
    assert ask(bob, f"owner:{lena.email}") == ["Dora Li"]


def test_a_network_that_nobody_is_on_is_explained(bob, people):
    closed = make_source(restricted=True)
    account = make_identity(make_member("Zed"), network="discourse:closed.example")
    Sighting.objects.create(identity=account, scope=closed.scope, first_seen=NOW(), last_seen=NOW())
    known = Identity.objects.visible_to(bob).networks()
    assert known
    assert "discourse:closed.example" not in known
    with pytest.raises(Mistake, match="There’s no network “forum”"):
        ask(bob, "network:forum")
    with pytest.raises(Mistake, match="There’s no network"):
        ask(bob, "network:discourse:closed.example")
    wrong = f"{known[0].partition(':')[0]}x"
    with pytest.raises(Mistake) as found:
        ask(bob, f"network:{wrong}")
    assert found.value.corrected == f"network:{wrong[:-1]}"


@pytest.mark.parametrize("name", ["assignee", "to", "from"])
def test_an_operator_of_conversations_says_so_and_leads_there(bob, people, name):
    said = signed_in(bob).get("/members/", {"q": f"{name}:forum ada"}).content.decode()
    assert f"“{name}:” belongs to conversations." in said
    assert f'href="/inbox/search/?q={name}%3Aforum+ada"' in said


def test_members_are_found_by_notes_as_far_as_they_may_be_read(bob, lena, olga, people):
    ada, ben, cleo, dora = people
    for member, actor, visibility in (
        (ada, olga, "team"), (ben, bob, "author"), (cleo, olga, "leads"), (dora, olga, "team"),
    ):  # fmt: skip
        make_line(member, kind="note", actor_id=actor.pk, visibility=Visibility(visibility))
    Activity.objects.filter(member=dora).update(removed_at=NOW())
    assert ask(bob, "has:note") == ["Ada Lovelace", "Ben Ali"]
    assert ask(lena, "has:note") == ["Ada Lovelace", "Cleo Bot"]
    assert ask(bob, "-has:note") == ["Cleo Bot", "Dora Li"]


def test_an_operator_of_members_says_so_in_the_inbox(bob, people):
    said = signed_in(bob).get("/inbox/search/", {"q": "network:forum"}).content.decode()
    assert "“network:” belongs to members." in said
    assert 'href="/members/?q=network%3Aforum"' in said


def test_the_example_of_a_network_is_one_that_there_is_for_its_reader(bob, lena):
    hidden = make_only(make_source(restricted=True))
    hidden.identities.update(network="aaa:hidden")
    assert "network:mastodon" in signed_in(bob).get("/queries/members/help/").content.decode()
    seen("Ada")
    assert "network:sandbox" in signed_in(bob).get("/queries/members/help/").content.decode()
    asked = {"q": "network:"}
    assert "aaa" not in signed_in(bob).get("/queries/members/suggestions/", asked).content.decode()
    assert "aaa" in signed_in(lena).get("/queries/members/suggestions/", asked).content.decode()


def test_where_operators_find_nobody_no_shorter_name_is_asked_for(bob, people):
    said = signed_in(bob).get("/members/", {"q": "stage:champion"}).content.decode()
    assert "shorter name" not in said
    assert "Leave out a part" in said
    assert "shorter name" in signed_in(bob).get("/members/", {"q": "zzz"}).content.decode()


def test_many_networks_cost_as_many_queries_as_one(bob, people, django_assert_num_queries):
    with django_assert_num_queries(2):
        Identity.objects.visible_to(bob).networks()
    for number in range(5):
        make_identity(make_member(f"Zed {number}"), network=f"discourse:{number}.example")
    with django_assert_num_queries(2):
        assert len(Identity.objects.visible_to(bob).networks()) > 5


def test_a_mistake_is_explained_on_the_page_with_the_query_that_was_meant(bob, people):
    page = signed_in(bob).get("/members/", {"q": "stge:contributor"})
    assert page.status_code == 200
    words = page.content.decode()
    assert "“stge:” is not known: did you mean “stage:”?" in words
    assert "/members/?q=stage%3Acontributor" in words
    assert page.context["listing"].rows == []
    assert (
        "There’s no tag “nowhere”."
        in signed_in(bob).get("/members/", {"q": "tag:nowhere"}).content.decode()
    )


def test_the_help_says_how_to_search(olga):
    words = signed_in(olga).get("/queries/members/help/").content.decode()
    for definition in filters.PEOPLE.definitions:
        assert definition.example in unescape(words)


def test_what_is_restricted_answers_no_question(bob, lena):
    closed = make_source(restricted=True)
    scope = f"source:{closed.pk}"
    both = seen("Both Sides", days=3)
    account = both.identities.get()
    Sighting.objects.filter(identity=account).delete()
    for where, days in (("source:0", 50), (scope, 3)):
        at = NOW() - timedelta(days=days)
        Sighting.objects.create(identity=account, scope=where, first_seen=at, last_seen=at)
    make_line(both, kind="reply", scope=scope, occurred_at=NOW())
    assert ask(lena, "last:<10d") == ask(lena, "contact:<10d") == ["Both Sides"]
    assert ask(bob, "last:<10d") == ask(bob, "contact:<10d") == []
    assert ask(bob, "contact:>10d last:>10d") == ["Both Sides"]
    assert ask(bob, "contact:never") == ["Both Sides"]
    assert ask(lena, "contact:never") == []
    verbs.tag(make_only(closed), "misconduct", by=lena)
    with pytest.raises(Mistake):
        ask(bob, "tag:misconduct")
    assert filters.tag_names(lena, "mis") == [("misconduct", "misconduct")]
    assert filters.tag_names(bob, "mis") == []


def make_only(source) -> Member:
    """Known from this source alone."""
    member = seen("Only There")
    at = NOW()
    account = member.identities.get()
    Sighting.objects.filter(identity=account).delete()
    Sighting.objects.create(
        identity=account, scope=f"source:{source.pk}", first_seen=at, last_seen=at
    )
    return member


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                ["stage:", "tag:", "owner:", "contact:>", "on:", "or", "-", "(", ")", '"', "9d",
                 "'", "%", "_", "\\", "ada", ";--", "2026-02-30", "lang:", "network:", "$1"]
            ),
            max_size=12,
        ).map("".join),
    )
)  # fmt: skip
def test_whatever_is_typed_is_a_list_or_a_sentence(people, bob, text):
    with suppress(Mistake):
        ask(bob, text)


def test_pages_keep_the_query(bob):
    for number in range(45):
        seen(f"Person {number}", stage="contributor")
    seen("Somebody else")
    page = signed_in(bob).get("/members/", {"q": "stage:contributor"})
    assert len(page.context["listing"].rows) == 40
    more = signed_in(bob).get(f"/members/?{page.context['listing'].next_query}")
    assert len(more.context["listing"].rows) == 5
