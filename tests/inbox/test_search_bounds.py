"""A search that would take long stops with what it has, says so, and goes on when asked to."""

import math

import pytest
from django.urls import reverse

from inbox import listing
from inbox.models import ConversationTag
from inbox.pages import searches
from inbox.search import bounded_pages, frequency, hits, limits
from inbox.search.frequency import Statistics
from members.models import Tag
from team.listings import CutShort
from tests.inbox.test_search import ago, said
from tests.make import make_source

COMMON = Statistics({"clock": 1e6, "hello": 1e6}, 1.0)


@pytest.fixture(autouse=True)
def bounds(monkeypatch):
    """Windows of few rows, words that are common, and a search that stops after each window. How
    long a statement takes on a busy machine decides nothing here."""
    monkeypatch.setattr(hits, "FEW_MS", 60_000)
    monkeypatch.setattr(limits, "TIMEOUT_MS", 60_000)
    monkeypatch.setattr(frequency, "statistics", lambda: COMMON)
    monkeypatch.setattr(hits, "FIRST", 3)
    monkeypatch.setattr(hits, "SECONDS", -1)
    monkeypatch.setattr(bounded_pages, "STEP", 2)


@pytest.fixture
def talks(bob):
    """Twelve, the newest first; "clock" is said in the oldest six, two of which are tagged. Beside
    each a hidden one with the same words."""
    closed, bug = make_source(restricted=True), Tag.named("bug")
    rows = []
    for number in range(12):
        words = "hello clock" if number >= 6 else "hello"
        rows.append(said(words, sent_at=ago(10 * number)))
        said("hello clock", source=closed, sent_at=ago(10 * number + 5))
    for row in (rows[8], rows[11]):
        ConversationTag.objects.create(conversation=row, tag=bug)
    return rows


def every_page(text, user, sort="newest"):
    """The rows of each page of a search."""
    pages, after = [], ""
    while len(pages) < 40:
        page = searches.search(text, sort).page(user, after=after)
        pages.append([row.pk for row in page.rows])
        assert page.is_unfinished is bool(page.more)
        if not page.more:
            break
        after = page.more
    return pages


@pytest.mark.parametrize("sort", ["newest", "best"])
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("clock ", [6, 7, 8, 9, 10, 11]),
        ("tag:bug clock ", [8, 11]),
        ("-tag:bug clock ", [6, 7, 9, 10]),
        ("clock -hello ", []),
        ("is:done clock ", []),
        ("before:today clock ", [6, 7, 8, 9, 10, 11]),
    ],
)
def test_a_common_word_of_long_ago_is_found_page_by_page(
    bob, talks, monkeypatch, text, numbers, sort
):
    monkeypatch.setattr(hits, "FEW", 0)
    first, *others = every_page(text, bob, sort)
    assert first == []
    assert len(others) >= 1
    rows = [pk for page in others for pk in page]
    assert sorted(rows) == sorted(talks[number].pk for number in numbers)


def test_all_is_looked_at_where_few_messages_are_so(bob, talks, monkeypatch):
    def narrowed(*_args):
        raise AssertionError("no windows are needed")

    monkeypatch.setattr(hits, "SECONDS", math.inf)
    monkeypatch.setattr(hits.Search, "narrowed", narrowed)
    for sort in ("newest", "best"):
        pages = every_page("tag:bug clock ", bob, sort)
        assert [sorted(page) for page in pages] == [sorted([talks[8].pk, talks[11].pk])]


def test_it_takes_long_to_find_out_whether_few_are_so(bob, talks, monkeypatch):
    def given_up(_ms=0):
        raise hits.TooLong

    monkeypatch.setattr(hits, "SECONDS", math.inf)
    search = hits.Search.few_messages

    def slow(self, top):
        with monkeypatch.context() as patched:
            patched.setattr(hits, "limited", given_up)
            return search(self, top)

    monkeypatch.setattr(hits.Search, "few_messages", slow)
    assert every_page("tag:bug clock ", bob) == [[talks[8].pk, talks[11].pk]]


@pytest.mark.parametrize("sort", ["newest", "oldest", "waiting"])
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("-clock", [0, 1, 2, 3, 4, 5]),
        ("-hello", []),
        ("-hello tag:bug", []),
        ("-clock -tag:bug", [0, 1, 2, 3, 4, 5]),
        ("clock or is:done", [6, 7, 8, 9, 10, 11]),
        ("(clock or tag:bug) -is:done", [6, 7, 8, 9, 10, 11]),
    ],
)
def test_conversations_without_a_word_are_found_page_by_page(bob, talks, text, numbers, sort):
    pages = every_page(text, bob, sort)
    assert sorted(pk for page in pages for pk in page) == sorted(talks[n].pk for n in numbers)
    assert len(pages) > 1 or "tag:bug" in text
    assert max(map(len, pages)) <= 4


@pytest.mark.parametrize("sort", ["oldest", "waiting"])
def test_a_common_word_is_found_page_by_page_in_an_order_of_conversations(bob, talks, sort):
    pages = every_page("clock ", bob, sort)
    assert [pk for page in pages for pk in page] == [talk.pk for talk in reversed(talks[6:])]
    assert len(pages) > 2


def test_a_count_goes_on_where_a_page_stops_and_says_where_it_did_not_come_to_its_end(
    bob, talks, monkeypatch
):
    assert len(every_page("clock ", bob)[0]) < 6
    monkeypatch.setattr(listing, "SECONDS", 60)
    assert listing.count(bob, "clock ", 100) == 6
    assert listing.count(bob, "clock ", 4) == 4
    monkeypatch.setattr(listing, "SECONDS", -1)
    with pytest.raises(CutShort) as cut:
        listing.count(bob, "clock ", 100)
    assert cut.value.number < 6


def test_the_page_says_that_older_ones_can_be_searched(client, bob, talks):
    client.force_login(bob)
    for text, sort, words in (
        ("tag:bug clock ", "newest", "Search messages before"),
        ("tag:bug clock ", "best", "Search messages before"),
        ("-hello", "newest", "Search older messages"),
        ("-hello", "oldest", "Search further"),
    ):
        page = client.get(reverse("conversation-search"), {"q": text, "sort": sort})
        assert words in page.content.decode()
        assert "Nothing found" in page.content.decode()


def test_how_many_were_ranked_is_said(bob, talks, monkeypatch):
    page = searches.search("hello ", "best").page(bob)
    assert page.note == "The newest 2 matching messages are ranked."
    assert len(page.rows) == 2
    monkeypatch.setattr(hits, "SECONDS", math.inf)
    assert searches.search("hello ", "best").page(bob).note == ""


@pytest.mark.parametrize("sort", ["newest", "oldest", "waiting"])
def test_a_rare_word_is_found_on_one_page_in_every_order(bob, talks, monkeypatch, sort):
    monkeypatch.setattr(frequency, "statistics", lambda: Statistics({}, 1.0))
    for text in ("-clock", "clock or is:done", *(["clock "] if sort != "newest" else [])):
        assert len(every_page(text, bob, sort)) == 1
