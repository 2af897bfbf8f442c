"""A query finds the same conversations in every order."""

import re

import pytest

from inbox import listing
from inbox.models import Conversation
from inbox.pages import searches
from tests.inbox.test_search import ago, found, said
from tests.make import make_identity, make_member, make_message, make_reply


@pytest.fixture
def talks(bob):
    """By name: where both words are in one message, in two of them, or partly in the subject."""
    ada, ben = (make_identity(make_member(name)) for name in ("Ada Ash", "Ben Birk"))
    apart = said("clock", author=ada)
    make_message(apart, "tuner", author=ben)
    return {
        "together": said("the clock and the tuner", author=ben),
        "apart": apart,
        "titled": said("hello", subject="Tuner and clock"),
        "half": said("tuner", subject="Clock"),
    }


@pytest.mark.parametrize("sort", [*searches.SORTS])
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("clock tuner ", "together titled"),
        ("from:ada clock ", "apart"),
        ("from:ben clock ", "together"),
        ("-from:ada clock ", "together titled half"),
        ("clock -tuner ", "apart half"),
        ("clock is:open tuner ", "together titled"),
        ("clock (tuner or is:done) ", "together half"),
    ],
)
def test_a_query_finds_the_same_in_every_order_and_is_counted_so(bob, talks, text, names, sort):
    expected = {talks[name].pk for name in names.split()}
    assert set(found(text, bob, sort)) == expected
    assert listing.count(bob, text, 100) == len(expected)


@pytest.mark.parametrize("sort", ["newest", "waiting", "oldest"])
def test_rows_show_the_times_that_they_are_ordered_by(client, bob, sort):
    """Of messages and subjects, of what waits and what does not."""
    titled = said("clock", subject="A clock", sent_at=ago(90))
    make_message(titled, "Any news?", sent_at=ago(10))
    said("clock", sent_at=ago(50), mention_reason="handle")
    waits = said("clock", sent_at=ago(40), mention_reason="handle")
    make_message(waits, "the clock again", sent_at=ago(5))
    answered = said("clock", sent_at=ago(30))
    make_reply(answered, by=bob, sent_at=ago(20))
    client.force_login(bob)
    page = client.get("/inbox/search/", {"q": "clock ", "sort": sort}).content.decode()
    times = re.findall(r'<time class="waiting[^"]*"\s+datetime="([^"]+)"', page)
    assert len(times) == 4
    if sort == "waiting":
        wait = Conversation.objects.needs_reply().count()
        assert 1 < wait < 4
        assert times[:wait] == sorted(times[:wait])
        times = times[wait:]
    assert times == sorted(times, reverse=sort != "oldest")
