"""The pages on which tags are kept in order, and what Undo brings back."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inbox.models import Conversation, ConversationTag
from inbox.pages.rows import with_row_facts
from inbox.verbs import tags as conversation_tags
from members import tag_page, tag_verbs, verbs
from members.models import MemberTag, Tag
from members.tag_verbs import NameTaken
from team.models import Action
from tests.make import make_conversation, make_identity, make_member, make_source


@pytest.fixture
def bug(db) -> Tag:
    return Tag.named("bug")


@pytest.fixture
def defect(db) -> Tag:
    return Tag.named("defect")


def page(client: Client) -> str:
    return client.get(reverse("tag-list")).content.decode()


def shown(bob) -> list[str]:
    return [row.tag.name for row in tag_page.rows(bob)]


def test_a_tag_is_renamed_coloured_and_described_and_one_undo_takes_it_back(bob, bug):
    client = signed_in(bob)
    form = {"name": " Bug  report ", "colour": "7", "description": "Something is broken"}
    answer = client.post(reverse("tag-page", args=[bug.pk]), form)
    assert answer.url == reverse("tag-list")
    bug.refresh_from_db()
    assert (bug.name, bug.colour, bug.description) == ("Bug report", 7, "Something is broken")
    assert "Bug report" in page(client)
    action = Action.objects.get(verb="edit", object_id=bug.pk)
    assert client.post(reverse("undo", args=[action.group])).status_code == 302
    bug.refresh_from_db()
    assert (bug.name, bug.description) == ("bug", "")


def test_a_name_that_another_tag_has_is_refused_beside_its_field(bob, bug, defect):
    answer = signed_in(bob).post(
        reverse("tag-page", args=[bug.pk]), {"name": "DEFECT", "colour": "1"}
    )
    assert answer.status_code == 422
    assert "There’s already a tag “DEFECT”" in answer.content.decode()
    with pytest.raises(NameTaken):
        tag_verbs.create("Bug", by=bob)
    page = signed_in(bob).post(reverse("tag-list"), {"name": "Bug"})
    assert page.status_code == 422
    assert "There’s already a tag “Bug”.</li>" in page.content.decode()
    assert 'value="Bug"' in page.content.decode()


def test_a_deleted_tag_is_on_nothing_and_comes_back_everywhere(bob, bug):
    talk, person = make_conversation(), make_member()
    conversation_tags.tag([talk], "bug", by=bob)
    verbs.tag(person, "bug", by=bob)
    changes = tag_verbs.delete(bug, by=bob)
    assert shown(bob) == []
    assert on_row(talk, bob) == []
    assert "bug" not in signed_in(bob).get(person.get_absolute_url()).content.decode()
    assert not tag_verbs.delete(bug, by=bob)  # twice changes nothing
    assert not tag_verbs.edit(bug, by=bob, name="too late")
    assert changes.undo(by=bob) == 1
    assert on_row(talk, bob) == ["bug"]
    assert list(person.tags.all()) == [bug]


def test_a_deleted_tags_name_can_be_used_again_and_then_its_deletion_stays(bob, bug):
    changes = tag_verbs.delete(bug, by=bob)
    again = Tag.named("Bug")
    assert again.pk != bug.pk
    assert changes.undo(by=bob) == 0
    assert shown(bob) == ["Bug"]


def test_a_merge_gives_the_other_tag_once_and_its_undo_takes_only_that_away(bob, bug, defect):
    only_bug, both, only_defect = (make_conversation() for _ in range(3))
    person = make_member()
    conversation_tags.tag([only_bug, both], "bug", by=bob)
    conversation_tags.tag([both, only_defect], "defect", by=bob)
    verbs.tag(person, "bug", by=bob)
    before = facts()
    changes = tag_verbs.merge(bug, defect, by=bob)
    assert shown(bob) == ["defect"]
    assert [on_row(talk, bob) for talk in (only_bug, both, only_defect)] == [["defect"]] * 3
    assert [tag.name for tag in person.tags.filter(removed_at=None)] == ["defect"]
    assert changes.undo(by=bob) == 1
    assert facts() == before


def test_a_tag_is_not_merged_into_itself_nor_into_one_that_is_gone(bob, bug, defect):
    with pytest.raises(ValueError, match="itself"):
        tag_verbs.merge(bug, bug, by=bob)
    tag_verbs.delete(defect, by=bob)
    assert not tag_verbs.merge(bug, defect, by=bob)
    answer = signed_in(bob).post(reverse("tag-merge", args=[bug.pk]), {"into": "defect"})
    assert answer.status_code == 422
    assert "There’s no other tag “defect”." in answer.content.decode()
    assert 'value="defect"' in answer.content.decode()


def test_a_new_tag_is_created_and_undone(bob):
    changes = tag_verbs.create("  events ", by=bob)
    assert shown(bob) == ["events"]
    assert changes.undo(by=bob) == 1
    assert shown(bob) == []
    with pytest.raises(ValueError, match="name"):
        tag_verbs.create("\u200b ", by=bob)


def test_contributors_and_observers_read_the_page_and_change_nothing(carol, olga, bug):
    for user in (carol, olga):
        assert "bug" in page(signed_in(user))
        assert reverse("tag-page", args=[bug.pk]) not in page(signed_in(user))
        with pytest.raises(PermissionDenied):
            tag_verbs.delete(bug, by=user)


def test_counts_and_names_keep_restricted_sources_to_those_who_may_see_them(bob, lena):
    closed = make_source(restricted=True)
    conversation_tags.tag([make_conversation(source=closed)], "misconduct", by=lena)
    conversation_tags.tag([make_conversation(source=closed), make_conversation()], "bug", by=lena)
    assert [(row.tag.name, row.conversations) for row in tag_page.rows(lena)] == [
        ("bug", 2),
        ("misconduct", 1),
    ]
    assert [(row.tag.name, row.conversations) for row in tag_page.rows(bob)] == [("bug", 1)]
    hidden = Tag.objects.get(name="misconduct")
    assert signed_in(bob).get(reverse("tag-page", args=[hidden.pk])).status_code == 404
    answer = signed_in(bob).post(
        reverse("tag-merge", args=[Tag.objects.get(name="bug").pk]), {"into": "misconduct"}
    )
    assert answer.status_code == 422
    assert Tag.objects.current().filter(name="bug").exists()


def test_the_number_of_members_opens_their_list(bob):
    person = make_member("Ada", last_seen=timezone.now())
    make_member("Ben", last_seen=timezone.now())
    verbs.tag(person, 'so "called"', by=bob)
    (row,) = tag_page.rows(bob)
    assert row.members == 1
    listed = signed_in(bob).get(row.members_url)
    assert [member.name for member in listed.context["listing"].rows] == ["Ada"]


def test_accounts_of_the_hub_itself_are_counted_as_little_as_they_are_listed(bob):
    person, hub, unseen = (
        make_member("Ada", last_seen=timezone.now()),
        make_member("The hub", last_seen=timezone.now()),
        make_member("Ben"),
    )
    make_identity(hub, is_us=True)
    for member in (person, hub, unseen):
        verbs.tag(member, "bug", by=bob)
    (row,) = tag_page.rows(bob)
    listed = signed_in(bob).get(row.members_url)
    assert row.members == len(listed.context["listing"].rows) == 1


def test_the_number_of_conversations_opens_their_list(bob):
    talk, _other = make_conversation(subject="Tagged"), make_conversation()
    ConversationTag.objects.create(conversation=talk, tag=Tag.named('so "called"'))
    (row,) = tag_page.rows(bob)
    page = signed_in(bob).get(reverse("tag-list")).content.decode()
    assert f'href="{row.conversations_url}"' in page
    listed = signed_in(bob).get(row.conversations_url)
    assert [conversation.pk for conversation in listed.context["page"].rows] == [talk.pk]


def test_the_audit_trail_says_what_became_of_a_tag(lena, bug, defect):
    tag_verbs.edit(bug, by=lena, name="bugs")
    tag_verbs.merge(bug, defect, by=lena)
    trail = signed_in(lena).get(reverse("audit-trail")).content.decode()
    assert "renamed the tag “bug” to “bugs”" in trail
    assert "merged the tag “bugs” into “defect”" in trail


def test_the_page_asks_the_database_as_often_for_many_tags_as_for_one(
    bob, bug, django_assert_max_num_queries
):
    for number in range(30):
        conversation_tags.tag([make_conversation()], f"tag {number}", by=bob)
    client = signed_in(bob)
    with django_assert_max_num_queries(8):
        assert "tag 29" in page(client)


# Below -------------------------------------------------------------------------------------------


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def on_row(talk: Conversation, user) -> list[str]:
    found = with_row_facts(Conversation.objects.filter(pk=talk.pk), user).get()
    return [tag["name"] for tag in found.tag_list]


def facts() -> tuple:
    return (
        set(ConversationTag.objects.values_list("conversation", "tag")),
        set(MemberTag.objects.values_list("member", "tag")),
        set(Tag.objects.current().values_list("pk", "name")),
    )
