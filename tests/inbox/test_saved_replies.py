"""Saved replies: who sees them, how variables are filled, and that none leaves unfilled."""

from __future__ import annotations

import html
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from inbox.models import Delivery, SavedReply
from inbox.pages import saved_replies
from inbox.pages.saved_replies import facts_of
from inbox.variables import VARIABLES, Facts, fill, unfilled, what_is_wrong
from inbox.verbs import saved_replies as verbs
from tests.make import make_conversation, make_identity, make_member, make_message, make_source


@pytest.fixture
def talk(db):
    talk = make_conversation(subject="No sound", permalink="https://forum.example/t/7")
    author = make_identity(make_member("Ada Lovelace"))
    make_message(talk, author=author, language="de", mention_reason="handle")
    return talk


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def save(**fields) -> SavedReply:
    return SavedReply.objects.create(**{"title": "Thanks", "text": "Thank you!", **fields})


def test_a_saved_reply_is_inserted_with_the_facts_of_the_conversation_and_counted(bob, talk):
    reply = save(
        text="Hi {{ member.first_name }}, {{member.name}}: {{ conversation.title }} at"
        " {{ conversation.link }}. {{ me.first_name | us }} of {{ source.name }}"
    )
    answer = signed_in(bob).post(reverse("saved-reply-text", args=[talk.pk, reply.pk]))
    assert answer.json() == {
        "text": f"Hi Ada, Ada Lovelace: No sound at https://forum.example/t/7."
        f" {bob.first_name} of {talk.source.name}",
        "language": "",
        "languages": [["", "Any language"]],
    }
    reply.refresh_from_db()
    assert reply.used_count == 1
    assert reply.last_used_at is not None


def test_what_is_not_known_is_said_with_the_words_of_the_text_or_of_the_variable(bob):
    facts = Facts(make_conversation(subject="", permalink=""), bob, None)
    assert fill("Hi {{ member.first_name | friend }}!", facts) == "Hi friend!"
    assert fill("Hi {{ member.first_name }}!", facts) == "Hi there!"
    assert fill("Hi {{ member.first_name | }}!", facts) == "Hi there!"
    everything = " ".join(f"{{{{ {name} }}}}" for name in VARIABLES)
    assert not unfilled(fill(everything, facts))
    assert fill("{{ something.else }} {x}", facts) == "{{ something.else }} {x}"


def test_names_with_braces_are_not_filled_again(bob, talk):
    member = make_member("{{ me.name }}")
    assert fill("Hi {{ member.name }}", Facts(talk, bob, member)) == "Hi {{ me.name }}"


@pytest.mark.parametrize(
    "text",
    ["{{ member.age }}", "{{ member.first_name", "member.name }}", "{{ }}", "{{{{ me.name }}",
     "{{ me.name.upper }}", "{{ member.first_name | a | b }"],
)  # fmt: skip
def test_a_broken_variable_cannot_be_saved(bob, text):
    assert what_is_wrong(text)
    answer = signed_in(bob).post(reverse("saved-reply-new"), {"title": "Broken", "text": text})
    assert answer.status_code == 422
    assert not SavedReply.objects.exists()


@pytest.mark.parametrize(
    ("text", "with_words"),
    [
        ("Hi {{ member.first_name | default:'x' }}", "{{ member.first_name | there }}"),
        ('Hi {{ me.name|default: "x" }}', "{{ me.name | there }}"),
        ("Hi {{ member.name | default('x') }}", "{{ member.name | there }}"),
        ("Hi {{ member.name | default_if_none }}", "{{ member.name | there }}"),
        ("Hi {% now %}", "{{ member.first_name | there }}"),
        ("Hi {% if x", "{{ member.first_name | there }}"),
    ],
)
def test_what_other_template_languages_have_is_refused_with_how_it_is_written(
    bob, text, with_words
):
    assert what_is_wrong(text).endswith(f"where nothing is known: {with_words}.") or (
        what_is_wrong(text).endswith(f"as it is: {with_words}.")
    )
    answer = signed_in(bob).post(reverse("saved-reply-new"), {"title": "Broken", "text": text})
    assert answer.status_code == 422
    assert not SavedReply.objects.exists()


def test_tags_in_code_and_words_with_a_colon_can_be_saved():
    assert what_is_wrong("Write `{% block %}` there.") == ""
    assert what_is_wrong("Hi {{ member.first_name | dear friend: hello }}") == ""


def test_what_has_both_its_braces_is_not_said_to_lack_one():
    said = what_is_wrong('Hi {{ member.name or "there" }},')
    assert said.startswith('{{ member.name or "there" }} is not a variable.')
    assert "{{ member.name | there }}" in said
    assert "{{ member.first_name | there }}" in what_is_wrong("Hi {{ first name }}")
    assert "both its braces" in what_is_wrong("Hi {{ member.name }")


def test_a_reply_with_an_unfilled_variable_is_not_sent(bob, talk):
    answer = signed_in(bob).post(
        reverse("replies", args=[talk.pk]),
        {"reply": "Hi {{ member.first_name }}"},
        headers={"HX-Request": "true", "HX-Target": "thread"},
    )
    assert answer.status_code == 422
    assert "Replace {{ member.first_name }} with your own words first." in answer.content.decode()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ member.nme }}", "{{ member.nme }} is not a variable. Did you mean {{ member.name }}?"),
        ("Hi {{Member.First_Name|friend}}", "Replace {{Member.First_Name|friend}} with your own"),
        ("Hi {{ member firstname }}", "Did you mean {{ member.first_name }}?"),
        ("Use {{ block }}", "{{ block }} is not a variable. Write your own words, or put it"),
        ("`code` and {{ me.nam }} and `more`", "Did you mean {{ me.name }}?"),
    ],
)  # fmt: skip
def test_a_misspelt_variable_is_not_sent_and_the_nearest_is_named(bob, talk, text, said):
    answer = send(bob, talk, text, anyway="1")
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["Use `{{ block }}`", "So:\n```\nHi {{ member.name }}\n```\nNothing else", "``{{ a }} ` ``"],
)
def test_braces_in_code_are_sent_when_whoever_writes_says_so(bob, talk, text):
    asked = send(bob, talk, text)
    assert asked.status_code == 409
    assert "Send anyway" in asked.content.decode()
    assert not Delivery.objects.exists()
    assert send(bob, talk, text, anyway="1").status_code == 200
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("text", ["A set {1, 2}", "{{ }} and {{}}", "{{ 'quoted' }}"])
def test_braces_without_a_name_are_no_variable(bob, talk, text):
    assert send(bob, talk, text).status_code == 200


def send(bob, talk, text, **more):
    headers = {"HX-Request": "true", "HX-Target": "thread"}
    data = {"reply": text, **more}
    return signed_in(bob).post(reverse("replies", args=[talk.pk]), data, headers=headers)


def test_ones_own_are_seen_by_nobody_else(bob, lena, talk):
    mine, shared = save(title="Mine", owner=bob), save(title="Shared")
    assert [r.title for f in saved_replies.by_folder(bob) for r in f.replies] == ["Mine", "Shared"]
    assert [r.title for f in saved_replies.by_folder(lena) for r in f.replies] == ["Shared"]
    assert [offer.reply for offer in saved_replies.offered(talk.answerable(), lena).rows] == [
        shared
    ]
    with pytest.raises(PermissionDenied):
        verbs.edit(mine, by=lena, title="Yours")
    with pytest.raises(PermissionDenied):
        verbs.delete(mine, by=lena)
    client = signed_in(lena)
    assert client.get(mine.get_absolute_url()).status_code == 404
    assert client.post(reverse("saved-reply-text", args=[talk.pk, mine.pk])).status_code == 404
    assert "Mine" not in client.get(reverse("saved-reply-menu", args=[talk.pk])).content.decode()


def test_the_language_of_the_asker_is_offered_first_then_what_is_used_most(bob, talk):
    rare, often = save(title="Rare"), save(title="Often", used_count=9)
    french, german = save(title="Merci", language="fr"), save(title="Danke", language="de")
    offers = saved_replies.offered(talk.answerable(), bob).rows
    assert [offer.reply for offer in offers] == [german, often, rare, french]


def test_a_reply_is_created_edited_and_deleted_each_with_undo(bob):
    client = signed_in(bob)
    form = {"title": " Welcome ", "folder": "Hello", "text": "Hi {{ member.name }}", "shared": "on"}
    assert client.post(reverse("saved-reply-new"), form).status_code == 302
    reply = SavedReply.objects.get()
    assert (reply.title, reply.folder, reply.owner) == ("Welcome", "Hello", None)
    page = client.get(reverse("saved-replies")).content.decode()
    assert "Welcome" in page
    assert "Hello" in page
    changes = verbs.edit(reply, by=bob, title="Hi", owner=bob)
    reply.refresh_from_db()
    assert (reply.title, reply.owner) == ("Hi", bob)
    assert changes.undo(by=bob) == 1
    reply.refresh_from_db()
    assert (reply.title, reply.owner) == ("Welcome", None)
    changes = verbs.delete(reply, by=bob)
    assert saved_replies.by_folder(bob) == []
    assert not verbs.delete(reply, by=bob)
    assert not verbs.edit(reply, by=bob, title="Too late")
    assert changes.undo(by=bob) == 1
    assert saved_replies.by_folder(bob) != []


def test_who_cannot_reply_has_none(carol, olga, talk):
    reply = save()
    for user in (carol, olga):
        assert signed_in(user).get(reverse("saved-replies")).status_code == 403
        assert signed_in(user).get(reverse("saved-reply-menu", args=[talk.pk])).status_code == 403
        with pytest.raises(PermissionDenied):
            verbs.edit(reply, by=user, title="Hm")


def test_a_restricted_conversation_fills_nothing_for_others(bob):
    closed = make_conversation(make_source(restricted=True))
    answer = signed_in(bob).post(reverse("saved-reply-text", args=[closed.pk, save().pk]))
    assert answer.status_code == 404


def test_menu_and_page_ask_as_often_for_many_as_for_one(bob, talk, django_assert_max_num_queries):
    for number in range(40):
        save(title=f"Reply {number}", folder=f"Folder {number % 4}")
    client = signed_in(bob)
    with django_assert_max_num_queries(8):
        client.get(reverse("saved-replies"))
    with django_assert_max_num_queries(8):
        menu = client.get(reverse("saved-reply-menu", args=[talk.pk])).content.decode()
    assert menu.count("data-url") == 40


def test_the_menu_shows_replies_as_they_will_read(bob, talk):
    greeting = "Hi {{ member.first_name | friend }}, see {{ conversation.link }}. {{ me.name }}"
    save(title="Greeting", text=greeting)
    menu = signed_in(bob).get(reverse("saved-reply-menu", args=[talk.pk])).content.decode()
    facts = facts_of(talk, talk.answerable(), bob)
    assert html.escape(fill(greeting, facts)) in menu
    assert "{{" not in menu


def test_what_the_menu_has_not_is_found_by_the_server(bob, talk, monkeypatch):
    monkeypatch.setattr(saved_replies, "MOST_OFFERED", 3)
    for number in range(5):
        save(title=f"zz bulk reply {number}", used_count=9 - number)
    long = save(title="A long one", text="many words " * 200 + "<Arpeggiator> at the end")
    variant = save(title=long.title, text="x " * 900 + "Geigenkasten", language="de")
    SavedReply.objects.filter(pk=variant.pk).update(variant_of=long)
    client, url = signed_in(bob), reverse("saved-reply-menu", args=[talk.pk])

    def found(words):
        menu = client.get(url, {"words": words}).content.decode()
        return re.findall(r'id="saved-(\d+)"', menu), menu

    offered, menu = found("")
    assert (len(offered), "data-part" in menu, ">3+<" in menu) == (3, True, True)
    assert found("ZZ bulk reply 4")[0] == [str(SavedReply.objects.get(title__endswith="4").pk)]
    rows, menu = found("arpeggiator")
    assert rows == [str(long.pk)]
    assert "&lt;Arpeggiator&gt; at the end" in menu  # so that the menu, which filters too, keeps it
    assert found("geigenkasten")[0] == found("deutsch")[0] == [str(long.pk)]
    rows, menu = found("nothing_like%this")
    assert (rows, "No matching saved replies" in menu, "data-part" in menu) == ([], True, True)


def test_a_few_short_replies_are_filtered_where_they_are(bob, talk):
    save()
    menu = signed_in(bob).get(reverse("saved-reply-menu", args=[talk.pk])).content.decode()
    assert "data-part" not in menu
