"""What a team adds to its members' details: made by admins, filled in and searched by all."""

from __future__ import annotations

import pytest
from django.urls import reverse

from community_hub.lib.query import Mistake, complete
from members import field_verbs, filters
from members.field_verbs import FieldRefused
from members.models import Field, Member
from team import actions
from team.models import Action
from tests.make import make_member, one_line

pytestmark = pytest.mark.django_db
CHOICES = "S\nM\nXL\n"


@pytest.fixture
def fields(alice) -> dict[str, Field]:
    for name, kind in (
        ("Shirt size", "choice"),
        ("Instrument", "text"),
        ("Units owned", "number"),
        ("First gig", "date"),
        ("Band page", "url"),
    ):
        choices = CHOICES.split() if kind == "choice" else []
        field_verbs.create(name, kind, by=alice, choices=choices)
    return {field.key: field for field in Field.objects.all()}


@pytest.fixture
def people(fields) -> None:
    make_member("Ada", fields={"shirt-size": "XL", "units-owned": 3, "first-gig": "2019-05-04"})
    make_member("Ben", fields={"instrument": "Bass guitar", "units-owned": 10})
    make_member("Cleo", fields={"band-page": "https://cleo.example/band/"})


def ask(user, text: str) -> list[str]:
    found = Member.objects.visible_to(user).with_seen_at(user)
    return sorted(filters.apply(found, text, user).values_list("name", flat=True))


def save(client, member: Member, **values):
    data = {"name": member.name, **{name.replace("__", "-"): it for name, it in values.items()}}
    return client.post(reverse("member-details", args=[member.pk]), data)


def test_an_admin_adds_a_field_and_managers_fill_it_in(client, alice, bob):
    client.force_login(alice)
    client.post("/members/fields/", {"name": "Shirt size", "kind": "choice", "choices": CHOICES})
    field = Field.objects.get()
    assert (field.key, field.choices) == ("shirt-size", ["S", "M", "XL"])
    ada = make_member("Ada")
    client.force_login(bob)
    save(client, ada, **{"field-shirt-size": "XL"})
    ada.refresh_from_db()
    assert ada.fields == {"shirt-size": "XL"}
    page = one_line(client.get(ada.get_absolute_url()).content)
    assert '<dt>Shirt size</dt><dd dir="auto">XL' in page


def test_values_that_do_not_fit_are_refused_with_a_sentence(client, bob, fields):
    ada = make_member("Ada")
    client.force_login(bob)
    wrong = {
        "field-shirt-size": ("huge", "Select one of the choices."),
        "field-units-owned": ("many", "Enter a number, such as 12 or 3.5."),
        "field-first-gig": ("31 June", "That’s not a day. Write it as 2026-12-31."),
        "field-band-page": ("javascript:alert(1)", "Enter a web address"),
        "field-instrument": ("x" * 501, "at most 500 characters"),
    }
    response = save(client, ada, **{name: value for name, (value, _said) in wrong.items()})
    assert response.status_code == 422
    page = one_line(response.content)
    for _value, said in wrong.values():
        assert said in page
    ada.refresh_from_db()
    assert ada.fields == {}


def test_an_edit_is_undone_whole_and_an_empty_value_goes(client, bob, people):
    ada = Member.objects.get(name="Ada")
    before = dict(ada.fields)
    client.force_login(bob)
    save(client, ada, **{"field-shirt-size": "", "field-units-owned": "4"})
    ada.refresh_from_db()
    assert ada.fields == {"units-owned": 4}
    group = Action.objects.filter(verb="describe").latest("pk").group
    assert actions.undo(group, by=bob) == 1
    ada.refresh_from_db()
    assert ada.fields == before


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("field.shirt-size:xl", "Ada"),
        ("FIELD.SHIRT-SIZE:xl", "Ada"),
        ("-field.shirt-size:XL", "Ben Cleo"),
        ("field.shirt-size:none", "Ben Cleo"),
        ("field.instrument:bass", "Ben"),
        ('field.instrument:"ass gui"', "Ben"),
        ("field.instrument:any", "Ben"),
        ("field.units-owned:3", "Ada"),
        ("field.units-owned:>3", "Ben"),
        ("field.units-owned:>=3", "Ada Ben"),
        ("-field.units-owned:<5", "Ben Cleo"),
        ("field.first-gig:2019", "Ada"),
        ("field.first-gig:>2019-04", "Ada"),
        ("field.first-gig:>2019-05", ""),
        ("field.first-gig:<2019-05-04", ""),
        ("field.band-page:cleo.example", "Cleo"),
        ("field.instrument:bass or field.shirt-size:XL", "Ada Ben"),
    ],
)
def test_members_are_found_by_what_a_field_holds(people, bob, text, names):
    assert ask(bob, text) == names.split()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("field:XL", "Name the field after a dot, such as field.band-page:any."),
        ("field.shoe-size:40", "There’s no field “shoe-size”."),
        ("field.shirt-size:huge", "“huge” is none of its choices."),
        ("field.units-owned:many", "“many” is not a number. Write 12, >12 or <3.5."),
    ],
)
def test_a_mistake_in_it_is_explained(people, bob, text, said):
    with pytest.raises(Mistake) as raised:
        ask(bob, text)
    assert raised.value.sentence.startswith(said)


def test_names_with_a_dot_are_words_as_before():
    for text in ("example.org:8080", "script.py:12", "outfield.x:1"):
        assert not filters.PEOPLE.parse(text).operators


def test_fields_and_their_choices_are_completed(fields, bob):
    def offered(typed: str) -> list[str]:
        return [each.text for each in complete(filters.PEOPLE, typed, len(typed), bob)]

    assert "field." in offered("fi")
    assert offered("field.sh") == ["field.shirt-size:"]
    assert offered("field.shirt-size:x") == ["XL"]


def test_two_fields_of_one_name_are_refused_and_a_deleted_one_makes_room(fields, alice):
    with pytest.raises(FieldRefused, match="already a field “INSTRUMENT”"):
        field_verbs.create("INSTRUMENT", "text", by=alice)
    gone = field_verbs.delete(fields["instrument"], by=alice)
    field_verbs.create("Instrument", "text", by=alice)
    assert Field.objects.current().get(name="Instrument").key == "instrument-2"
    assert actions.undo(gone.group, by=alice) == 0


def test_a_deleted_field_is_shown_nowhere_and_undo_brings_its_values_back(
    people, fields, client, alice
):
    ben = Member.objects.get(name="Ben")
    client.force_login(alice)
    gone = field_verbs.delete(fields["instrument"], by=alice)
    assert "Bass guitar" not in client.get(ben.get_absolute_url()).content.decode()
    actions.undo(gone.group, by=alice)
    assert "Bass guitar" in client.get(ben.get_absolute_url()).content.decode()


def test_a_fields_help_is_text_and_not_html(client, bob, alice):
    field_verbs.create("Size", "text", by=alice, help="<script>alert(1)</script>")
    client.force_login(bob)
    page = client.get(reverse("member-details", args=[make_member("Ada").pk])).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_a_choice_without_choices_is_refused(client, alice):
    client.force_login(alice)
    response = client.post("/members/fields/", {"name": "Size", "kind": "choice", "choices": " \n"})
    assert response.status_code == 422
    assert "Write at least one choice." in response.content.decode()
