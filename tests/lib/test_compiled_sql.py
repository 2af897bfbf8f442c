"""A query that is compiled once finds what it would find if it were compiled each time."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from community_hub.lib import compiled_sql
from inbox.models import Conversation
from team.models import User
from tests.make import make_conversation, make_source


@pytest.fixture(autouse=True)
def none_kept(monkeypatch):
    monkeypatch.setattr(compiled_sql, "_kept", {})


def with_subject(subject: str):
    return Conversation.objects.filter(subject=subject).order_by("pk")


def test_each_value_finds_its_own_rows(db, django_assert_num_queries):
    first, second = make_conversation(subject="One"), make_conversation(subject="Two")
    with django_assert_num_queries(3):
        for wanted, found in (("One", [first]), ("Two", [second]), ("Three", [])):
            assert compiled_sql.rows("subject", with_subject, subject=wanted) == found


def test_it_is_compiled_once(db, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(compiled_sql, "_kept", {})
    built = []

    def build(pk: int):
        built.append(pk)
        return Conversation.objects.filter(pk=pk)

    for pk in (1, 2, 3):
        compiled_sql.rows("once", build, pk=pk)
    assert len(built) == 1


def test_rows_come_with_what_was_joined_and_computed(db, django_assert_num_queries):
    conversation = make_conversation(make_source(name="Forum"), subject="One")

    def build(subject: str):
        found = with_subject(subject).select_related("source", "assignee")
        return found.only("subject", "assignee", "source__name").extra(select={"four": "2 + 2"})

    with django_assert_num_queries(1):
        (row,) = compiled_sql.rows("joined", build, subject="One")
        assert (row.pk, row.source.name, row.assignee, row.four) == (
            conversation.pk,
            "Forum",
            None,
            4,
        )


def test_the_instances_are_those_of_django(db):
    make_conversation(make_source(name="Forum"), subject="One", waiting_since=timezone.now())

    def build(subject: str):
        return with_subject(subject).select_related("source", "channel", "assignee")

    (made,), (wanted,) = compiled_sql.rows("all", build, subject="One"), build("One")
    for one, other in ((made, wanted), (made.source, wanted.source)):
        fields = {field.attname for field in one._meta.concrete_fields}
        assert {name: one.__dict__[name] for name in fields} == {
            name: other.__dict__[name] for name in fields
        }
        assert one.get_deferred_fields() == other.get_deferred_fields() == set()
        assert (one._state.db, one._state.adding) == ("default", False)
    assert made.waiting_since.tzinfo is wanted.waiting_since.tzinfo
    made.subject = "Another"
    made.save()
    assert Conversation.objects.get().subject == "Another"


def test_postgresql_keeps_the_plan(db):
    def build(subject: str):
        return with_subject(subject).exclude(preview__startswith="100%")

    for subject in ("One", "Two", "Three"):
        compiled_sql.rows("percent", build, subject=subject)
    with connection.cursor() as cursor:
        cursor.execute("select statement from pg_prepared_statements")
        (kept,) = [row[0] for row in cursor.fetchall() if "100" in row[0]]
    assert "= $1" in kept
    assert "$2" not in kept  # what is the same for everybody is planned with


def test_nothing_is_prepared_where_a_pooler_would_lose_it(db, monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    conversation = make_conversation(subject="Pooled")
    for _ in range(3):
        assert compiled_sql.rows("subject", with_subject, subject="Pooled") == [conversation]
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_prepared_statements where statement ~ 'Pooled'")
            assert cursor.fetchone() == (0,)


def test_moments_numbers_and_plain_values(db):
    waits = timezone.now() - timedelta(hours=1)
    make_conversation(subject="One", waiting_since=waits, last_message_id=3)

    def build(since: datetime, count: int):
        found = Conversation.objects.filter(waiting_since__gte=since, last_message_id=count)
        return found.values_list("subject", flat=True)

    for since, count, found in (
        (waits, 3, ["One"]),
        (waits + timedelta(seconds=1), 3, []),
        (waits, 4, []),
    ):
        assert compiled_sql.rows("moments", build, since=since, count=count) == found


def test_a_hostile_value_stays_a_value(db):
    words = "'; drop table inbox_conversation; -- %s %(x)s \\"
    conversation = make_conversation(subject=words)
    compiled_sql.rows("subject", with_subject, subject="One")
    assert compiled_sql.rows("subject", with_subject, subject=words) == [conversation]


def test_a_number_for_a_small_column_is_refused(db):
    with pytest.raises(ValueError, match="bigint"):
        compiled_sql.rows("small", lambda n: Conversation.objects.filter(message_count=n), n=3)


@pytest.mark.parametrize(
    "build",
    [
        lambda number: Conversation.objects.all(),
        lambda number: Conversation.objects.all()[:number],
        lambda number: Conversation.objects.filter(pk=number + 1),
        lambda number: Conversation.objects.filter(pk=number, subject=f"source:{number}"),
    ],
)
def test_a_value_that_is_no_parameter_is_refused(db, build):
    with pytest.raises(ValueError, match="number: not a parameter"):
        compiled_sql.rows("lost", build, number=3)


def test_what_would_ask_again_is_refused(db):
    user = User(pk=1)
    with pytest.raises(ValueError, match="related managers"):
        compiled_sql.rows("related", lambda number: user.drafts.filter(pk=number), number=3)


def test_a_key_that_leaves_something_out_is_noticed(db):
    compiled_sql.rows("both", lambda pk: Conversation.objects.filter(pk=pk), pk=1)
    with pytest.raises(AssertionError, match="both"):
        compiled_sql.rows("both", lambda pk: Conversation.objects.open().filter(pk=pk), pk=1)


def test_the_oldest_goes_where_there_are_too_many(db, monkeypatch):
    monkeypatch.setattr(compiled_sql, "MOST", 2)
    for number in range(3):
        compiled_sql.rows(number, with_subject, subject="One")
    assert list(compiled_sql._kept) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_another_thread_uses_its_own_connection():
    make_conversation(subject="One")
    compiled_sql.rows("subject", with_subject, subject="One")
    found = []

    def elsewhere():
        try:
            found.extend(compiled_sql.rows("subject", with_subject, subject="One"))
        finally:
            connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert [row.subject for row in found] == ["One"]
