"""How common words are decides how a search looks for them, and never what it finds."""

import math
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community_hub.lib.query import Context
from inbox.search import frequency, hits, limits
from inbox.search.frequency import Statistics
from inbox.search.plan import plan
from members.models import Sighting, Tag
from team import saved_queries
from tests.inbox.test_search import ago, found, said
from tests.make import make_identity, make_member, make_source

NOTHING = Statistics({}, math.inf)
RARE = Statistics({}, 1.0)
CLOCK = Statistics({"clock": 1e6, "clocks": 1e5, "drift": 100.0}, 1.0)
DRIFT = Statistics({"drift": 1e6, "drifts": 1e6, "the": 1e6}, 1.0)


@pytest.fixture(autouse=True)
def patience(monkeypatch) -> None:
    """A search that took long stops with what it has, or gives up; here it is what it finds that
    counts, on a machine that is busy, in tables full of what other tests rolled back."""
    monkeypatch.setattr(hits, "SECONDS", math.inf)
    monkeypatch.setattr(limits, "TIMEOUT_MS", 60_000)


@pytest.mark.parametrize("sort", ["newest", "best"])
@pytest.mark.parametrize(
    "query",
    [
        "clock",
        "clo",
        "drifts clo",
        "clock drifts",
        "the clo",
        "-drifts clo",
        "(drifts or tuner) clo",
        '"the clock" dri',
        '-"the clock" dri',
        "tuner -drifts clo",
        "ada",
        "from:ada clo",
        "from:ada drifts clo",
    ],
)
def test_the_same_is_found_however_common_its_words_are(bob, lena, monkeypatch, query, sort):
    monkeypatch.setattr(hits, "FIRST", 3)
    ada, zed = (make_identity(make_member(f"{name} Clockwork")) for name in ("Ada", "Zed"))
    closed = make_source(restricted=True)
    Sighting.objects.create(identity=zed, scope=closed.scope, first_seen=ago(9), last_seen=ago(9))
    for number, (text, language) in enumerate(
        [
            ("The clock drifts", "en"),
            ("a drifting clock", "en"),
            ("Clocks, and a tuner", ""),
            ("the clockwork drifts", "en"),
            ("die Clock und der Tuner drifts", "de"),
            ("drifts", ""),
            ("my tuner", "en"),
        ]
    ):
        said(text, language=language, sent_at=ago(2 * number), author=ada if number % 2 else None)
        said(text, language=language, sent_at=ago(2 * number + 1), author=zed, source=closed)
    answers = []
    for known in (NOTHING, RARE, CLOCK, DRIFT):
        monkeypatch.setattr(frequency, "statistics", lambda known=known: known)
        answers.append([found(query, user, sort) for user in (bob, lena)])
    assert answers[1:] == answers[:1] * 3
    assert any(answers[0])


@pytest.mark.parametrize(
    ("query", "known", "is_rare", "by_rest"),
    [
        ("clock", NOTHING, False, False),
        ("clock", RARE, True, False),
        ("clock", CLOCK, False, False),
        ("drifts clo", CLOCK, True, True),
        ("drifts clo", RARE, True, False),
        ("drifts clo", NOTHING, False, False),
        ("clock dri", CLOCK, True, False),
        ("-drifts clo", CLOCK, False, False),
        ("the clo", CLOCK, False, False),  # English leaves "the" out
    ],
)
def test_the_index_is_asked_for_what_is_rare(bob, monkeypatch, query, known, is_rare, by_rest):
    said("The clock drifts", language="en")
    monkeypatch.setattr(frequency, "statistics", lambda: known)
    context: Context = saved_queries.context(bob)
    search = hits.Search(plan(query, context), context)
    assert (search.entries <= hits.READ) is is_rare
    assert (search.by_index is not search.in_messages) is by_rest


def test_a_common_word_of_long_ago_is_found_between_samples(bob, lena, monkeypatch):
    monkeypatch.setattr(hits, "FIRST", 2)
    closed = make_source(restricted=True)
    talks = [said("The clock drifts", sent_at=ago(1000 + number)) for number in range(40)]
    hidden = [said("A clock", sent_at=ago(500 + n), source=closed) for n in range(3)]
    for number in range(10):
        said("Something else", sent_at=ago(number))
    narrowed, windows = hits.Search.narrowed, []

    def watched(self, *args):
        windows.append(narrowed(self, *args))
        return windows[-1]

    monkeypatch.setattr(hits.Search, "narrowed", watched)
    monkeypatch.setattr(frequency, "statistics", lambda: CLOCK)
    of_bob, of_lena = found("clock", bob), found("clock", lena)
    assert of_bob == [talk.pk for talk in talks[:25]]
    assert of_lena == [talk.pk for talk in (*hidden, *talks)][:25]
    assert [window.bottom > ago(1010) for window in windows] == [True, True]
    assert windows[0].bottom < ago(990)  # nothing hidden is among the samples
    monkeypatch.setattr(frequency, "statistics", lambda: NOTHING)
    assert [found("clock", bob), found("clock", lena)] == [of_bob, of_lena]
    assert len(windows) == 2


def test_the_statistics_are_those_of_postgresql(bob):
    for number in range(60):
        said(f"clock {number}" if number % 2 else f"tuner {number}")
    with connection.cursor() as cursor:
        cursor.execute("analyze inbox_message")
    known = frequency.read_statistics()
    assert known.common["clock"] == pytest.approx(30)
    assert known.of({"clock", "tuner"}) == pytest.approx(60)
    assert known.of_beginning("clo") >= 30
    assert known.of({"zephyr"}) == known.least < 30


@pytest.mark.parametrize("statistics", [NOTHING, RARE, CLOCK], ids=["nothing", "rare", "clock"])
@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("clock ", 12),
        ('"the clock"', 12),
        ("from:ada clock ", 12),
        ("is:open clock ", 13),
        ("last:>1d clock ", 13),
        ("-tag:bug clo", 14),
    ],
)
def test_a_page_asks_few_things(client, bob, monkeypatch, query, most, statistics):
    """And begins, limits and ends its transaction, and a part of it. Each further window that it
    has to look at asks two more. Which languages there are is asked once in a while."""
    ada = make_identity(make_member("Ada"))
    for number in range(40):
        said("The clock drifts", language="en", author=ada, sent_at=ago(30 + number))
    Tag.named("bug")
    monkeypatch.setattr(frequency, "statistics", lambda: statistics)
    monkeypatch.setattr(hits, "FEW_MS", 60_000)
    client.force_login(bob)
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/inbox/search/", {"q": query})
    assert len(page.context["page"].rows) == 25
    own = re.compile(
        r"\s*(savepoint|release|rollback|begin|commit|select set_config|with recursive one)", re.I
    )
    assert len([it for it in asked if not own.match(it["sql"])]) <= most


def test_what_somebody_wrote_is_looked_at_before_a_common_word(bob, monkeypatch):
    ada, ben = (make_identity(make_member(name)) for name in ("Ada", "Ben"))
    theirs = said("The clock drifts", author=ada, sent_at=ago(90))
    for number in range(9):
        said("The clock drifts", author=ben, sent_at=ago(number))
    monkeypatch.setattr(frequency, "statistics", lambda: CLOCK)
    monkeypatch.setattr(hits, "FEW_MS", 60_000)
    monkeypatch.setattr(hits, "first_window", None)  # not asked for
    assert found("from:ada clock ", bob) == [theirs.pk]
    assert found("to:ada clock ", bob) == []
