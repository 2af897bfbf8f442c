"""A shared view that names what not everybody may see."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community_hub.lib.query import Mistake
from inbox.models import Conversation, ConversationTag
from inbox.pages import searches
from members.models import Tag
from team import saved_query_verbs, view_counts
from team.models import SavedQuery
from tests.make import make_channel, make_conversation, make_message, make_source, make_view

pytestmark = pytest.mark.django_db

SECRETS = ("Workbench", "repairs")
TEXT = "source:Workbench channel:repairs is:open"


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()


@pytest.fixture
def talk():
    """Anybody may see it; what the view names is elsewhere."""
    return make_message(make_conversation(make_source(name="Forum"))).conversation


@pytest.fixture
def view(lena, talk) -> SavedQuery:
    """Lena, a lead, may see the source that it names; Bob may not."""
    source = make_source(name="Workbench", restricted=True)
    channel = make_channel(source, name="repairs")
    make_message(make_conversation(source, channel=channel))
    return make_view(lena, "Broken", text=TEXT, kind="conversations", order="newest", shared=True)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_whoever_may_not_see_a_source_reads_neither_it_nor_its_channel_anywhere(bob, view, talk):
    client = signed_in(bob)
    opened = view.get_absolute_url()
    again = {"HX-Request": "true", "HX-Target": "rows"}
    beside = f"{talk.get_absolute_url()}?in=view-{view.pk}"
    pages = [
        client.get(address, headers=headers)
        for headers in ({}, again)
        for address in (opened, beside, "/views/", "/views/navigation/", f"/views/{view.pk}/")
    ]
    for page in pages:
        assert not any(secret in page.content.decode() for secret in SECRETS), page.request
    assert pages[4].status_code == 403  # nor may they edit it
    said = pages[0].content.decode()
    assert "A part of this view is hidden from you" in said
    assert 'value="source:••• channel:••• is:open"' in said
    assert [row.pk for row in pages[0].context["page"].rows] == [talk.pk]  # the rest holds
    assert "A part of this view is hidden from you" in pages[2].content.decode()


def test_it_is_the_same_after_what_is_named_is_gone(bob, view):
    """So nobody learns what there is."""
    before = signed_in(bob).get(view.get_absolute_url()).content.decode()
    view.text = TEXT.replace("repairs", "nothing").replace("Workbench", "Nowhere")
    view.save()
    after = signed_in(bob).get(view.get_absolute_url()).content.decode()
    for said in ("A part of this view is hidden from you", "source:••• channel:••• is:open"):
        assert said in before
        assert said in after


def test_of_a_view_of_which_all_is_hidden_nothing_is_found(bob, view):
    view.text = "source:Workbench or channel:repairs"
    view.save()
    page = signed_in(bob).get(view.get_absolute_url())
    assert list(page.context["page"].rows) == []
    assert "Nothing else is left" in page.content.decode()


def test_whoever_may_see_all_of_it_reads_what_was_typed(lena, alice, view):
    for user in (lena, alice):
        said = signed_in(user).get(view.get_absolute_url()).content.decode()
        assert f'value="{TEXT}"' in said
        assert "hidden from you" not in said
        assert searches.named(f"view-{view.pk}", user).query == TEXT


def test_a_tag_that_is_used_there_alone_is_hidden_too(bob, lena, view):
    there = Conversation.objects.get(source__name="Workbench")
    ConversationTag.objects.create(conversation=there, tag=Tag.named("hush"))
    tagged = make_view(lena, text="tag:hush stage:champion", shared=True)
    said = signed_in(bob).get(tagged.get_absolute_url()).content.decode()
    assert "hush" not in said
    assert 'value="tag:••• stage:champion"' in said
    assert "hush" in signed_in(lena).get(tagged.get_absolute_url()).content.decode()


def test_the_navigation_counts_the_rest_as_the_list_does(bob, view):
    (shown,) = view_counts.in_navigation(bob)
    counts, _complete = view_counts.brought_up_to_date(bob, [shown], age=0)
    assert (counts[view.pk].number, counts[view.pk].is_broken) == (1, True)


def test_who_shares_what_not_everybody_may_see_is_told(bob, lena, view):
    client = signed_in(lena)
    told = "It names something not everyone can see"
    client.post(f"/views/{view.pk}/sharing/", {"_method": "DELETE", "from": "list"})
    assert told not in client.get("/views/").content.decode()
    client.post(f"/views/{view.pk}/sharing/", {"from": "list"})
    assert told in client.get("/views/").content.decode()
    other = make_view(lena, "All", text="is:open", kind="conversations", order="newest")
    client.post(f"/views/{other.pk}/sharing/", {"from": "list"})
    assert told not in client.get("/views/").content.decode()
    form = {"kind": "conversations", "name": "New", "q": TEXT, "sort": "newest", "shared": "on"}
    client.post("/views/", form)
    assert told in client.get("/views/").content.decode()


def test_a_lead_makes_no_view_of_a_colleague_name_what_its_owner_may_not_see(bob, lena, view):
    theirs = make_view(
        bob, "Mine", text="is:open", kind="conversations", order="newest", shared=True
    )
    with pytest.raises(Mistake):
        saved_query_verbs.change(theirs, TEXT, "newest", by=lena, shown="is:open")
    form = {"name": "Mine", "q": TEXT, "sort": "newest", "was_name": "Mine", "was_q": "is:open"}
    answer = signed_in(lena).post(f"/views/{theirs.pk}/", form)
    assert answer.status_code == 422
    assert "whose view this is, may not see all" in answer.content.decode()


def test_as_many_queries_with_thirty_such_views_as_with_two(bob, lena, view):
    client, counts = signed_in(bob), []
    for more in (1, 14):
        for number in range(more):
            make_view(lena, f"shared {more} {number}", text="tag:gone", shared=True)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/views/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
