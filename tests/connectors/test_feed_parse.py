"""What the feed connector makes of documents as they are found in the wild."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from inbox.connectors.feed.document import Author, Entry, NotAFeed, Unreadable
from inbox.connectors.feed.fields import plain
from inbox.connectors.feed.keys import keys_of
from inbox.connectors.feed.limits import TooMuch
from inbox.connectors.feed.parse import parse_document
from tests.platforms.feeds import atom, rss

URL = "https://site.example/feed/index.xml"


def only(content: bytes, content_type: str = ""):
    (entry,) = parse_document(content, URL, content_type).entries
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
    assert only(rss("<item><title>One</title></item>")).authors == ()


def test_an_author_of_the_whole_feed_wrote_the_entries_that_name_none():
    entry = only(atom("<author><name>Ada</name></author><entry><id>1</id></entry>"))
    assert entry.authors == (Author(name="Ada"),)


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
    document = parse_document(
        rss("<item><title>One</title></item><item><title>A & B</title></item>"), URL
    )
    assert [entry.title for entry in document.entries] == ["One", "A & B"]
    assert document.broken


def test_a_document_cut_in_the_middle_gives_its_first_entries():
    whole = rss("<item><title>One</title></item><item><title>Two</title></item>")
    document = parse_document(whole[: whole.index(b"Two")], URL)
    assert document.entries[0].title == "One"
    assert document.broken


def test_another_encoding_is_read():
    content = rss("<item><title>Grüße</title></item>").decode().replace("utf-8", "iso-8859-1")
    assert only(content.encode("iso-8859-1")).title == "Grüße"


def test_a_feed_served_as_a_web_page_is_read_all_the_same():
    document = parse_document(rss("<item><title>One</title></item>"), URL, "text/html")
    assert document.entries[0].title == "One"
    assert not document.broken


def test_a_web_page_names_its_feed():
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/all.xml"></head>'
    with pytest.raises(NotAFeed) as caught:
        parse_document(page, URL, "text/html")
    assert caught.value.feeds == ("https://site.example/all.xml",)


@pytest.mark.parametrize("content", [b"", b"hello", b'{"a": 1}', b"{", b"\x00\x01\x02", b"[1]"])
def test_what_is_no_feed_is_said_to_be_none(content):
    with pytest.raises(NotAFeed):
        parse_document(content, URL)


def test_a_path_in_the_document_opens_no_file():
    with pytest.raises(NotAFeed):
        parse_document(b"/etc/passwd", URL)


def test_one_unreadable_item_of_a_json_feed_leaves_the_others():
    document = parse_document(
        b'{"items": [{"id": 1, "content_text": "Hi"}, 7, {"id": "2", "attachments": [3]}]}', URL
    )
    assert [entry.guid for entry in document.entries] == ["1"]
    assert len(document.bad) == 2


def test_an_enclosure_keeps_type_and_size():
    item = '<enclosure url="/a.mp3" type="audio/mpeg" length="12345"/><title>One</title>'
    (enclosure,) = only(rss(f"<item>{item}</item>")).enclosures
    assert enclosure.url == "https://site.example/a.mp3"
    assert (enclosure.mime, enclosure.size) == ("audio/mpeg", 12345)


@pytest.mark.parametrize("before", [b"\n", b" \t\r\n", b"\xef\xbb\xbf\n", b"\n\xef\xbb\xbf"])
def test_white_space_before_the_document_is_no_error(before):
    document = parse_document(before + rss("<item><title>One</title></item>"), URL)
    assert document.entries[0].title == "One"
    assert document.broken == ""


def test_a_permalink_that_is_the_enclosure_is_none():
    """A podcast without pages: feedparser takes the guid, which is the file, for the link."""
    file = '<enclosure url="https://site.example/a.mp3" type="audio/mpeg" length="1"/>'
    entry = only(rss(f"<item><guid>https://site.example/a.mp3</guid>{file}</item>"))
    assert entry.link == ""
    assert [part.url for part in entry.enclosures] == ["https://site.example/a.mp3"]


@pytest.mark.parametrize("kind", ["text/html", ""])
def test_a_page_that_is_enclosed_is_no_file(kind):
    links = f'<link href="/1"/><link rel="enclosure" href="/1" type="{kind}"/>'
    entry = only(atom(f"<entry><id>1</id>{links}</entry>"))
    assert entry.link == "https://site.example/1"
    assert entry.enclosures == ()


def test_a_json_attachment_that_is_the_page_is_no_file():
    entry = only(
        b'{"items": [{"id": "1", "url": "https://a.example/1", "attachments": '
        b'[{"url": "https://a.example/1", "mime_type": "text/html"}]}]}'
    )
    assert (entry.link, entry.enclosures) == ("https://a.example/1", ())


def test_a_guid_that_is_no_address_is_no_link():
    assert only(rss("<item><guid>4711</guid><title>One</title></item>")).link == ""


def test_every_author_is_kept_with_an_address_of_their_own():
    both = "<author><name>Ada</name><uri>/ada</uri></author><author><name>Grace</name></author>"
    entry = only(atom(f"<entry><id>1</id>{both}</entry>"))
    assert entry.authors == (Author("Ada", "https://site.example/ada"), Author("Grace"))


def test_an_author_who_is_named_twice_is_one():
    """RSS has an element for addresses and takes another for names; many feeds fill both."""
    named = "<author>ada@example.org (Ada)</author><dc:creator>Ada</dc:creator>"
    document = rss(f"<item><title>One</title>{named}</item>").replace(
        b"<rss ", b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/" '
    )
    assert only(document).authors == (Author("Ada"),)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("ada@forum.example (Ada Lovelace)", ["Ada Lovelace", "Bo"]),
        ("ada@forum.org (Ada Lovelace)", ["Ada Lovelace", "Bo"]),
        ("<![CDATA[ ada@forum.berlin (Ada Lovelace) ]]>", ["Ada Lovelace", "Bo"]),
        ("ada@forum.community", ["ada at forum.community", "Bo"]),
        ("ada@forum.org", ["ada@forum.org", "Bo"]),
        ("Ada &lt;ada@forum.berlin&gt;", ["Ada", "Bo"]),
    ],
)
def test_an_author_with_an_email_address_keeps_the_whole_name(written, names):
    """feedparser knows no domain that ends in more than four letters, and cuts the name."""
    creator = '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Bo</dc:creator>'
    entry = only(rss(f"<item><title>One</title><author>{written}</author>{creator}</item>"))
    assert [author.name for author in entry.authors] == names


def test_json_authors_are_all_kept():
    entry = only(b'{"items": [{"id": "1", "authors": [{"name": "Ada"}, {"name": "Grace"}, 3]}]}')
    assert entry.authors == (Author("Ada"), Author("Grace"))


def test_a_bad_address_of_the_site_leaves_the_entries():
    document = rss("<item><title>One</title></item>").replace(b"https://site.example/", b"http://[")
    assert only(document).title == "One"
    assert only(b'{"home_page_url": "http://[", "items": [{"id": "1"}]}').guid == "1"


def test_a_bad_address_of_a_file_leaves_the_entry():
    item = '<title>One</title><enclosure url="http://[" type="audio/mpeg"/>'
    assert only(rss(f"<item>{item}</item>")).enclosures == ()


def test_a_json_item_nested_thousands_deep_leaves_the_others():
    deep = "[" * 900 + "]" * 900
    document = parse_document(
        f'{{"items": [{{"id": "1", "title": {deep}}}, {{"id": "2"}}]}}'.encode(), URL
    )
    assert [entry.guid for entry in document.entries] == ["2"]
    assert len(document.bad) == 1


def test_json_nested_too_deeply_to_be_read_is_no_feed():
    with pytest.raises(NotAFeed):
        parse_document(b'{"items": ' + b"[" * 100_000, URL)


@pytest.mark.parametrize("markup", ["<a", "<a x=", "</a", "<a <b "])
def test_a_title_of_tags_that_never_end_costs_no_more_than_any_other(markup):
    """It grew with the square: 40,000 took 3.6 s."""
    begun = time.process_time()
    plain(markup * 40_000)
    assert time.process_time() - begun < 0.2


def test_one_guid_on_ten_thousand_entries_costs_no_more_than_any_other():
    entries = [Entry(guid="same", link=f"https://a.example/{n}") for n in range(10_000)]
    begun = time.process_time()
    keys = keys_of(entries, {})
    assert time.process_time() - begun < 1
    assert len(set(keys)) == 10_000


@pytest.mark.parametrize(
    "document",
    [
        b"<rss><channel><item><b " + b" ".join(b"a%d='>'" % n for n in range(300)) + b"/></item>",
        rss(f"<item>{'<category>x</category>' * 600}</item>"),
        rss("<item><title>x</title></item>" * 100_000),  # more than is looked through
        rss(f"<item><title>{'&lt;b&gt;' * 300_000}</title></item>"),
        # an encoding in which no tag can be seen
        b'<?xml version="1.0" encoding="utf-7"?><rss><channel>' + b"+ADw-item/+AD4-" * 300_000,
    ],
    ids=["attributes", "categories", "entries", "markup", "hidden"],
)
def test_a_document_that_would_take_minutes_is_refused_at_once(document):
    """50,000 attributes of one tag took feedparser 26 s, and the next worker with it."""
    begun = time.process_time()
    with pytest.raises(TooMuch):
        parse_document(document, URL)
    assert time.process_time() - begun < 1


def test_a_long_podcast_is_read():
    categories = "".join(f"<category>c{n}</category>" for n in range(10))
    text = f"<title>One</title><description>{'word ' * 500}</description>"
    document = parse_document(rss(f"<item>{text}{categories}</item>" * 2000), URL)
    assert len(document.entries) > 400
    assert len(document.entries) + document.left_out == 2000


@pytest.mark.parametrize(
    "broken",
    [
        rss("<gml:pos>1 2</gml:pos></x>"),
        rss("<psc:chapters><psc:chapter/></x>"),
        b'<?xml version="1.0" encoding="\xae"?><rss/>',
    ],
)
def test_what_feedparser_stumbles_over_is_said_to_be_broken(broken):
    """It raises whatever comes up: KeyError, TypeError, UnicodeDecodeError."""
    with pytest.raises(Unreadable):
        parse_document(broken, URL)


@pytest.mark.parametrize("number", ["x110000", "1114112", "99999999999999999999", "x7fffffff"])
def test_a_character_that_does_not_exist_leaves_the_others(number):
    assert only(rss(f"<item><title>One &#{number}; two</title></item>")).title == "One \ufffd two"


@pytest.mark.parametrize("number", ["x10FFFF", "1114111", "x0000041", "0000065"])
def test_the_last_character_there_is_is_left_alone(number):
    assert "\ufffd" not in only(rss(f"<item><title>&#{number};</title></item>")).title


@pytest.mark.parametrize("page", [b"<html><![if gte mso 9]>", b"<html><![x", b"<html><!x"])
def test_a_web_page_with_odd_declarations_is_still_no_feed(page):
    with pytest.raises(NotAFeed):
        parse_document(page, URL, "text/html")


def test_two_megabytes_in_one_entry_are_read():
    assert len(only(rss(f"<item><description>{'long ' * 400_000}</description></item>")).body) > (
        1_900_000
    )


def test_a_json_date_far_in_the_future_is_kept_for_the_connector_to_judge():
    later = (datetime.now(UTC) + timedelta(days=900)).isoformat()
    document = parse_document(
        f'{{"items": [{{"id": "1", "date_published": "{later}"}}]}}'.encode(), URL
    )
    assert document.entries[0].published > datetime.now(UTC)


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_date_outside_of_time_leaves_the_entry_and_its_neighbours(date):
    """Over and over, the feed could not be read because of one entry."""
    for document in (
        f'{{"items": [{{"id": "1", "date_published": "{date}"}}, {{"id": "2"}}]}}'.encode(),
        atom(f"<entry><id>1</id><published>{date}</published></entry><entry><id>2</id></entry>"),
    ):
        entries = parse_document(document, URL).entries
        assert [(entry.guid, entry.published) for entry in entries] == [("1", None), ("2", None)]
