"""How much of a long feed is read: its newest entries, and the others are counted."""

import json

import pytest

from inbox.connectors.contract import beginning, through_json
from inbox.connectors.feed.connector import FeedConnector
from inbox.connectors.feed.limits import TooMuch, newest_entries
from inbox.connectors.feed.parse import parse_document
from inbox.connectors.ignored import Ignored
from tests.platforms.feeds import FeedSite, atom, rss

URL = "https://site.example/feed/index.xml"


def item(number, *, day=None, body="Hello"):
    dated = f"<pubDate>{day:02} Sep 2026 00:01:00 +0000</pubDate>" if day else ""
    return (
        f"<item><title>Entry {number}</title><link>https://site.example/{number}</link>"
        f"<guid>https://site.example/{number}</guid>{dated}<description>{body}</description></item>"
    )


def titles(content):
    return [entry.title for entry in parse_document(content, URL).entries]


def long_feed(count=4000, **given):
    return rss("".join(item(number, **given) for number in range(count)))


def test_of_four_thousand_entries_the_first_reach_the_parser():
    content = long_feed()
    kept, left_out = newest_entries(content)
    assert 800 < kept.count(b"<item>") < 1600
    assert kept.count(b"<item>") + left_out == 4000
    assert kept.endswith(content[-20:])


def test_what_is_kept_of_a_long_feed_is_read_as_before():
    document = parse_document(long_feed(), URL)
    assert document.left_out == 4000 - len(document.entries)
    assert [entry.title for entry in document.entries[:2]] == ["Entry 0", "Entry 1"]
    assert document.title == parse_document(long_feed(1), URL).title
    assert not document.broken


@pytest.mark.parametrize("count", [1, 50, 900])
def test_a_feed_of_ordinary_length_loses_nothing(count):
    content = long_feed(count)
    assert newest_entries(content) == (content, 0)


def test_fewer_long_entries_are_read_than_short_ones():
    text = "<![CDATA[" + "<p>Some <b>words</b></p>" * 100 + "]]>"
    kept, left_out = newest_entries(long_feed(500, body=text))
    assert 50 < kept.count(b"<item>") < 150
    assert kept.count(b"<item>") + left_out == 500


def test_a_malformed_feed_is_read_twice_so_half_as_much_of_it_is_read():
    sound, _rest = newest_entries(long_feed())
    kept, left_out = newest_entries(long_feed().replace(b"</channel>", b"</chanel>"))
    assert kept.count(b"<item>") + left_out == 4000
    assert 0.4 < kept.count(b"<item>") / sound.count(b"<item>") < 0.7


def test_of_a_feed_that_ends_with_its_newest_entry_the_last_are_read():
    oldest_first = rss("".join(item(n, day=1 + n // 200) for n in range(4000)))
    kept, left_out = newest_entries(oldest_first)
    assert left_out
    assert b">Entry 3999<" in kept
    assert b">Entry 0<" not in kept
    assert titles(oldest_first)[-1] == "Entry 3999"


def test_of_a_feed_that_begins_with_its_newest_entry_the_first_are_read():
    newest_first = rss("".join(item(n, day=20 - n // 200) for n in range(4000)))
    assert titles(newest_first)[0] == "Entry 0"


def test_an_item_that_is_shown_in_a_text_cuts_no_entry():
    text = "<![CDATA[<item> is a tag, <!-- so is --> </item>]]><!-- <item> -->"
    kept, left_out = newest_entries(long_feed(3000, body=text))
    assert left_out
    assert kept.count(b"<title>Entry") + left_out == 3000
    assert not parse_document(long_feed(3000, body=text), URL).broken


def test_elements_of_an_entry_are_no_entries():
    text = "x<list:item>a</list:item><list:item>b</list:item>"
    kept, left_out = newest_entries(long_feed(3000, body=text))
    assert kept.count(b"<title>Entry") + left_out == 3000


def test_a_long_atom_feed_is_cut_too():
    content = atom("".join(f"<entry><id>{n}</id><title>E {n}</title></entry>" for n in range(5000)))
    document = parse_document(content, URL)
    assert document.left_out
    assert len(document.entries) + document.left_out == 5000
    assert not document.broken


@pytest.mark.parametrize(
    "body",
    ["a\n" * 500_000, "&amp;" * 500_000, "word " * 2_000_000, "&lt;b&gt;" * 100_000],
    ids=["lines", "references", "words", "markup"],
)
def test_one_entry_that_is_too_much_is_refused(body):
    with pytest.raises(TooMuch):
        newest_entries(long_feed(1, body=body))


def json_feed(items):
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


@pytest.mark.parametrize("is_oldest_first", [False, True])
def test_of_a_long_json_feed_the_newest_items_are_read(is_oldest_first):
    items = [
        {"id": str(n), "title": f"T {n}", "date_published": f"2026-09-{20 - n // 500:02}T00:00:00Z"}
        for n in range(9000)
    ]
    document = parse_document(json_feed(items[::-1] if is_oldest_first else items), URL)
    assert document.left_out
    assert len(document.entries) + document.left_out == 9000
    assert "T 0" in {entry.title for entry in document.entries}


@pytest.mark.parametrize(
    "items",
    [[{}] * 1_100_000, [{"id": "1", "attachments": [{"url": "https://a.example/b"}] * 100_000}]],
    ids=["items", "attachments"],
)
def test_a_json_feed_of_more_values_than_are_read_is_refused(items):
    with pytest.raises(TooMuch):
        parse_document(json_feed(items), URL)


def test_what_was_left_out_of_a_long_feed_is_told(settings):
    with FeedSite() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        site.document = long_feed()
        feed = FeedConnector({"url": f"{site.url}/rss"}, {})
        (page,) = feed.pull(through_json(beginning(feed)), deadline=0)
        (warning,) = feed.check().warnings
        feed.close()
    assert page.fetched == 4000
    assert page.ignored == {Ignored.TOO_MANY: 4000 - len(page.items)}
    assert (
        warning == f"The feed is long: only the newest {len(page.items)} of 4000 entries are read."
    )
