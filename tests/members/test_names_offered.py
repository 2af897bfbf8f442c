"""Names that are offered while one types: the same, wherever they are found."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community_hub.lib import compiled_sql
from members import by_name
from members.models import Identity, Sighting
from tests.make import make_identity, make_member, make_source


@pytest.fixture
def people(db):
    """The newest first. Every second account of "Rona" was seen in a restricted source alone, and
    "Rolf" has two, of which the one named so is hidden."""
    now = timezone.now()
    here, closed = make_source(), make_source(restricted=True)

    def seen(name, number, source, handle):
        member = make_member(name, last_seen=now - timedelta(hours=number))
        account(member, source, handle)
        return member

    def account(member, source, handle):
        identity = make_identity(member, network=source.network, handle=handle)
        Sighting.objects.create(
            identity=identity, scope=source.scope, first_seen=now, last_seen=now
        )

    for number in range(12):
        seen(f"Rona {number}", number, closed if number % 2 else here, f"rona{number}")
    account(seen("Somebody", 20, here, "somebody"), closed, "rolf")
    seen("Else", 30, here, "ron_else")


@pytest.mark.parametrize("most", [3, 10])
@pytest.mark.parametrize("lately", [1, 3, 5, 200])
@pytest.mark.parametrize("typed", ["ro", "rona", "rolf", "ron_e", "so", "nobody"])
def test_the_same_names_are_offered_however_many_are_looked_at_first(
    people, bob, lena, monkeypatch, typed, lately, most
):
    shown = {
        "bob": [(f"Rona {n}", f"rona{n}") for n in range(0, 12, 2)],
        "lena": [(f"Rona {n}", f"rona{n}") for n in range(12)],
    }
    expected = {
        "ro": {"bob": [*shown["bob"], ("Else", "ron_else")],
               "lena": [*shown["lena"], ("Somebody", "somebody"), ("Else", "ron_else")]},
        "rona": shown,
        "rolf": {"bob": [], "lena": [("Somebody", "somebody")]},
        "ron_e": {"bob": [("Else", "ron_else")], "lena": [("Else", "ron_else")]},
        "so": {"bob": [("Somebody", "somebody")], "lena": [("Somebody", "somebody")]},
        "nobody": {"bob": [], "lena": []},
    }[typed]  # fmt: skip
    monkeypatch.setattr(by_name, "LATELY", lately)
    for name, user in (("bob", bob), ("lena", lena)):
        assert by_name.names_offered([typed], user, most=most) == expected[name][:most]


def test_of_a_beginning_that_many_have_only_those_seen_last_are_looked_at(
    people, bob, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(by_name, "_named", lambda *_args: pytest.fail("all are looked up"))
    assert len(by_name.names_offered(["ro"], bob, most=5)) == 5


@pytest.mark.parametrize("few", [0, 3, 1_000])
def test_the_same_accounts_are_named_however_many_are_found_by_their_ids(
    people, bob, lena, monkeypatch, few
):
    monkeypatch.setattr(by_name, "FEW_NAMED", few)
    monkeypatch.setattr(compiled_sql, "_kept", {})
    handles = dict(Identity.objects.values_list("pk", "handle"))

    def named(typed: str, user, most: int = 20) -> list[str]:
        return sorted(handles[pk] for pk in by_name.accounts_named([typed], [], user, most=most))

    assert named("rona", bob) == [f"rona{n}" for n in (0, 10, 2, 4, 6, 8)]
    assert named("rona", bob, most=2) == ["rona0", "rona2"]
    assert named("rolf", bob) == named("nobody", bob) == []
    assert named("rolf", lena) == ["rolf", "somebody"]
    assert len(named("rona", lena)) == 12
