"""Hostile and broken input: stored clean or kept aside, never lost, never believed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import timezone as tz

import pytest
from django.test import Client
from django.utils import timezone

from inbox.connectors.base import Attachment, Problem
from inbox.ingest.pipeline import ingest
from inbox.models import Channel, Conversation, Message, Quarantined
from members.models import Activity, Identity, Member
from tests.inbox.items import item, page, person, reply
from tests.make import make_source

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"


def test_script_in_every_field_becomes_text_or_nothing() -> None:
    bad = f"{SCRIPT}<img src=x onerror=alert(1)>"
    author = person(
        "mallory",
        display_name=bad,
        handle=bad,
        bio=bad,
        profile_url="javascript:alert(1)",
        avatar_url="javascript:alert(1)",
        links=("javascript:alert(1)", "https://mallory.example"),
    )
    ingest(
        make_source(),
        page(
            item(
                "1",
                author=author,
                thread_title=bad,
                body=f"<p onclick=alert(1)>hi</p>{bad}<a href='javascript:alert(1)'>x</a>"
                "<svg onload=alert(1)><iframe src=//evil.example></iframe><p style='x'>bye</p>",
                channel_id="c",
                channel_name=bad,
                channel_url="javascript:alert(1)",
                content_warning=bad,
                permalink="javascript:alert(1)",
                thread_permalink="javascript:alert(1)",
                attachments=(Attachment("a", "image", "javascript:alert(1)", filename=bad),),
            )
        ),
    )
    message, identity = Message.objects.get(), Identity.objects.get()
    html = message.body_html
    for word in ("<script", "onclick", "onerror", "onload", "javascript:", "<iframe", "style"):
        assert word not in html
    assert "hi" in message.body_text
    assert "bye" in message.body_text
    assert message.permalink == Conversation.objects.get().permalink == ""
    assert Channel.objects.get().url == ""
    assert message.attachments[0]["url"] == ""
    assert identity.profile_url == identity.avatar_url == ""
    assert identity.links == ["https://mallory.example"]


def test_two_megabytes_of_text_are_stored_whole_and_can_be_indexed() -> None:
    words = " ".join(f"word{n}" for n in range(220_000))
    assert len(words) > 2_000_000
    ingest(make_source(), page(item("1", body=words, body_format="plain")))
    message = Message.objects.get()
    assert message.body_text == words
    assert len(Conversation.objects.get().preview) <= 300
    assert len(Activity.objects.get().summary) <= 200


def test_nul_and_lone_surrogates_are_left_out_everywhere() -> None:
    dirty = "a\x00b\ud800c"
    ingest(
        make_source(),
        page(
            item(
                f"1{dirty}",
                author=person("ines", display_name=dirty, external_id=f"u{dirty}"),
                thread_title=dirty,
                body=dirty,
                channel_id=dirty,
                channel_name=dirty,
                channel_url=f"https://forum.example/{dirty}",
                permalink=f"https://forum.example/{dirty}",
                thread_permalink=f"https://forum.example/{dirty}",
                thread_ref=dirty,
                parent_id=dirty,
                language=dirty,
                reply_blocked_reason=dirty,
                can_reply=False,
                reply_ref={dirty: [dirty]},
            )
        ),
    )
    assert Message.objects.get().body_text == "ab?c"
    assert Quarantined.objects.count() == 0


def test_direction_marks_cannot_disguise_a_name_or_a_subject() -> None:
    ingest(
        make_source(),
        page(
            item(
                "1",
                author=person("x", display_name="\u202eniar\u2066B\u200b \n Bell"),
                thread_title="\u202etpircs\u200d",
                body="שלום <b>עולם</b>\u200b",
            )
        ),
    )
    assert Member.objects.get().name == "niarB Bell"
    assert "\u202e" not in Conversation.objects.get().subject
    assert "שלום" in Message.objects.get().body_text


def test_an_author_without_a_name_is_still_somebody() -> None:
    ingest(make_source(), page(item("1", author=person("x", display_name="", handle=""))))
    assert str(Member.objects.get()) == "Unnamed member"


@pytest.mark.parametrize("hours", [-14, 0, 14])
def test_a_date_in_the_future_does_not_jump_the_queue(hours) -> None:
    last = datetime.max.replace(tzinfo=tz(timedelta(hours=hours)))
    soon = timezone.now() + timedelta(days=900)
    ingest(make_source(), page(item("1", created_at=soon), item("2", created_at=last)))
    assert all(message.sent_at <= timezone.now() for message in Message.objects.all())
    assert Message.objects.count() == 2


def test_an_edit_dated_in_the_future_does_not_lock_out_later_ones() -> None:
    source, first = make_source(), item("1")
    ingest(source, page(replace(first, version="2", edited_at=timezone.now() + timedelta(days=9))))
    later = replace(first, version="3", body="third", edited_at=timezone.now() + timedelta(hours=1))
    ingest(source, page(later))
    assert Message.objects.get().body_text == "third"


@pytest.mark.parametrize(
    "written",
    [
        datetime.min.replace(tzinfo=tz(timedelta(hours=14))),
        datetime.min.replace(tzinfo=tz(-timedelta(hours=14))),
        datetime(1970, 1, 1, tzinfo=UTC),
    ],
)
def test_a_date_that_is_none_counts_as_the_time_of_arrival(alice, written) -> None:
    """PostgreSQL keeps a date before the year 1, and no page that holds it can be read again."""
    ingest(make_source(), page(item("1", created_at=written, edited_at=written)))
    message = Message.objects.get()
    assert timezone.now() - message.sent_at < timedelta(minutes=1)
    assert message.edited_at is None
    client = Client()
    client.force_login(alice)
    assert client.get(message.conversation.get_absolute_url()).status_code == 200


def test_a_naive_date_is_taken_as_utc() -> None:
    naive = (timezone.now() - timedelta(hours=1)).replace(tzinfo=None)
    ingest(make_source(), page(item("1", created_at=naive)))
    assert Message.objects.get().sent_at.replace(tzinfo=None) == naive


def test_very_long_names_and_ids_are_cut_not_lost() -> None:
    ingest(
        make_source(),
        page(
            item(
                "1",
                author=person("x" * 900, display_name="N" * 5000),
                thread_title="T" * 5000,
                channel_id="c" * 900,
                channel_name="C" * 900,
                permalink="https://e.example/" + "p" * 5000,
                version="v" * 900,
            )
        ),
    )
    assert Message.objects.count() == Channel.objects.count() == 1
    assert Quarantined.objects.count() == 0


def test_two_long_ids_that_begin_alike_stay_two() -> None:
    long = "https://e.example/" + "x" * 900
    first, second = (
        item(f"{long}{n}", thread_id=f"{long}{n}", author=person(f"{long}{n}")) for n in "12"
    )
    answer = reply(f"{long}3", second, author=None)
    source = make_source()
    for _ in range(2):
        ingest(source, page(first, second, answer))
    assert Message.objects.count() == 3
    assert Conversation.objects.count() == Member.objects.count() == 2
    assert Message.objects.exclude(parent=None).count() == 1


def test_an_id_too_large_for_an_index_is_kept_all_the_same() -> None:
    wide = "".join(chr(0x20000 + n * 37 % 40_000) for n in range(500))
    author = person(wide, network=wide)
    ingest(make_source(), page(item(wide, thread_id=wide, channel_id=wide, author=author)))
    assert Message.objects.count() == Identity.objects.count() == 1


def test_a_deletion_with_a_broken_id_does_not_stop_the_page() -> None:
    source = make_source()
    ingest(source, page(item("1"), item("a\x00b")))
    gone = [item(name, op="delete") for name in ("a\x00b", "\ud800", "1", "")]
    outcome = ingest(source, page(*gone))
    assert (outcome.stored, outcome.fetched) == (2, 4)
    assert not Message.objects.filter(deleted_at=None).exists()


def test_numbers_and_depths_that_no_database_takes_are_kept_as_text() -> None:
    strange = json.loads('{"a": NaN, "b": [Infinity, 1e400]}')
    deep = json.loads('{"a":' * 600 + "1" + "}" * 600)
    problems = [Problem("odd", raw=strange, external_id="8"), Problem("deep", raw=deep)]
    good = item("1", reply_ref=strange, raw=deep)
    ingest(make_source(), page(good, item("2", thread_id="", raw=deep), problems=problems))
    assert Message.objects.get().reply_ref == {"a": "nan", "b": ["inf", "inf"]}
    assert Quarantined.objects.count() == 3


def test_an_item_without_an_id_is_kept_aside() -> None:
    outcome = ingest(make_source(), page(item("1", thread_id=""), item("2")))
    assert (outcome.stored, len(outcome.bad)) == (1, 1)
    assert "no id" in Quarantined.objects.get().error


def test_images_become_links_so_that_no_browser_calls_a_stranger() -> None:
    body = '<p>look <img src="/uploads/a.png" alt="the board"></p>'
    ingest(make_source(), page(item("1", body=body, permalink="https://forum.example/t/1")))
    html = Message.objects.get().body_html
    assert "<img" not in html
    assert 'href="https://forum.example/uploads/a.png"' in html
    assert "the board" in html
