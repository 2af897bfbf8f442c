"""Writing the log: once a key, with the dates it says, in one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from members import log
from members.log import Line, timeline
from members.models import ActivityKind, Member
from tests.make import make_line, make_member, make_source

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def line(member: Member, key: str, kind: str = "message", **fields) -> Line:
    words = {"summary": "Hello", "scope": "", **fields}
    return Line(member_id=member.pk, kind=ActivityKind(kind), key=key, **words)


def test_many_lines_are_one_statement_and_keep_the_dates_of_whom_they_tell_of(
    bob, django_assert_num_queries
) -> None:
    ines, jo = make_member("Ines"), make_member("Jo")
    lines = [line(ines, f"message:{n}", occurred_at=NOW - timedelta(days=n)) for n in range(1, 101)]
    lines.append(line(ines, "reply:1", "reply", occurred_at=NOW - timedelta(hours=2)))
    lines.append(line(jo, "note:1", "note", actor_id=bob.pk))
    with django_assert_num_queries(1):
        written = log.log_many(lines)
    assert len(written) == 102
    ines.refresh_from_db()
    assert ines.first_seen == NOW - timedelta(days=100)
    assert ines.last_seen == NOW - timedelta(days=1)
    assert ines.last_contact_at == NOW - timedelta(hours=2)
    jo.refresh_from_db()  # a note shows neither them nor us
    assert (jo.first_seen, jo.last_seen, jo.last_contact_at) == (None, None, None)


def test_a_line_that_comes_again_is_brought_up_to_date(bob) -> None:
    ines = make_member("Ines")
    log.log(line(ines, "message:1", summary="First words"))
    log.log_many([line(ines, "message:1", summary="x"), line(ines, "message:1", summary="Last")])
    assert [found.summary for found in timeline(ines, bob)] == ["Last"]


def test_a_line_that_was_taken_back_and_is_written_again_stands_again(bob) -> None:
    ines = make_member("Ines")
    log.log(line(ines, "message:1"))
    log.remove(["message:1"])
    assert not timeline(ines, bob).exists()
    log.log(line(ines, "message:1"))
    assert timeline(ines, bob).exists()


def test_deleted_words_leave_every_line_that_quoted_them(bob) -> None:
    ines = make_member("Ines")
    make_line(ines, "A secret", key="message:1")
    make_line(ines, "A secret, edited", kind="edited", key="message:1:edited:2")
    make_line(ines, "Our answer", kind="reply", key="reply:2")
    make_line(ines, "Another word", key="message:11")
    log.say_deleted(["message:1", "reply:2"])
    assert {found.summary for found in timeline(ines, bob)} == {
        "Deleted what they had written here",
        "Deleted what we had written here",
        "Another word",
    }


def test_nothing_is_written_of_no_lines(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert log.log_many([]) == []


def test_a_line_is_read_by_whoever_may_see_where_it_was_said(bob, carol, lena) -> None:
    ines = make_member("Ines")
    closed = make_source(restricted=True, granted=[bob])
    make_line(ines, "In the open", scope=make_source().scope)
    make_line(ines, "Behind closed doors", scope=closed.scope)
    for who, count in ((bob, 2), (lena, 2), (carol, 1)):
        assert timeline(ines, who).count() == count


def test_each_kind_has_words_and_an_icon_and_an_unknown_one_breaks_no_page(client, bob) -> None:
    ines = make_member("Ines", last_seen=NOW)
    for kind in ActivityKind:
        assert kind.icon
        make_line(ines, f"Of kind {kind.value}", kind=kind.value)
    make_line(ines, "From a newer version", key="newer")
    timeline(ines, bob).filter(key="newer").update(kind="encounter")
    client.force_login(bob)
    shown = client.get(f"/members/{ines.pk}/").content.decode()
    for kind in ActivityKind:
        assert f"Of kind {kind.value}" in shown
        assert str(kind.label) in shown
    assert "From a newer version" in shown
