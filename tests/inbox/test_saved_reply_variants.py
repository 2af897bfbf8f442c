"""What a saved reply says in several languages: which is inserted, and how texts come and go."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from community_hub.lib.language_names import code_named
from inbox.models import SavedReply
from inbox.verbs import saved_replies as verbs
from tests.make import make_conversation, make_identity, make_member, make_message

pytestmark = pytest.mark.django_db
step = import_module("inbox.migrations.0023_group_saved_replies")


@pytest.fixture
def reply():
    """In English, German and French, the English text first."""
    return save(
        language="en", text="Thank you!", de="Danke, {{ member.first_name }}!", fr="Merci !"
    )


@pytest.fixture
def talk():
    return make_conversation(subject="No sound")


@pytest.fixture
def client(bob) -> Client:
    return signed_in(bob)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def save(*, de="", fr="", **fields) -> SavedReply:
    fields = {"title": "Thanks", "text": "Thank you!", **fields}
    first = SavedReply.objects.create(**fields)
    for language, text in (("de", de), ("fr", fr)):
        if text:
            fields = {**fields, "language": language, "text": text}
            SavedReply.objects.create(variant_of=first, **fields)
    return first


def asks(talk, *, language="", languages=(), name="Ada Lovelace"):
    member = make_member(name, languages=list(languages))
    return make_message(
        talk, author=make_identity(member), language=language, mention_reason="handle"
    )


def insert(client, talk, reply, **data):
    return client.post(reverse("saved-reply-text", args=[talk.pk, reply.pk]), data).json()


def texts(reply) -> dict[str, str]:
    fresh = SavedReply.objects.current().prefetch_related("variants").get(pk=reply.pk)
    return {each.language: each.text for each in fresh.texts}


# What is inserted


@pytest.mark.parametrize(
    ("language", "languages", "inserted"),
    [
        ("de", [], "de"),
        ("de-AT", ["French"], "de"),  # what they write in goes before what else they speak
        ("pl", ["polski", "Français"], "fr"),
        ("", ["de"], "de"),
        ("pl", [], "en"),
        ("", ["Klingon"], "en"),
    ],
)
def test_the_text_is_in_the_language_of_the_message_or_of_its_author_or_the_first(
    client, talk, reply, language, languages, inserted
):
    asks(talk, language=language, languages=languages)
    answer = insert(client, talk, reply)
    assert answer["language"] == inserted
    assert answer["languages"] == [["en", "English"], ["de", "Deutsch"], ["fr", "français"]]
    if inserted == "de":
        assert answer["text"] == "Danke, Ada!"


def test_another_text_can_be_chosen_and_counts_as_no_other_use(client, talk, reply):
    asks(talk, language="de")
    assert insert(client, talk, reply)["language"] == "de"
    assert insert(client, talk, reply, language="fr")["text"] == "Merci !"
    assert insert(client, talk, reply, language="xx")["text"] == "Thank you!"
    uses = SavedReply.objects.order_by("pk").values_list("used_count", flat=True)
    assert list(uses) == [1, 0, 0]


def test_a_reply_to_a_picked_message_is_in_its_language_with_its_authors_name(client, talk, reply):
    picked = asks(talk, language="de", name="Wren Ashby")
    asks(talk, language="fr")
    talk.refresh_from_db()
    assert insert(client, talk, reply, to=picked.pk)["text"] == "Danke, Wren!"
    menu = client.get(reverse("saved-reply-menu", args=[talk.pk]), {"to": picked.pk})
    assert [offer.text.language for offer in menu.context["offers"].rows] == ["de"]


def test_the_menu_has_one_row_a_reply_with_its_languages_and_the_words_of_all(client, talk, reply):
    save(title="Often", used_count=9)
    asks(talk, language="de")
    menu = client.get(reverse("saved-reply-menu", args=[talk.pk])).content.decode()
    assert menu.count("data-url") == 2
    for words in ("Thank you!", "Danke, ", "Merci !", 'title="Deutsch"', 'title="français"'):
        assert words in menu
    assert menu.index("Danke") < menu.index("Often")


def test_the_page_has_one_row_a_reply_with_its_languages(client, reply):
    page = client.get(reverse("saved-replies")).content.decode()
    assert page.count(f'href="{reply.get_absolute_url()}"') == 1
    assert page.count("Thanks") == 1
    for name in ("English", "Deutsch", "français"):
        assert f">{name}</span>" in page


def test_menu_and_page_ask_as_often_for_many_texts(client, talk, django_assert_max_num_queries):
    asks(talk, language="de", languages=["fr"])
    for number in range(20):
        save(title=f"Reply {number}", language="en", de="Danke!", fr="Merci !")
    with django_assert_max_num_queries(9):
        client.get(reverse("saved-replies"))
    with django_assert_max_num_queries(9):
        client.get(reverse("saved-reply-menu", args=[talk.pk]))


def test_words_for_languages_are_understood():
    words = ("de", "de-AT", "Deutsch", " german ", "español", "Klingon", "")
    assert [code_named(word) for word in words] == ["de", "de", "de", "de", "es", "", ""]


# How texts come and go


def test_a_text_is_added_edited_and_removed_each_with_undo(bob, client, reply):
    page = reverse("saved-reply-variant-new", args=[reply.pk])
    assert "Thank you!" in client.get(page).content.decode()  # to translate from
    spanish = {"language": "es", "text": "¡Gracias!"}
    assert client.post(page, spanish).url == reply.get_absolute_url()
    assert texts(reply)["es"] == "¡Gracias!"
    variant = SavedReply.objects.get(language="es")
    address = variant.get_absolute_url()
    assert address in client.get(reply.get_absolute_url()).content.decode()
    client.post(address, {"language": "es", "text": "¡Mil gracias!"})
    assert texts(reply)["es"] == "¡Mil gracias!"
    client.post(address, {"_method": "DELETE"})
    assert "es" not in texts(reply)
    assert client.get(address).status_code == 404

    taken_back = []
    for action in variant_actions(variant):
        assert client.post(reverse("undo", args=[action.group])).status_code < 400
        taken_back.append(texts(reply).get("es"))
    assert taken_back == ["¡Mil gracias!", "¡Gracias!", None]


def test_the_first_text_is_removed_while_there_is_another_and_comes_back(bob, client, reply):
    before = texts(reply)
    address = reverse("saved-reply-variant", args=[reply.pk, reply.pk])
    assert address in client.get(reply.get_absolute_url()).content.decode()
    assert client.get(address).status_code == 404
    assert client.post(address, {"_method": "DELETE"}).url == reply.get_absolute_url()
    assert texts(reply) == {"de": before["de"], "fr": before["fr"]}
    page = client.get(reply.get_absolute_url()).content.decode()
    assert "Removed English." in page
    assert re.search(r'action="/undo/[^"]+">', page)  # and the form shows what it brings back
    assert verbs.edit(SavedReply.objects.get(pk=reply.pk), by=bob, title="Many thanks")
    client.post(address, {"_method": "DELETE"})
    assert texts(reply) == {"fr": before["fr"]}
    client.post(address, {"_method": "DELETE"})
    assert texts(reply) == {"fr": before["fr"]}
    assert address not in client.get(reply.get_absolute_url()).content.decode()

    taken_back = []
    for action in variant_actions(reply).filter(verb="remove-first"):
        assert client.post(reverse("undo", args=[action.group])).status_code < 400
        taken_back.append(sorted(texts(reply)))
    assert taken_back == [["de", "fr"], ["de", "en", "fr"]]
    assert texts(reply) == before
    assert set(SavedReply.objects.values_list("title", flat=True)) == {"Many thanks"}


def test_undo_of_the_first_text_brings_no_language_twice_and_overwrites_nothing(bob, reply):
    removed = verbs.remove_first(reply, by=bob)
    english = verbs.add_variant(reply, by=bob, language="en", text="Thanks again")
    assert removed.undo(by=bob) == 0
    assert english.undo(by=bob) == 1
    edited = verbs.edit(SavedReply.objects.get(pk=reply.pk), by=bob, text="Vielen Dank!")
    assert removed.undo(by=bob) == 0
    assert edited.undo(by=bob) == 1
    assert removed.undo(by=bob) == 1
    assert sorted(texts(reply)) == ["de", "en", "fr"]


def variant_actions(variant):
    action = apps.get_model("team", "Action")
    return action.objects.filter(object_type=verbs.ON, object_id=variant.pk).order_by("-pk")


@pytest.mark.parametrize(
    ("language", "text"),
    [("es", "¡Gracias, {{ member.nick }}!"), ("es", "{{ me.name"), ("es", " "), ("", "Hi"),
     ("xx", "Hi"), ("de", "Noch einmal danke"), ("en", "Thanks again")],
)  # fmt: skip
def test_what_is_broken_or_twice_in_a_language_is_not_saved(client, reply, language, text):
    before = texts(reply)
    data = {"language": language, "text": text}
    for address in (
        reverse("saved-reply-variant-new", args=[reply.pk]),
        reply.variants.get(language="fr").get_absolute_url(),
    ):
        answer = client.post(address, data)
        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
    assert texts(reply) == before


def test_the_first_text_takes_no_language_of_another(client, reply):
    data = {"title": "Thanks", "language": "de", "text": "Danke!", "shared": "on"}
    answer = client.post(reply.get_absolute_url(), data)
    assert answer.status_code == 422
    assert "This reply already has a text in Deutsch." in answer.content.decode()


def test_undo_brings_no_language_twice(bob, reply):
    german = reply.variants.get(language="de")
    removed = verbs.remove_variant(german, by=bob)
    assert verbs.add_variant(reply, by=bob, language="de", text="Vielen Dank!")
    assert removed.undo(by=bob) == 0
    edited = verbs.edit(reply.variants.get(language="fr"), by=bob, language="es", text="Gracias")
    assert verbs.add_variant(reply, by=bob, language="fr", text="Merci bien !")
    assert edited.undo(by=bob) == 0
    assert sorted(texts(reply)) == ["de", "en", "es", "fr"]


def test_a_reply_goes_and_comes_back_with_its_texts_but_not_with_those_removed_before(bob, reply):
    verbs.remove_variant(reply.variants.get(language="fr"), by=bob)
    deleted = verbs.delete(reply, by=bob)
    assert not SavedReply.objects.current().exists()
    assert not verbs.add_variant(reply, by=bob, language="es", text="Gracias")
    assert deleted.undo(by=bob) == 1
    assert sorted(texts(reply)) == ["de", "en"]


def test_texts_follow_the_title_and_the_sharing_of_the_reply_and_undo(bob, lena, reply):
    verbs.add_variant(reply, by=bob, language="es", text="Gracias")
    changes = verbs.edit(reply, by=bob, title="Many thanks", owner=bob)
    kept = SavedReply.objects.values_list("title", "owner").distinct()
    assert list(kept) == [("Many thanks", bob.pk)]
    german = reply.variants.get(language="de")
    with pytest.raises(PermissionDenied):
        verbs.edit(german, by=lena, text="Hm")
    with pytest.raises(PermissionDenied):
        verbs.remove_variant(german, by=lena)
    reply.refresh_from_db()
    with pytest.raises(PermissionDenied):
        verbs.add_variant(reply, by=lena, language="pt", text="Obrigado")
    stranger = signed_in(lena)
    assert stranger.get(german.get_absolute_url()).status_code == 404
    assert stranger.get(reverse("saved-reply-variant-new", args=[reply.pk])).status_code == 404
    assert changes.undo(by=bob) == 1
    assert list(kept.all()) == [("Thanks", None)]


def test_a_new_reply_can_go_on_to_its_next_language(client):
    data = {"title": "Thanks", "language": "en", "text": "Thank you!", "shared": "on"}
    answer = client.post(reverse("saved-reply-new"), {**data, "variant": "new"})
    made = SavedReply.objects.get()
    assert answer.url == reverse("saved-reply-variant-new", args=[made.pk])


def test_the_trail_says_which_language(client, alice, bob, reply):
    verbs.add_variant(reply, by=bob, language="es", text="Gracias")
    verbs.remove_variant(reply.variants.get(language="de"), by=bob)
    verbs.remove_first(reply, by=bob)
    trail = signed_in(alice).get(reverse("audit-trail")).content.decode()
    assert "added a text in español to the saved reply" in trail
    assert "removed the text in Deutsch from the saved reply" in trail
    assert "removed the text in English from the saved reply" in trail


# Until now


def test_replies_of_one_title_become_one_with_several_texts_and_apart_again(bob):
    kept = {"folder": "Hello", "used_count": 2}
    english = save(language="en", text="Hi", **kept)
    german = save(language="de", text="Hallo", **kept)
    again = save(language="de", text="Servus", **kept)
    other = save(language="fr", text="Salut", folder="Elsewhere")
    mine = save(language="fr", text="Salut", owner=bob, **kept)
    for _twice in range(2):
        step.group(apps, None)
        assert texts(english) == {"en": "Hi", "de": "Hallo"}
    assert [len(texts(each)) for each in (again, other, mine)] == [1, 1, 1]
    english.refresh_from_db()
    assert english.used_count == 4
    step.part(apps, None)
    for each in (english, german, again):
        each.refresh_from_db()
        assert (each.variant_of_id, each.used_count) == (None, 2)


def test_where_one_is_in_any_language_it_is_the_first(bob):
    save(language="en", text="Hi")
    anyone = save(text="Hi there")
    step.group(apps, None)
    assert texts(anyone) == {"": "Hi there", "en": "Hi"}
