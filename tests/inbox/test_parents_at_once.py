"""A message is tied to its parent as it is written, and its row is written once."""

from __future__ import annotations

import pytest
from django.db import connection

from inbox.ingest.pipeline import ingest
from inbox.models import Message
from tests.inbox.items import ago, item, page, reply
from tests.make import make_source

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


def parents() -> dict[str, str | None]:
    found = Message.objects.select_related("parent").order_by("pk")
    return {one.external_id: one.parent.external_id if one.parent else None for one in found}


def commands_that_wrote() -> int:
    """Each version of a row says which command of the transaction wrote it."""
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct cmin::text) from inbox_message")
        return cursor.fetchone()[0]


def test_replies_on_the_page_of_what_they_answer() -> None:
    root = item("a", created_at=ago(minutes=60))
    first = reply("b", root)
    second = reply("c", first)
    ingest(make_source(), page(second, first, root))
    assert parents() == {"a": None, "b": "a", "c": "b"}
    assert commands_that_wrote() == 1
    assert list(Message.objects.order_by("sent_at").values_list("external_id", flat=True)) == [
        "a", "b", "c",
    ]  # fmt: skip


def test_a_reply_to_what_is_stored() -> None:
    source = make_source()
    root = item("a", created_at=ago(minutes=60))
    ingest(source, page(root))
    ingest(source, page(reply("b", root)))
    ingest(source, page(root, reply("c", root)))  # its page repeats what it answers
    assert parents() == {"a": None, "b": "a", "c": "a"}
    assert commands_that_wrote() == 3


def test_a_reply_to_itself_or_to_nobody_has_no_parent() -> None:
    root = item("a", created_at=ago(minutes=60))
    strange = [reply("b", root, parent_id="b"), reply("c", root, parent_id="never-seen")]
    ingest(make_source(), page(root, *strange))
    assert parents() == {"a": None, "b": None, "c": None}


def test_a_reply_that_came_before_what_it_answers() -> None:
    source = make_source()
    root = item("a", created_at=ago(minutes=60))
    early = reply("b", root)
    ingest(source, page(early))
    ingest(source, page(root, reply("c", early)))
    assert parents() == {"b": "a", "a": None, "c": "b"}


def test_the_same_name_in_another_source_is_no_parent() -> None:
    root = item("a", created_at=ago(minutes=60))
    ingest(make_source(), page(root))
    ingest(make_source(), page(reply("b", root)))
    assert parents() == {"a": None, "b": None}
