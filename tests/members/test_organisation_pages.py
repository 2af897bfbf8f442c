"""Organisations on the member page, beside a conversation, in their list and on their own page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from members import affiliation_verbs, organisation_verbs
from members.affiliations import affiliations_of
from members.models import Affiliation, Organisation
from members.profile import load_profile
from members.views import organisations as views
from team import actions
from team.models import Action
from tests.make import (
    make_conversation,
    make_identity,
    make_line,
    make_member,
    make_message,
    make_source,
    one_line,
)

from .organisations import at, seen_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    member = make_member("Ada")
    make_identity(member)
    return member


def page(client, user, address: str, **given) -> str:
    client.force_login(user)
    answer = client.get(address, given)
    assert answer.status_code == 200
    return one_line(answer.content)


def post(client, user, address: str, target: str = "", **given):
    client.force_login(user)
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    return client.post(address, given, headers=headers)


# On the member page -----------------------------------------------------------------------------


def test_the_member_page_says_where_they_are_and_were(client, olga, bob, ada):
    at(ada, "Polyphon Labs", bob, role="Developer", since="Mar 2024")
    at(ada, "Werk 2", bob, since="2019", until="2023")
    text = page(client, olga, ada.get_absolute_url())
    head = text.split("</header>")[0]
    assert "Developer at Polyphon Labs" in head
    assert "Werk 2" not in head
    assert "since Mar 2024" in text
    assert "1 former" in text
    assert "2019 – 2023" in text
    assert "Add organisation" not in text  # she may not


def test_the_pane_beside_a_conversation_says_where_they_are_now(client, olga, bob, ada):
    at(ada, "Polyphon Labs", bob, role="Developer")
    at(ada, "Werk 2", bob, until="2023")
    talk = make_conversation()
    make_message(talk, author=ada.identities.get())
    text = page(client, olga, talk.get_absolute_url())
    glance = text.split('<dl class="glance">')[1].split("</dl>")[0]
    assert "Developer at Polyphon Labs" in glance
    assert "Werk 2" not in text


def test_what_comes_with_the_accounts_is_what_a_query_of_its_own_finds(bob, ada):
    for index, (since, until) in enumerate(
        (("2019", "2023"), ("Mar 2024", ""), ("", "2020-05-06"), ("", ""), ("2150", ""))
    ):
        about = {"since": since, "until": until}
        at(ada, f"Place {index}", bob, role="x", **{k: v for k, v in about.items() if v})
    affiliation_verbs.remove(Affiliation.objects.get(organisation__name="Place 3"), by=bob)
    shown = load_profile(ada, bob, lines=0).organisations
    alone = affiliations_of(ada, bob)
    assert shown == alone
    assert [str(each) for each in shown.now] == ["x at Place 4", "x at Place 1"]
    assert [str(each) for each in shown.before] == ["x at Place 0", "x at Place 2"]
    values = ("since", "since_precision", "until", "until_precision", "organisation_id")
    for mine, other in zip(shown.now + shown.before, alone.now + alone.before, strict=True):
        assert [getattr(mine.row, it) for it in values] == [getattr(other.row, it) for it in values]


def test_an_organisation_is_added_with_and_without_scripts(client, bob, ada):
    address = reverse("member-affiliations", args=[ada.pk])
    answer = post(client, bob, address, organisation="Werk 2", role="Teacher", since="03/2024")
    assert answer.url == ada.get_absolute_url()
    answer = post(client, bob, address, target="person", organisation="werk 2", until="2019")
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert Organisation.objects.count() == 1
    assert {str(row) for row in Affiliation.objects.all()} == {"Teacher at Werk 2", "Werk 2"}
    action = Action.objects.filter(verb="affiliate").latest("pk")
    client.post(reverse("undo", args=[action.group]))
    assert Affiliation.objects.present().count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"organisation": " "}, "Enter the name of an organisation."),
        ({"organisation": "\u202enone\u200b"}, "is a word of its own"),
        ({"organisation": "x" * 500}, "at most 120 characters"),
        ({"organisation": "Werk 2", "role": "x" * 500}, "at most 120 characters"),
        ({"organisation": "Werk 2", "since": "soon"}, "no day, month or year"),
        ({"organisation": "Werk 2", "since": "1800"}, "The year must be from"),
        ({"organisation": "Werk 2", "since": "2024", "until": "2023"}, "It can’t end before"),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field_and_nothing_is_lost(
    client, bob, ada, given, said
):
    answer = post(client, bob, reverse("member-affiliations", args=[ada.pk]), **given)
    assert answer.status_code == 422
    text = one_line(answer.content)
    assert said in text
    assert "add-affiliation-0" in text
    assert f'value="{given["organisation"][:40]}' in text or not given["organisation"].strip()
    assert not Organisation.objects.exists()


def test_the_same_twice_is_refused_on_the_form(client, bob, ada):
    address = reverse("member-affiliations", args=[ada.pk])
    post(client, bob, address, organisation="Werk 2")
    answer = post(client, bob, address, target="person", organisation="WERK 2")
    assert answer.status_code == 422
    assert "there already" in answer.content.decode()


def test_one_is_edited_ended_and_removed(client, bob, ada):
    row = at(ada, "Werk 2", bob, role="Teacher", since="2019")
    address = reverse("affiliation", args=[row.pk])
    text = page(client, bob, address)
    assert 'value="Teacher"' in text
    assert 'value="2019"' in text
    answer = post(client, bob, address, role="Head", since="2020-02", until="")
    assert answer.url == ada.get_absolute_url()
    row.refresh_from_db()
    assert (row.role, str(row.since), row.since_precision) == ("Head", "2020-02-01", "month")
    assert post(client, bob, address, role="Head", since="2020-02", until="2019").status_code == 422
    post(client, bob, reverse("affiliation-ending", args=[row.pk]), target="person")
    assert not load_profile(ada, bob, lines=0).organisations.now
    post(client, bob, address, _method="DELETE")
    assert not load_profile(ada, bob, lines=0).organisations
    assert post(client, bob, address, role="again").status_code == 404


def test_hostile_words_stay_words(client, bob, olga, ada):
    at(ada, '"><script>alert(1)</script>', bob, role="<img src=x onerror=alert(1)>")
    there = Organisation.objects.get()
    talk = make_conversation()
    make_message(talk, author=ada.identities.get())
    for address in (
        ada.get_absolute_url(),
        talk.get_absolute_url(),
        there.get_absolute_url(),
        reverse("organisations"),
        reverse("organisation-names"),
        f"{reverse('members')}?columns=organisations",
    ):
        text = page(client, olga, address)
        assert "<script>alert" not in text
        assert "<img src=x" not in text


# Organisations -----------------------------------------------------------------------------------


def test_the_page_of_an_organisation_has_who_is_there_now_and_who_was(client, olga, bob, ada):
    at(ada, "Werk 2", bob, role="Teacher", since="Mar 2024")
    at(make_member("Ben"), "Werk 2", bob, until="2020")
    at(make_member("Åsa"), "Werk 2", bob)
    make_line(ada, "Hello to you", kind="reply")
    there = Organisation.objects.get()
    organisation_verbs.edit(there, by=bob, website="https://werk.example/")
    text = page(client, olga, there.get_absolute_url())
    order = [
        "Now",
        ">Ada<",
        "Teacher",
        "since Mar 2024",
        "Last contact",
        ">Åsa<",
        "Before",
        ">Ben<",
    ]
    places = [text.index(words, text.index("affiliated")) for words in order]
    assert places == sorted(places)
    assert 'href="https://werk.example/" target="_blank" rel="noopener nofollow"' in text
    assert "Edit" not in text.split("affiliated")[0].split("<h1>")[1]


def test_people_of_a_restricted_source_are_neither_listed_nor_counted(client, bob, lena, ada):
    closed = make_source(restricted=True)
    hidden = seen_in(closed, "Hidden")
    at(hidden, "Werk 2", lena)
    at(ada, "Werk 2", lena)
    at(hidden, "Secret Service", lena)
    shared, secret = (Organisation.objects.get(name=it) for it in ("Werk 2", "Secret Service"))
    assert "Hidden" not in page(client, bob, shared.get_absolute_url())
    assert "Hidden" in page(client, lena, shared.get_absolute_url())
    text = page(client, bob, reverse("organisations"))
    assert "1 member<" in text.replace(" <", "<")
    assert "Secret" not in text
    assert "2 members" in page(client, lena, reverse("organisations"))
    assert "Secret" not in page(client, bob, reverse("organisation-names"), organisation="sec")
    for name in ("organisation", "organisation-details"):
        assert client.get(reverse(name, args=[secret.pk])).status_code == 404
    merge = reverse("organisation-merge", args=[secret.pk])
    assert post(client, bob, merge, into="Werk 2").status_code == 404
    merge = reverse("organisation-merge", args=[shared.pk])
    assert post(client, bob, merge, into="Secret Service").status_code == 422


def test_both_lists_go_on_by_key_without_gap_or_repeat(client, bob, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 3)
    for number in range(8):
        member = make_member(f"Person {number}")
        at(member, "Werk 2", bob, **({"until": "2020"} if number % 2 else {}))
        at(member, f"Place {number}", bob)
    client.force_login(bob)
    there = Organisation.objects.get(name="Werk 2")
    for address, rows, shown in (
        (reverse("organisations"), "rows", lambda row: row.organisation.name),
        (there.get_absolute_url(), "people", lambda row: row.member.name),
    ):
        seen, before, headings = [], "", []
        while True:
            context = client.get(address, {"before": before}).context
            seen += [shown(row) for row in context[rows]]
            headings += [row.begins for row in context[rows] if getattr(row, "begins", "")]
            before = context["page"].more
            if not before:
                break
        now, was = ([f"Person {n}" for n in range(start, 8, 2)] for start in (0, 1))
        if rows == "people":
            assert (seen, headings) == ([*now, *was], ["0", "1"])
        else:
            assert seen == [*(f"Place {n}" for n in range(8)), "Werk 2"]


def test_a_cursor_that_nobody_made_begins_at_the_top(client, bob, ada):
    there = at(ada, "Werk 2", bob).organisation
    for before in ("x", "_", "\x00_1", "9" * 400, "zz_99999999999999999999"):
        assert ">Ada<" in page(client, bob, there.get_absolute_url(), before=before)


def test_names_are_offered_by_the_beginning_of_any_word(client, bob, ada):
    for name in ("Polyphon Labs", "Werk 2", "Labour union"):
        at(ada, name, bob)
    text = page(client, bob, reverse("organisation-names"), organisation="LAB")
    assert text.count("<option") == 2
    assert "Polyphon Labs" in text
    assert page(client, bob, reverse("organisation-names")).count("<option") == 3


def test_a_search_narrows_the_list(client, bob, ada):
    for name in ("Polyphon Labs", "Werk 2"):
        at(ada, name, bob)
    text = page(client, bob, reverse("organisations"), q="lab")
    assert "Polyphon Labs" in text
    assert "Werk 2" not in text
    assert "No matching organisations" in page(client, bob, reverse("organisations"), q="%")


def test_an_organisation_is_edited_merged_and_deleted_on_its_page(client, bob, ada):
    there, other = at(ada, "Polyfon", bob).organisation, at(ada, "Labs", bob).organisation
    address = reverse("organisation-details", args=[there.pk])
    assert "Labs" in page(client, bob, address)
    answer = post(client, bob, address, name="LABS", website="")
    assert answer.status_code == 422
    assert "Merge the two instead." in answer.content.decode()
    for website in ("javascript:alert(1)", "data:text/html,x", "ftp://labs.example", "x" * 600):
        answer = post(client, bob, address, name="Polyphon", website=website)
        assert answer.status_code == 422
    assert "Enter a web address" in page_of(post(client, bob, address, name="x", website="jav:x"))
    assert post(client, bob, address, name="Polyphon", website="labs.example").status_code == 302
    there.refresh_from_db()
    assert (there.name, there.website, there.host) == (
        "Polyphon",
        "https://labs.example",
        "labs.example",
    )
    answer = post(client, bob, reverse("organisation-merge", args=[there.pk]), into="nowhere")
    assert "There’s no other organisation “nowhere”." in page_of(answer)
    answer = post(client, bob, reverse("organisation-merge", args=[there.pk]), into="labs")
    assert answer.url == other.get_absolute_url()
    answer = post(client, bob, other.get_absolute_url(), _method="DELETE")
    assert answer.url == reverse("organisations")
    assert "No organisations yet" in page(client, bob, reverse("organisations"))
    action = Action.objects.filter(verb="delete").latest("pk")
    client.post(reverse("undo", args=[action.group]))
    assert "Labs" in page(client, bob, reverse("organisations"))


def test_each_page_asks_as_often_for_many_as_for_few(
    client, carol, bob, django_assert_max_num_queries
):
    """Of somebody from whom something is hidden."""
    seen_in(make_source(restricted=True), "Hidden")
    client.force_login(carol)
    there, ada = None, make_member("Ada")
    counts: dict[str, list[int]] = {"list": [], "page": [], "member": []}
    for many in (3, 27):
        for _ in range(many):
            row = at(make_member(f"P {Organisation.objects.count()}"), "Werk 2", bob)
            there = row.organisation
            at(ada, f"Place {Organisation.objects.count()}", bob)
        for name, address in (
            ("list", reverse("organisations")),
            ("page", there.get_absolute_url()),
            ("member", ada.get_absolute_url()),
        ):
            with django_assert_max_num_queries(14) as captured:
                assert client.get(address).status_code == 200
            counts[name].append(len(captured))
    for few, lots in counts.values():
        assert few == lots


def page_of(answer) -> str:
    return one_line(answer.content)


def test_the_page_is_as_it_is_by_now_after_an_undo(client, bob, ada):
    there, other = at(ada, "Polyfon", bob).organisation, at(ada, "Labs", bob).organisation
    merged = organisation_verbs.merge(there, other, by=bob)
    client.force_login(bob)
    html = client.get(other.get_absolute_url()).content.decode()
    assert 'id="organisation" hx-get="' + other.get_absolute_url() in html
    assert "hub:catch-up from:body" in html
    actions.undo(merged.group, by=bob)
    headers = {"HX-Request": "true", "HX-Target": "organisation"}
    part = client.get(other.get_absolute_url(), headers=headers).content.decode()
    assert part.strip().startswith('<div id="organisation"')
    assert "<h1><bdi>Labs" in part
