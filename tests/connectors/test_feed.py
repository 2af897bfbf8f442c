"""The feed connector over time: what is new, what changed, what may be missing."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from inbox.connectors.base import Misconfigured, Transient, WebPage
from inbox.connectors.contract import beginning, drain, through_json
from inbox.connectors.feed.connector import FeedConnector
from inbox.connectors.ignored import Ignored
from tests.platforms.feeds import FeedSite, atom, rss


@pytest.fixture
def site(settings):
    with FeedSite() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        yield site


@pytest.fixture
def feed(site):
    connector = FeedConnector({"url": f"{site.url}/rss"}, {})
    yield connector
    connector.close()


def pull(feed, cursor=None):
    (page,) = feed.pull(through_json(cursor or beginning(feed)), deadline=time.monotonic() + 10)
    return page


def item(guid="", link="", title="Title", date="", body="Body"):
    return (
        f"<item>{f'<guid>{guid}</guid>' if guid else ''}{f'<link>{link}</link>' if link else ''}"
        f"<title>{title}</title><description>{body}</description>"
        f"{f'<pubDate>{date}</pubDate>' if date else ''}</item>"
    )


def test_an_unchanged_feed_is_not_sent_again(feed, site):
    site.post("Hello")
    first = pull(feed)
    again = pull(feed, first.cursor)
    assert site.server.asked[-1].headers["if-none-match"] == first.cursor["etag"]
    assert (again.items, again.cursor) == ([], first.cursor)


def test_a_server_without_etags_brings_only_what_is_new(feed, site):
    site.conditional = False
    site.post("Old")
    first = pull(feed)
    new = site.post("New")
    page = pull(feed, first.cursor)
    assert [found.external_id for found in page.items] == [new]
    assert page.ignored == {"unchanged": 1}


def test_an_edited_entry_comes_again_with_its_first_date(feed, site):
    site.document = rss(item(guid="1", body="Before"))
    first = pull(feed)
    site.document = rss(item(guid="1", body="Afterwards"))
    (edited,) = pull(feed, first.cursor).items
    assert edited.body == "Afterwards"
    assert edited.created_at == first.items[0].created_at
    assert edited.version != first.items[0].version
    assert edited.edited_at > first.items[0].created_at
    assert first.items[0].edited_at is None


@pytest.mark.parametrize(
    "before",
    [{"guid": "1"}, {"link": "https://a.example/1"}, {}],
    ids=["guid", "link", "only a text"],
)
def test_an_entry_keeps_its_key(feed, site, before):
    site.document = rss(item(**before))
    site.conditional = False
    first = pull(feed)
    assert pull(feed, first.cursor).ignored == {"unchanged": 1}
    assert pull(feed).items[0].external_id == first.items[0].external_id


def test_a_guid_that_changes_with_the_site_makes_no_second_message(feed, site):
    date = "Sat, 21 Nov 2026 10:00:00 GMT"
    site.document = rss(item(guid="http://a.example/?p=1", link="http://a.example/1", date=date))
    cursor = pull(feed, {"since": "2026-01-01T00:00:00+00:00"}).cursor
    site.document = rss(item(guid="https://a.example/?p=1", link="https://a.example/1", date=date))
    page = pull(feed, cursor)
    assert {found.external_id for found in page.items} <= {"http://a.example/?p=1"}
    assert list(page.cursor["seen"]) == ["http://a.example/?p=1"]


def test_two_news_on_one_page_are_two_messages(feed, site):
    site.document = rss(item(guid="1", link="https://a.example/", title="Status: down"))
    first = pull(feed)
    site.document = rss(item(guid="2", link="https://a.example/", title="Status: up"))
    (second,) = pull(feed, first.cursor).items
    assert second.external_id != first.items[0].external_id


def test_one_guid_on_several_links_is_no_guid(feed, site):
    links = ("https://a.example/1", "https://a.example/2")
    site.document = rss("".join(item(guid="same", link=link) for link in links))
    assert {found.external_id for found in pull(feed).items} == set(links)


def test_a_feed_that_rolled_over_names_the_gap(feed, site):
    now = datetime.now(UTC)
    old, new, newer = (
        f"{now - timedelta(hours=hours):%a, %d %b %Y %H:%M:%S GMT}" for hours in (9, 2, 1)
    )
    site.document = rss(item(guid="1", date=old))
    cursor = pull(feed).cursor
    site.document = rss(item(guid="8", date=newer) + item(guid="7", date=new))
    begins, ends = pull(feed, cursor).gap
    assert ends - begins == timedelta(hours=7)


def test_a_feed_that_goes_on_has_no_gap(feed, site):
    site.post("One")
    cursor = pull(feed).cursor
    site.post("Two")
    assert pull(feed, cursor).gap is None


def test_a_date_in_the_future_counts_as_the_time_it_was_seen(feed, site):
    later = f"{datetime.now(UTC) + timedelta(days=400):%a, %d %b %Y %H:%M:%S GMT}"
    site.document = rss(item(guid="1", date=later))
    assert pull(feed).items[0].created_at <= datetime.now(UTC)


def test_a_broken_feed_is_read_and_reported_once(feed, site):
    site.conditional = False
    site.document = rss(item(title="A & B", guid="1"))
    first = pull(feed)
    assert len(first.items) == 1
    assert "invalid" in first.problems[0].message
    assert pull(feed, first.cursor).problems == []


def test_a_web_page_names_the_feed_to_use_instead(feed, site):
    link = '<link rel="alternate" type="application/atom+xml" href="/atom">'
    site.document = f"<!doctype html><html><head>{link}</head></html>".encode()
    site.document_type = "text/html"
    with pytest.raises(WebPage, match=f"Enter the address of its feed: {site.url}/atom"):
        feed.check()


def test_a_feed_that_cannot_be_read_at_all_is_asked_again_later(feed, site):
    site.document = rss("<gml:pos>1 2</gml:pos></x>")
    with pytest.raises(Transient, match="is invalid"):
        pull(feed)


def test_a_feed_that_would_keep_a_worker_for_minutes_asks_for_a_person(feed, site):
    site.document = rss(f"<item>{'<category>x</category>' * 1000}</item>")
    with pytest.raises(Misconfigured, match="more data than the hub accepts"):
        pull(feed)


def test_comments_stand_in_the_thread_of_what_they_answer(feed, site):
    site.document = atom(
        "<entry><id>post</id><title>Post</title></entry>"
        '<entry><id>c1</id><thr:in-reply-to ref="post"/><content>First</content></entry>'
        '<entry><id>c2</id><thr:in-reply-to ref="c1"/><content>Second</content></entry>'
    )
    found = {entry.external_id: entry for entry in pull(feed).items}
    assert {entry.thread_id for entry in found.values()} == {"post"}
    assert found["c2"].parent_id == "c1"
    assert [entry.is_root for entry in found.values()] == [True, False, False]


def test_one_name_in_two_feeds_is_two_people(feed, site):
    site.document = atom("<entry><id>1</id><author><name>Ada</name></author></entry>")
    other = FeedConnector({"url": f"{site.url}/atom"}, {})
    first, second = pull(feed).items[0].author, pull(other).items[0].author
    other.close()
    assert first.network == second.network
    assert first.external_id != second.external_id


def test_the_text_names_every_author_of_an_entry(feed, site):
    both = "<author><name>Ada</name></author><author><name>G &amp; H</name></author>"
    site.document = atom(f"<entry><id>1</id>{both}<content type='html'>Hi</content></entry>")
    (found,) = pull(feed).items
    assert found.author.display_name == "Ada"
    assert found.body == "Hi<p>By Ada, G &amp; H</p>"


@pytest.mark.parametrize("name", ["Anonymous", "Gast", "[deleted]"])
def test_a_name_that_stands_for_nobody_is_no_author(feed, site, name):
    site.document = atom(f"<entry><id>1</id><author><name>{name}</name></author></entry>")
    assert pull(feed).items[0].author is None


def test_entries_older_than_the_start_are_counted_not_kept(feed, site):
    site.document = rss(item(guid="1", date="Sat, 01 Nov 2025 10:00:00 GMT"))
    items, _ = drain(feed, beginning(feed))
    assert items == []
    assert pull(feed).ignored == {Ignored.TOO_OLD: 1}
