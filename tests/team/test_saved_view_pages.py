"""The page of views, the form of one, and a list that was opened by one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members import tag_verbs, verbs
from members.models import Tag
from team import saved_query_verbs
from team.models import Action, Export, SavedQuery
from tests.make import make_member, make_user, make_view

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    now = timezone.now()
    ada = make_member("Ada", last_seen=now, stage="champion")
    ben = make_member("Ben", last_seen=now - timedelta(days=3))
    verbs.tag(ben, "bug", by=None)
    return ada, ben


def names(answer) -> list[str]:
    return [row.name for row in answer.context["listing"].rows]


def columns(answer) -> list[str]:
    return [column.slug for column in answer.context["columns"]]


def test_what_a_list_shows_is_saved_and_opened(bob, people):
    client = signed_in(bob)
    page = client.get("/members/", {"q": "tag:bug or ada", "stage": "champion", "sort": "name"})
    assert 'name="q" value="tag:bug or ada stage:champion"' in page.content.decode()
    form = {"kind": "members", "name": "Both", "q": "tag:bug or ada", "sort": "name"}
    answer = client.post("/views/", form)
    view = SavedQuery.objects.get()
    assert (view.text, view.order, view.shared) == ("tag:bug or ada", "name", False)
    assert answer.url == view.get_absolute_url() == f"/members/?view={view.pk}"
    opened = client.get(answer.url)
    assert names(opened) == ["Ada", "Ben"]
    said = opened.content.decode()
    assert ">Both</h1>" in said
    assert "View saved." in said
    assert "Update view" not in said
    assert 'value="tag:bug or ada" maxlength' in said


def test_a_view_shows_a_changed_query_and_takes_it_over(bob, people):
    client, view = signed_in(bob), make_view(bob, "Bugs", text="tag:bug")
    changed = client.get("/members/", {"view": view.pk, "q": "ada", "sort": "-seen"})
    assert names(changed) == ["Ada"]
    assert "Update view" in changed.content.decode()
    assert "Save as new view" in changed.content.decode()
    form = {"q": "ada", "sort": "name", "was_q": "tag:bug"}
    answer = client.post(f"/views/{view.pk}/query/", form)
    assert answer.url == view.get_absolute_url()
    assert names(client.get(answer.url)) == ["Ada"]
    group = Action.objects.get(verb="change").group
    client.post(f"/undo/{group}/")
    assert names(client.get(view.get_absolute_url())) == ["Ben"]


def test_undo_of_an_order_shows_the_view_as_it_is_again(bob, people):
    client, view = signed_in(bob), make_view(bob, "All", text="", order="name")
    form = {"q": "", "sort": "-name", "was_q": ""}
    client.post(f"/views/{view.pk}/query/", form)
    group = Action.objects.get(verb="change").group
    address = view.get_absolute_url()
    page = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"}
    answer = client.post(f"/undo/{group}/", headers=page)
    assert answer.headers["HX-Redirect"] == address
    again = client.get(address)
    assert "Undone" in again.content.decode()
    assert names(again) == ["Ada", "Ben"]


def test_undo_of_a_removal_leads_back_from_the_list_that_it_led_to(bob):
    client, view = signed_in(bob), make_view(bob, "All", kind="conversations", text="is:open")
    there = client.post(f"/views/{view.pk}/", {"_method": "DELETE", "from": "list"}).url
    group = Action.objects.get(verb="delete").group
    page = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{there}"}
    answer = client.post(f"/undo/{group}/", headers=page)
    assert answer.headers["HX-Redirect"] == view.get_absolute_url()
    SavedQuery.objects.update(removed_at=timezone.now())
    Action.objects.update(undone_at=None)
    page["HX-Current-URL"] = "http://testserver/views/"
    assert "HX-Redirect" not in client.post(f"/undo/{group}/", headers=page).headers


def test_undo_of_a_view_leaves_what_was_typed_since(bob, people):
    client, view = signed_in(bob), make_view(bob, "All", text="", order="name")
    client.post(f"/views/{view.pk}/query/", {"q": "", "sort": "-name", "was_q": ""})
    group = Action.objects.get(verb="change").group
    typed = f"http://testserver{view.get_absolute_url()}&q=ada"
    headers = {"HX-Request": "true", "HX-Current-URL": typed}
    answer = client.post(f"/undo/{group}/", headers=headers)
    assert "HX-Redirect" not in answer.headers


def test_a_view_of_members_keeps_its_columns_and_leaves_those_of_its_reader(bob, olga, people):
    client, reader = signed_in(bob), signed_in(olga)
    client.post("/members/columns/", {"column": ["place", "first"]})
    page = client.get("/members/", {"q": "stage:champion"}).content.decode()
    assert 'name="columns" value="first,place"' in page
    form = {"kind": "members", "name": "Kept", "q": "stage:champion", "columns": "first,place"}
    address = client.post("/views/", form | {"shared": "on"}).url
    client.post("/members/columns/", {"column": ["tags"]})
    assert columns(client.get(address)) == columns(reader.get(address)) == ["first", "place"]
    assert "Update view" not in client.get(address).content.decode()
    assert columns(client.get("/members/")) == ["tags"]
    assert columns(reader.get("/members/")) == ["tags", "stage", "owner", "seen"]


def test_columns_chosen_in_a_view_are_its_own_once_it_is_updated_and_undone_with_it(bob, people):
    client = signed_in(bob)
    view = make_view(bob, "Kept", options={"columns": "place"})
    chosen = {"column": ["seen"], "sort": "-seen", "view": view.pk}
    changed = client.get(client.post("/members/columns/", chosen).url)
    assert columns(changed) == ["seen"]
    assert "Update view" in changed.content.decode()
    assert columns(client.get("/members/")) == ["tags", "stage", "owner", "seen"]
    form = {"q": "", "sort": "-seen", "was_q": "", "columns": "seen"}
    client.post(f"/views/{view.pk}/query/", form)
    assert columns(client.get(view.get_absolute_url())) == ["seen"]
    client.post(f"/undo/{Action.objects.get(verb='change').group}/")
    assert columns(client.get(view.get_absolute_url())) == ["place"]
    edit = {"name": "Other", "q": "is:bot", "sort": "-seen", "was_name": "Kept", "was_q": ""}
    client.post(f"/views/{view.pk}/", edit)
    assert columns(client.get(view.get_absolute_url())) == ["place"]


def test_an_export_of_a_view_has_the_columns_of_the_view(bob, people):
    view = make_view(bob, "None", options={"columns": "-"})
    page = signed_in(bob).get(view.get_absolute_url())
    assert columns(page) == []
    signed_in(bob).post("/members/exports/", {"q": "", "columns": "-"})
    assert Export.objects.get().params["columns"] == []


def test_undo_says_that_a_colleague_has_changed_a_part_since(bob, lena):
    client, view = signed_in(bob), make_view(bob, "Bots", text="is:bot", shared=True)
    shown = {"was_name": "Bots", "was_q": "is:bot", "shared": "on", "sort": "-seen"}
    client.post(f"/views/{view.pk}/", {"name": "Mine", "q": "is:mine", **shown})
    saved_query_verbs.change(view, "is:teammate", "-seen", by=lena, shown="is:mine")
    group = Action.objects.filter(by=bob).latest("pk").group
    answer = client.post(f"/undo/{group}/", headers={"HX-Request": "true"})
    assert answer.content.decode() == "Partly undone: the rest has changed since."
    view.refresh_from_db()
    assert (view.name, view.text) == ("Bots", "is:teammate")


def test_a_view_without_a_query_lists_everybody_and_an_emptied_box_is_a_change(bob, people):
    client, view = signed_in(bob), make_view(bob, "Bugs", text="tag:bug")
    everybody = client.get("/members/", {"view": view.pk, "q": "", "sort": "-seen"})
    assert names(everybody) == ["Ada", "Ben"]
    assert "Update view" in everybody.content.decode()


def test_the_parts_of_a_list_keep_its_view(bob, people):
    client, view = signed_in(bob), make_view(bob, "Everybody", text="")
    part = {"HX-Request": "true", "HX-Target": "members"}
    answer = client.get(f"/members/?view={view.pk}", headers=part).content.decode()
    assert 'id="view-bar" hx-swap-oob="calm"' in answer
    assert f"view={view.pk}" in answer.partition('id="members-again"')[2][:300]
    again = f"/members/?q=&stage=&sort=-seen&view={view.pk}"
    assert "Save as new view" not in client.get(again, headers=part).content.decode()


def test_a_list_whose_view_was_removed_is_brought_up_to_date_with_its_heading(bob, people):
    client, view = signed_in(bob), make_view(bob, "Crashes", text="tag:bug")
    part = {"HX-Request": "true", "HX-Target": "members"}
    shown = f"/members/?q=tag:bug&stage=&sort=-seen&view={view.pk}"
    assert "Crashes</h1>" in client.get(shown, headers=part).content.decode()
    client.post(f"/views/{view.pk}/", {"_method": "DELETE"})
    answer = client.get(shown, headers=part).content.decode()
    assert re.search(r'<h1 id="members-title" hx-swap-oob="true"\s*>Members</h1>', answer)
    assert re.search(r'<p id="members-about" hx-swap-oob="true"\s*>Everyone active', answer)
    assert "oob" not in client.get("/members/").content.decode().partition("</header>")[0]


def test_who_changed_the_same_query_is_told_and_loses_nothing(bob, lena, people):
    view = make_view(bob, "Bugs", text="tag:bug", shared=True)
    saved_query_verbs.change(view, "is:mine", "", by=lena, shown="tag:bug")
    client = signed_in(bob)
    form = {"q": "ada", "sort": "-seen", "was_q": "tag:bug"}
    answer = client.post(f"/views/{view.pk}/query/", form, follow=True)
    said = answer.content.decode()
    assert "Lena Lindqvist has changed this query to “is:mine”" in said
    assert names(answer) == ["Ada"]
    assert 'name="was_q" value="is:mine"' in said  # the second time they mean it
    view.refresh_from_db()
    assert view.text == "is:mine"


def test_who_renames_what_a_colleague_has_just_renamed_is_told_beside_the_field(bob, lena):
    view = make_view(bob, "Bugs", text="is:bot", shared=True)
    saved_query_verbs.rename(view, "Robots", by=lena, shown="Bugs")
    client = signed_in(bob)
    form = {"name": "Machines", "q": "is:bot", "sort": "-seen", "shared": "on"}
    shown = {"was_name": "Bugs", "was_q": "is:bot"}
    answer = client.post(f"/views/{view.pk}/", form | shown)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Lena Lindqvist has renamed this view to “Robots”." in said
    assert 'value="Machines"' in said
    assert 'name="was_name" value="Robots"' in said
    view.refresh_from_db()
    assert view.name == "Robots"
    client.post(f"/views/{view.pk}/", form | shown | {"was_name": "Robots"})
    view.refresh_from_db()
    assert view.name == "Machines"


def test_the_form_changes_name_query_order_and_sharing_as_one(bob):
    client, view = signed_in(bob), make_view(bob, "Bugs", text="is:bot")
    form = {"name": "Robots", "q": "is:bot is:mine", "sort": "name", "shared": "on"}
    answer = client.post(f"/views/{view.pk}/", form | {"was_name": "Bugs", "was_q": "is:bot"})
    assert answer.url == "/views/"
    view.refresh_from_db()
    assert (view.name, view.text, view.order, view.shared) == (
        "Robots", "is:bot is:mine", "name", True,
    )  # fmt: skip
    (group,) = set(Action.objects.values_list("group", flat=True))
    client.post(f"/undo/{group}/")
    view.refresh_from_db()
    assert (view.name, view.text, view.order, view.shared) == ("Bugs", "is:bot", "-seen", False)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " \u200b "}, "Enter a name."),
        ({"name": "taken"}, "There’s already a view “taken”."),
        ({"q": "tag:gone"}, "There’s no tag “gone”."),
        ({"q": "((("}, "This bracket is never closed."),
        ({"q": "x" * 2_001}, "at most 2000 characters"),
        ({"sort": "nosuch"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_field(bob, wrong, said):
    make_view(bob, "Taken")
    form = {"kind": "members", "name": "New", "q": "is:bot", "sort": "-seen"} | wrong
    answer = signed_in(bob).post("/views/", form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert SavedQuery.objects.count() == 1


def test_a_query_that_cannot_be_saved_shows_where_and_saves_what_was_meant(bob):
    view, client = make_view(bob, "Bots", text="is:bot"), signed_in(bob)
    form = {"name": "Bots", "q": "is:bto stage:visitor", "sort": "-seen"}
    shown = {"was_name": "Bots", "was_q": "is:bot"}
    page = client.post(f"/views/{view.pk}/", form | shown).content.decode()
    assert re.search(r"Wrong here: </span>(is:)?bto</mark> stage:visitor</code>", page)
    assert re.search(r'name="q"\s+value="is:bot stage:visitor">Save as is:bot', page)
    client.post(f"/views/{view.pk}/", form | shown | {"q": ["is:bto", "is:bot stage:visitor"]})
    view.refresh_from_db()
    assert view.text == "is:bot stage:visitor"


@pytest.mark.parametrize("text", ["asignee:lena", "is:bto", '"never closed'])
def test_a_query_with_a_mistake_is_not_offered_to_be_saved(bob, text):
    page = signed_in(bob).get("/members/", {"q": text}).content.decode()
    assert 'role="alert"' in page
    assert "save-view-name" not in page
    assert "save-view-name" in signed_in(bob).get("/members/", {"q": "is:bot"}).content.decode()


def test_a_kind_that_is_not_listed_is_not_found(bob):
    assert signed_in(bob).post("/views/", {"kind": "planets", "name": "x"}).status_code == 404


def test_a_colleague_opens_a_shared_view_and_never_hears_of_a_private_one(bob, olga, lena, people):
    private, shared = make_view(bob, "Private"), make_view(bob, "Bugs", text="tag:bug", shared=True)
    for user in (olga, lena):
        client = signed_in(user)
        assert names(client.get(shared.get_absolute_url())) == ["Ben"]
        assert client.get(private.get_absolute_url()).status_code == 404
        assert client.get("/members/?view=999999").status_code == 404
        assert client.get(f"/views/{private.pk}/").status_code == 404
        for path in ("query", "sharing", "position"):
            assert client.post(f"/views/{private.pk}/{path}/").status_code == 404
        page = client.get("/views/").content.decode()
        assert "Private" not in page
        assert "Bugs" in page
        assert "Bob Baker" in page
        # with a query of its own, the list is shown, as it is for a view that never was
        listed = client.get(f"/members/?view={private.pk}&q=ada")
        assert (names(listed), "Private" in listed.content.decode()) == (["Ada"], False)
    assert signed_in(olga).get(f"/views/{shared.pk}/").status_code == 403
    assert signed_in(lena).get(f"/views/{shared.pk}/").status_code == 200


def test_the_link_of_a_private_view_says_that_nobody_else_can_open_it(bob):
    private, shared = make_view(bob, "Mine"), make_view(bob, "Ours", shared=True)
    client = signed_in(bob)
    for view, said in ((private, True), (shared, False)):
        page = client.get(view.get_absolute_url()).content.decode()
        assert ("only you can open it" in page) == said
        assert (page.count("only you can open it") == 1) == said


def test_observers_see_no_way_to_share(olga):
    view = make_view(olga, "Mine")
    client = signed_in(olga)
    assert "Your team" not in client.get("/members/").content.decode()
    assert 'name="shared"' not in client.get(f"/views/{view.pk}/").content.decode()
    client.post("/views/", {"kind": "members", "name": "x", "sort": "-seen", "shared": "on"})
    assert not SavedQuery.objects.filter(shared=True)


def test_a_view_whose_tag_is_gone_says_so_and_shows_what_still_holds(bob, people):
    view = make_view(bob, "Bugs", text="tag:bug or ada")
    tag_verbs.delete(Tag.objects.get(), by=bob)
    client = signed_in(bob)
    page = client.get(view.get_absolute_url())
    said = page.content.decode()
    assert names(page) == ["Ada"]
    assert "There’s no tag “bug”." in said
    assert "Shown by the rest of the query" in said
    assert "Update view" not in said
    # what is done with all that match means those that are shown
    assert '<input type="hidden" name="q" value="ada">' in said.partition('id="wanted"')[2][:200]
    assert client.get(f"/views/{view.pk}/").status_code == 200  # where it can be mended
    form = {"name": "Renamed", "q": view.text, "sort": "-seen"}
    client.post(f"/views/{view.pk}/", form | {"was_name": "Bugs", "was_q": view.text})
    view.refresh_from_db()
    assert view.name == "Renamed"


def test_a_view_of_which_nothing_is_left_shows_nobody(bob, people):
    view = make_view(bob, "Bugs", text="tag:bug")
    tag_verbs.delete(Tag.objects.get(), by=bob)
    page = signed_in(bob).get(view.get_absolute_url())
    assert names(page) == []
    assert "Nothing else is left of this view’s query." in page.content.decode()


def test_a_view_of_a_colleague_who_left_shows_what_is_still_theirs(bob, people):
    gone = make_user(name="Gus Gone")
    left = make_member("Left Behind", owner=gone, last_seen=timezone.now())
    view = make_view(bob, text='owner:"Gus Gone" or stage:champion')
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    page = signed_in(bob).get(view.get_absolute_url())
    assert sorted(names(page)) == ["Ada", str(left)]


def test_views_are_moved_shared_and_removed_on_their_page(bob):
    for name in ("one", "two"):
        make_view(bob, name)
    first, second = SavedQuery.objects.order_by("pk")
    client = signed_in(bob)
    part = {"HX-Request": "true", "HX-Target": "saved-views"}
    answer = client.post(f"/views/{second.pk}/position/", {"to": "up"}, headers=part)
    said = answer.content.decode()
    assert said.index("“two”") < said.index("“one”")
    assert "<html" not in said
    nav = said[said.index('id="nav-views"') :]
    assert 'hx-swap-oob="calm"' in nav
    assert nav.index("two</span>") < nav.index("one</span>")
    assert "View moved." in answer.headers["HX-Trigger"]
    assert client.post(f"/views/{first.pk}/sharing/").url == "/views/"
    assert "shared" in client.get("/views/").content.decode()
    form = {"_method": "DELETE", "from": "list"}
    assert client.post(f"/views/{first.pk}/", form).url == "/members/"
    assert [row.view.name for row in client.get("/views/").context["own"]] == ["two"]


def test_as_many_queries_with_thirty_views_as_with_two(bob, lena, django_assert_max_num_queries):
    client, counts = signed_in(bob), []
    for more in (1, 14):
        for number in range(more):
            make_view(bob, f"own {more} {number}")
            make_view(lena, f"shared {more} {number}", shared=True)
        with django_assert_max_num_queries(10) as captured:
            assert client.get("/views/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Below -------------------------------------------------------------------------------------------


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_name_stands_for_one_view_of_all_kinds(bob):
    make_view(bob, "Taken", kind="members")
    other = make_view(bob, "Other", kind="conversations", text="is:open", order="newest")
    form = {"kind": "conversations", "name": "taken", "q": "is:open", "sort": ""}
    answer = signed_in(bob).post("/views/", form)
    assert (answer.status_code, SavedQuery.objects.count()) == (422, 2)
    assert "There’s already a view “taken”." in answer.content.decode()
    form |= {"was_name": "Other", "was_q": "is:open"}
    answer = signed_in(bob).post(f"/views/{other.pk}/", form)
    assert "There’s already a view “taken”." in answer.content.decode()
    other.refresh_from_db()
    assert other.name == "Other"


def test_undo_of_a_move_counts_nothing(bob):
    make_view(bob, "First", position=1)
    second = make_view(bob, "Second", position=2)
    client = signed_in(bob)
    client.post(f"/views/{second.pk}/position/", {"to": "up"})
    (group,) = set(Action.objects.values_list("group", flat=True))
    answer = client.post(f"/undo/{group}/", headers={"HX-Request": "true"})
    assert answer.content.decode() == "Undone"
