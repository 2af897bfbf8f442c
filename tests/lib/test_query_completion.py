"""What is suggested while a query is typed, and what it replaces."""

import pytest
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from community_hub.lib.query import Language, Mistake, OperatorDefinition, complete, parse
from tests.lib.query_texts import TEXTS

TAGS = ["old name", "older", "olive", "bug", 'the "best"', "a(b", *(f"t{n}" for n in range(20))]


def tags(user, beginning):
    found = (name for name in TAGS if name.lower().startswith(beginning.lower()))
    return ((name, f"{name} for {user}") for name in found)


def make_language():
    language = Language("conversations")
    for name, fields in {
        "tag": {"complete": tags},
        "is": {"values": {"open": "Open", "waiting": "Waiting", "done": "Done"}},
        "to": {},
        "from": {},
        "order": {},
    }.items():
        language.register(
            OperatorDefinition(
                name=name, help=f"By {name}", example=f"{name}:x", build=lambda v, c: Q(), **fields
            )
        )
    return language


def suggested(marked):
    """The texts that a query becomes, each with "|" as the cursor before it is taken."""
    typed, cursor = marked.replace("|", "", 1), marked.index("|")
    found = complete(make_language(), typed, cursor, "bob")
    return [f"{typed[: it.start]}{it.text}{typed[it.end :]}" for it in found]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("ta|", ["tag:"]),
        ("crash T|", ["crash tag:", "crash to:"]),
        ("-t|", ["-tag:", "-to:"]),
        ("(fr|", ["(from:"]),
        ("or|", ["order:"]),
        ("f|r:lena x", ["from:lena x"]),
        ("t|ag", ["tag:", "to:"]),
        ("crash |", []),
        ("|", []),
        ("x|", []),
        ('"ta|', []),
        ('"a" ta|', ['"a" tag:']),
        ("https|", []),
        ("is:|", ["is:open", "is:waiting", "is:done"]),
        ("is:W|", ["is:waiting"]),
        ("-(is:o|) x", ["-(is:open) x"]),
        ("is:o|pne x", ["is:open x"]),
        ("is:o|(x)", ['is:"open"(x)']),
        ("is:open |", []),
        ("is: |", []),
        ("tag:ol|", ['tag:"old name"', "tag:older", "tag:olive"]),
        ('tag:"old n|', ['tag:"old name"']),
        ('tag:"ol| x', ['tag:"old name" x', "tag:older x", "tag:olive x"]),
        ('tag:"old| name" x', ['tag:"old name" x', "tag:older x"]),
        ('tag:"old n| from:"x y"', ['tag:"old name" from:"x y"']),
        ('tag:"old name"|', []),
        ("tag:“old n|", ['tag:"old name"']),
        ("tag:the|", [r'tag:"the \"best\""']),
        ('tag:"the \\"|', [r'tag:"the \"best\""']),
        ("tag:a|", ['tag:"a(b"']),
        ("tag:zzz|", []),
        ("tag:old n|", ['tag:"old name"']),
        ("crash -tag:old  n|", ['crash -tag:"old name"']),
        ("tag:old n|am x", ['tag:"old name" x']),
        ("tag:old t|", ["tag:old tag:", "tag:old to:"]),
        ("tag:the t|", ["tag:the tag:", "tag:the to:"]),
        ("tag:old or n|", []),
        ("(tag:old) n|", []),
        ("is:o n|", []),
        ('tag:"old" n|', []),
        ("from:|", []),
        ("nope:|", []),
        ('from:x"ol|', []),
    ],
)
def test_a_query_can_become(marked, expected):
    assert suggested(marked) == expected


def test_there_are_ten_values_at_most():
    assert len(suggested("tag:|")) == len(suggested("tag:t|")) == 10


def test_a_suggestion_says_what_it_is_to_this_user():
    language = make_language()
    assert [it.label for it in complete(language, "tag:bu", 6, "bob")] == ["bug for bob"]
    assert [it.label for it in complete(language, "is:o", 4, "bob")] == ["Open"]
    assert [it.label for it in complete(language, "ta", 2, "bob")] == ["By tag"]


def test_a_suggestion_says_nothing_twice():
    language = Language("conversations")
    language.register(
        OperatorDefinition(
            name="tag", help="", example="tag:x", build=lambda v, c: Q(),
            complete=lambda user, beginning: [("old name", "old name")],
        )
    )  # fmt: skip
    (it,) = complete(language, "tag:o", 5, "bob")
    assert (it.text, it.label) == ('"old name"', "")


def test_nothing_is_suggested_in_a_text_that_is_too_long():
    assert complete(make_language(), "a " * 1000 + "is:", 2003, "bob") == []


@pytest.mark.parametrize("cursor", [-5, 99])
def test_a_cursor_outside_the_text_is_at_its_nearest_end(cursor):
    found = [it.text for it in complete(make_language(), "fr", cursor, "bob")]
    assert found == (["from:"] if cursor > 0 else [])


@settings(max_examples=400, deadline=None)
@given(
    TEXTS
    | st.lists(st.sampled_from(["tag:", "is:", "o", "t", '"', "\\", " ", "(", ")", "-"])).map(
        "".join
    ),
    st.integers(0, 100),
)
def test_any_text_can_be_completed(text, cursor):
    for it in complete(make_language(), text, cursor, "bob"):
        assert 0 <= it.start <= min(cursor, len(text)) <= it.end <= len(text)
        before, after = text[: it.start], text[it.end :]
        if it.text.endswith(":"):
            continue
        try:
            parse(before + "x" + after)
        except Mistake:
            continue
        operators = parse(before + it.text + after).operators
        assert any(operator.value_start == it.start for operator in operators)
