"""Saved queries follow when a tag, a source or a colleague is renamed, and its undo."""

from __future__ import annotations

import pytest

from inbox.verbs import sources
from inbox.verbs import tags as conversation_tags
from members import tag_verbs
from members.models import Tag
from team import profile_verbs, saved_queries
from team import saved_query_verbs as verbs
from team.models import SavedQuery
from tests.make import make_conversation, make_source, make_user, make_view

pytestmark = pytest.mark.django_db


def text(view: SavedQuery) -> str:
    view.refresh_from_db()
    return view.text


def test_a_renamed_tag_is_renamed_in_everybodys_views_and_back(bob, lena, olga):
    tag = Tag.named("to be checked")
    mine = make_view(bob, text='tag:"To Be Checked" or "to be checked"  -stage:champion')
    hers = make_view(lena, text='-tag:"to be checked"', shared=True)
    gone = make_view(olga, text='tag:"to be checked"')
    verbs.remove(gone, by=olga)
    other = make_view(olga, text="tag:newcomer to be checked")
    changes = tag_verbs.edit(tag, by=bob, name="checked")
    assert text(mine) == 'tag:checked or "to be checked"  -stage:champion'
    assert [text(view) for view in (hers, gone)] == ["-tag:checked", "tag:checked"]
    assert text(other) == "tag:newcomer to be checked"
    assert changes.undo(by=bob) == 1
    assert text(mine) == 'tag:"to be checked" or "to be checked"  -stage:champion'


def test_another_colour_renames_nothing(bob):
    tag = Tag.named("bug")
    view = make_view(bob, text="TAG:BUG")
    assert tag_verbs.edit(tag, by=bob, colour=3).undo(by=bob) == 1
    assert text(view) == "TAG:BUG"


def test_who_may_not_know_a_tag_does_not_learn_its_new_name(bob, lena):
    closed = make_source(restricted=True)
    conversation_tags.tag([make_conversation(source=closed)], "misconduct", by=lena)
    guess, hers = make_view(bob, text="tag:misconduct"), make_view(lena, text="tag:misconduct")
    tag_verbs.edit(Tag.objects.get(), by=lena, name="case of Ada")
    assert text(guess) == "tag:misconduct"
    assert text(hers) == 'tag:"case of Ada"'


def test_a_merged_tag_is_named_by_the_other_and_undo_knows_which_were(bob):
    bug, defect = Tag.named("bug"), Tag.named("defect")
    one, both = make_view(bob, text="tag:bug"), make_view(bob, text="tag:defect or tag:bug")
    before = make_view(bob, text="tag:defect")
    changes = tag_verbs.merge(bug, defect, by=bob)
    assert [text(it) for it in (one, both)] == ["tag:defect", "tag:defect or tag:defect"]
    verbs.change(both, "tag:defect", "", by=bob, shown="tag:defect or tag:defect")
    assert changes.undo(by=bob) == 1
    assert [text(it) for it in (one, both, before)] == ["tag:bug", "tag:defect", "tag:defect"]


def test_a_renamed_source_is_renamed_for_those_who_may_see_it(alice, bob):
    source = make_source(name="The forum", restricted=True)
    guess, own = make_view(bob, text='source:"the forum"'), make_view(alice)
    SavedQuery.objects.filter(pk=own.pk).update(text='source:"the forum" x')
    changes = sources.adjust(source, by=alice, name="Help: the forum", new_topics=True)
    assert text(own) == 'source:"Help: the forum" x'
    assert text(guess) == 'source:"the forum"'
    assert changes.undo(by=alice) == 1
    assert text(own) == 'source:"The forum" x'


def test_a_name_that_another_source_has_too_stays(alice):
    source, _twin = make_source(name="Forum"), make_source(name="forum")
    view = make_view(alice, text="source:forum")
    sources.adjust(source, by=alice, name="Second forum")
    assert text(view) == "source:forum"


def test_a_colleague_is_named_by_the_new_name_also_where_the_first_name_was_enough(bob, lena):
    full = make_view(bob, text='owner:"lena lindqvist" or owner:me')
    first = make_view(bob, text="-owner:lena")
    email = make_view(bob, text=f"owner:{lena.email}")
    changes = profile_verbs.change(lena, by=lena, name="Magdalena Berg", timezone=lena.timezone)
    assert text(full) == 'owner:"Magdalena Berg" or owner:me'
    assert text(first) == '-owner:"Magdalena Berg"'
    assert text(email) == f"owner:{lena.email}"
    later = make_view(bob, text='owner:"magdalena berg" is:mine')
    assert changes.undo(by=lena) == 1
    assert text(full) == 'owner:"lena lindqvist" or owner:me'
    assert text(first) == "-owner:lena"
    assert text(later) == 'owner:"Lena Lindqvist" is:mine'


def test_a_beginning_that_may_mean_members_stays(bob, lena):
    begun, whole = (
        make_view(bob, text=text, kind="conversations")
        for text in ("from:lena clock", 'from:"lena lindqvist" or from:LENA assignee:len')
    )
    changes = profile_verbs.change(lena, by=lena, name="Zed Anand")
    assert text(begun) == "from:lena clock"
    assert text(whole) == 'from:"Zed Anand" or from:LENA assignee:"Zed Anand"'
    assert changes.undo(by=lena) == 1
    assert text(whole) == 'from:"lena lindqvist" or from:LENA assignee:len'


def test_what_somebody_changed_after_a_renaming_stays_changed_after_its_undo(bob, lena):
    view = make_view(bob, text="owner:lena")
    changes = profile_verbs.change(lena, by=lena, name="Zed Anand")
    verbs.change(view, "owner:zed is:bot", "", by=bob, shown='owner:"Zed Anand"')
    changes.undo(by=lena)
    assert text(view) == 'owner:"Lena Lindqvist" is:bot'


def test_a_beginning_that_still_fits_or_is_somebody_elses_stays(bob, lena):
    make_user(name="Leo Lind")
    still, shared = make_view(bob, text="owner:lena"), make_view(bob, text="owner:le")
    profile_verbs.change(lena, by=lena, name="Lena Berg")
    assert text(still) == "owner:lena"
    profile_verbs.change(lena, by=lena, name="Ada Berg")
    assert text(still) == 'owner:"Ada Berg"'
    assert text(shared) == "owner:le"


@pytest.mark.parametrize("taken", ["Bob Baker", "me"])
def test_a_name_that_means_somebody_else_becomes_the_email(bob, lena, taken):
    view = make_view(bob, text='owner:"Lena Lindqvist"')
    profile_verbs.change(lena, by=lena, name=taken)
    assert text(view) == f"owner:{lena.email}"


def test_nobody_changes_a_colleagues_profile(alice, bob):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        profile_verbs.change(bob, by=alice, name="Bobby")


def test_the_profile_page_renames_and_offers_undo(client, bob, lena):
    view = make_view(lena, text='owner:"bob baker"')
    client.force_login(bob)
    answer = client.post("/me/", {"name": "Bo Baker", "timezone": "UTC"}, follow=True)
    assert text(view) == 'owner:"Bo Baker"'
    assert "/undo/" in answer.content.decode()


def test_a_query_that_would_be_too_long_stays_and_says_so_when_opened(bob):
    tag = Tag.named("x")
    long = "tag:x " + " ".join(["w" * 1_900, "a" * 80])
    view = make_view(bob, text=long)
    tag_verbs.edit(tag, by=bob, name="a name of thirty characters or so")
    assert text(view) == long


def test_renaming_costs_the_same_queries_however_many_views_name_it(
    bob, lena, django_assert_num_queries
):
    for number in range(30):
        make_view(bob, f"view {number}", text="tag:bug")
    with django_assert_num_queries(2 + 2):  # with the savepoint around them
        changed = saved_queries.rename_value("tag", "bug", "defect")
    assert len(changed) == 30
