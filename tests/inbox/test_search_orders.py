"""A query finds the same conversations in every order."""

import pytest

from inbox import listing
from inbox.pages import searches
from tests.inbox.test_search import found, said
from tests.make import make_identity, make_member, make_message


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
