"""docs/query-language.md is true: its examples run, and its bounds are those of the code."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from community_hub.lib import query
from community_hub.lib.query import dates
from members.models import Member, MemberTag, Tag
from team import listings

PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text()


@pytest.fixture
def example(monkeypatch):
    """What the blocks of the page define, run one after the other."""
    monkeypatch.setattr(listings, "_listings", dict(listings._listings))
    names = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(code, "docs/query-language.md", "exec"), names)
    return names


def test_the_example_of_the_page_finds_members(example, bob):
    year = datetime(2025, 5, 1, tzinfo=UTC)
    ada = Member.objects.create(name="Ada", owner=bob, last_seen=year)
    bo = Member.objects.create(name="Bo")
    tag = Tag.objects.create(name="to be checked")
    MemberTag.objects.create(member=ada, tag=tag)
    for text, expected in {
        "a": [ada],
        'tag:"to be checked"': [ada],
        '-tag:"To be checked"': [bo],
        "bo or is:mine": [ada, bo],
        "is:bot": [],
        "last:>60d": [ada],
        "-before:2026": [bo],
    }.items():
        rows = example["found"](bob, text, datetime(2026, 11, 29, tzinfo=UTC), UTC)
        assert list(rows.order_by("name")) == expected
    with pytest.raises(query.Mistake, match="There is no tag “x”"):
        example["found"](bob, "tag:x", datetime(2026, 11, 29, tzinfo=UTC), UTC)


def test_the_operators_of_the_example_complete_and_have_help(example, bob):
    Tag.objects.create(name="to be checked")
    (found,) = query.complete(example["people"], "a tag:to", 8, bob)
    assert (found.text, found.start, found.end) == ('"to be checked"', 6, 8)
    names = [row.name for row in example["people"].help()]
    assert names == ["tag", "is", "before", "last"]
    for row in example["people"].help():
        example["people"].parse(row.example)


def test_the_renaming_of_the_page():
    call, before, after = re.search(r"`(rename\(.*?\))`.*?\n`(.*?)` becomes `(.*?)`", PAGE).groups()
    assert eval(call, {"rename": query.rename, "text": before}) == after


def test_the_queries_of_the_page_are_queries():
    rows = re.search(r"\| Written \|.*?\n\n", PAGE, re.DOTALL)[0].splitlines()[2:]
    written = [text for row in rows for text in re.findall("`([^`]+)`", row)]
    assert len(written) > 8
    for text in written:
        if text != "or":
            assert not query.parse(text).is_empty
    both = ("crash or freeze is:open", "(crash or freeze) is:open")
    finds = [[type(part) for part in query.parse(text).tree.parts] for text in both]
    assert finds == [[query.Or, query.Operator]] * 2


def test_the_dates_and_ages_of_the_page_are_read():
    now = datetime(2026, 11, 29, tzinfo=UTC)
    context = query.Context(user=None, now=now, timezone=UTC)
    rows = re.search(r"\| Written \| Means.*?(?=\n\n)", PAGE, re.DOTALL)[0].splitlines()[2:]
    written = [text for row in rows for text in re.findall("`([^`]+)`", row.split("|")[1])]
    assert len(written) > 15
    for text in written:
        value = query.parse(f"on:{text}").tree.value
        read = dates.read_age if value[0] in "<>" else dates.read_span
        read(value, context)


def test_the_bounds_of_the_page_are_those_of_the_code():
    bounds = f"{query.LONGEST:,} characters, {query.MOST_TERMS} words"
    assert bounds in PAGE
    assert f"nested {query.DEEPEST} deep" in PAGE


def test_the_list_of_the_page_can_be_saved(example, bob):
    Member.objects.create(name="Ada", last_seen=datetime(2025, 5, 1, tzinfo=UTC))
    listing = listings.find("people")
    assert listing.address("is:mine", "-seen") == "/members/?q=is%3Amine"
    assert [listing.count(bob, "ada", most) for most in (100, 0)] == [1, 0]
