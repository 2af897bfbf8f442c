"""Rows that are inserted at once are as bulk_create() would have made them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from community_hub.lib.insert_rows import insert_rows
from inbox.models import Conversation
from members.models import Identity, Member
from tests.make import make_source


def test_rows_are_as_bulk_create_makes_them(db):
    source = make_source()
    given = {"external_id": "7", "subject": "Café", "visibility": "private"}
    (pk,) = insert_rows(Conversation, [{"source_id": source.pk, **given}])
    (other,) = Conversation.objects.bulk_create(
        [Conversation(source=source, **given | {"external_id": "8"})]
    )
    own = {"id", "external_id", "created_at", "updated_at"}
    made, wanted = (Conversation.objects.values().get(pk=key) for key in (pk, other.pk))
    assert {k: v for k, v in made.items() if k not in own} == {
        k: v for k, v in wanted.items() if k not in own
    }
    assert made["external_id"] == "7"


def test_keys_come_in_the_order_of_the_rows(db):
    names = [f"Person {number}" for number in range(200)]
    keys = insert_rows(Member, [{"name": name, "is_bot": False} for name in names])
    found = dict(Member.objects.values_list("pk", "name"))
    assert [found[pk] for pk in keys] == names


def test_words_stay_words_and_lists_stay_lists(db):
    words = "'; drop table members_member; -- %s %(x)s {} \\ \" \n 北川"
    (member,) = insert_rows(Member, [{"name": words, "is_bot": True}])
    rows = [
        {"member_id": member, "network": "x", "external_id": words, "links": ["https://a", words]}
    ]
    insert_rows(Identity, rows)
    identity = Identity.objects.select_related("member").get()
    assert (identity.member.name, identity.external_id, identity.links) == (
        words,
        words,
        ["https://a", words],
    )


def test_nothing_is_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_rows(Member, []) == []


def test_the_rules_of_the_table_hold(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Conversation, [{"source_id": make_source().pk, "external_id": None}])
    with pytest.raises(KeyError, match="nmae"):
        insert_rows(Member, [{"nmae": "Ines"}])
