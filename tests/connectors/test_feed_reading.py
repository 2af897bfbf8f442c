"""What the feed connector makes of documents as they are found in the wild."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.connectors.feed.reading import Author, NotAFeed, read
from tests.platforms.feeds import atom, rss

URL = "https://site.example/feed/index.xml"


def only(content: bytes, content_type: str = ""):
    (entry,) = read(content, URL, content_type).entries
    return entry


def test_relative_links_become_whole():
    entry = only(rss("<item><link>/posts/1</link><title>One</title></item>"))
    assert entry.link == "https://site.example/posts/1"


def test_a_link_that_is_a_script_is_dropped():
    entry = only(rss("<item><link>javascript:alert(1)</link><title>One</title></item>"))
    assert entry.link == ""


def test_markup_in_a_title_becomes_text():
    entry = only(rss("<item><title>&lt;b&gt;Fish&lt;/b&gt; &amp;amp; chips</title></item>"))
    assert entry.title == "Fish & chips"


def test_the_full_text_wins_over_the_summary():
    entry = only(
        atom("<entry><id>1</id><summary>Short</summary><content>Whole text</content></entry>")
    )
    assert entry.body == "Whole text"
    assert entry.body_format == "plain"


def test_an_entry_without_author_has_none():
    assert only(rss("<item><title>One</title></item>")).author is None


def test_an_author_of_the_whole_feed_wrote_the_entries_that_name_none():
    entry = only(atom("<author><name>Ada</name></author><entry><id>1</id></entry>"))
    assert entry.author == Author(name="Ada")


def test_a_date_of_1970_is_no_date():
    dated = "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"
    assert only(rss(f"<item><title>One</title>{dated}</item>")).published is None


@pytest.mark.parametrize("text", ["yesterday", "32/32/2026", ""])
def test_a_date_that_is_none_is_left_out(text):
    assert only(rss(f"<item><title>One</title><pubDate>{text}</pubDate></item>")).published is None


def test_a_date_with_a_zone_is_kept_exactly():
    dated = "<pubDate>Sat, 21 Nov 2026 10:00:00 +0200</pubDate>"
    entry = only(rss(f"<item><title>One</title>{dated}</item>"))
    assert entry.published == datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_a_comment_says_what_it_answers():
    entry = only(atom('<entry><id>c1</id><thr:in-reply-to ref="tag:post-1"/></entry>'))
    assert entry.in_reply_to == "tag:post-1"


def test_broken_xml_gives_what_can_be_read_and_says_so():
    document = read(rss("<item><title>One</title></item><item><title>A & B</title></item>"), URL)
    assert [entry.title for entry in document.entries] == ["One", "A & B"]
    assert document.broken


def test_a_document_cut_in_the_middle_gives_its_first_entries():
    whole = rss("<item><title>One</title></item><item><title>Two</title></item>")
    document = read(whole[: whole.index(b"Two")], URL)
    assert document.entries[0].title == "One"
    assert document.broken


def test_another_encoding_is_read():
    content = rss("<item><title>Grüße</title></item>").decode().replace("utf-8", "iso-8859-1")
    assert only(content.encode("iso-8859-1")).title == "Grüße"


def test_a_feed_served_as_a_web_page_is_read_all_the_same():
    document = read(rss("<item><title>One</title></item>"), URL, "text/html")
    assert document.entries[0].title == "One"
    assert not document.broken


def test_a_web_page_names_its_feed():
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/all.xml"></head>'
    with pytest.raises(NotAFeed) as caught:
        read(page, URL, "text/html")
    assert caught.value.feeds == ("https://site.example/all.xml",)


@pytest.mark.parametrize("content", [b"", b"hello", b'{"a": 1}', b"{", b"\x00\x01\x02", b"[1]"])
def test_what_is_no_feed_is_said_to_be_none(content):
    with pytest.raises(NotAFeed):
        read(content, URL)


def test_a_path_in_the_document_opens_no_file():
    with pytest.raises(NotAFeed):
        read(b"/etc/passwd", URL)


def test_one_unreadable_item_of_a_json_feed_leaves_the_others():
    document = read(
        b'{"items": [{"id": 1, "content_text": "Hi"}, 7, {"id": "2", "attachments": [3]}]}', URL
    )
    assert [entry.guid for entry in document.entries] == ["1"]
    assert len(document.bad) == 2


def test_an_enclosure_keeps_type_and_size():
    item = '<enclosure url="/a.mp3" type="audio/mpeg" length="12345"/><title>One</title>'
    (enclosure,) = only(rss(f"<item>{item}</item>")).enclosures
    assert enclosure.url == "https://site.example/a.mp3"
    assert (enclosure.mime, enclosure.size) == ("audio/mpeg", 12345)


def test_two_megabytes_in_one_entry_are_read():
    assert len(only(rss(f"<item><description>{'long ' * 400_000}</description></item>")).body) > (
        1_900_000
    )


def test_a_json_date_far_in_the_future_is_kept_for_the_connector_to_judge():
    later = (datetime.now(UTC) + timedelta(days=900)).isoformat()
    document = read(f'{{"items": [{{"id": "1", "date_published": "{later}"}}]}}'.encode(), URL)
    assert document.entries[0].published > datetime.now(UTC)


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_date_outside_of_time_leaves_the_entry_and_its_neighbours(date):
    """Over and over, the feed could not be read because of one entry."""
    for document in (
        f'{{"items": [{{"id": "1", "date_published": "{date}"}}, {{"id": "2"}}]}}'.encode(),
        atom(f"<entry><id>1</id><published>{date}</published></entry><entry><id>2</id></entry>"),
    ):
        entries = read(document, URL).entries
        assert [(entry.guid, entry.published) for entry in entries] == [("1", None), ("2", None)]
