"""Saved queries follow what they name, and nothing else in them changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_hub.lib.query import (
    And,
    Mistake,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
    parse,
    rename,
    syntax,
)
from tests.lib.query_texts import TEXTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('tag:"old name"', "tag:new"),
        ('-tag:"Old Name"  or\t(TAG:"old name")', "-tag:new  or\t(TAG:new)"),
        ("tag:“old name”", "tag:new"),
        ('is:"old name" "old name" old name', 'is:"old name" "old name" old name'),
        ('label:"old name"', "label:new"),
        ('tag:"old name" tag:"old name two"', 'tag:new tag:"old name two"'),
        ('tag:"old name"x', 'tag:"new"x'),
        ('tag:"old name"(x)', 'tag:"new"(x)'),
        ('tag:"old name" (a "b', 'tag:new (a "b'),
        ("", ""),
    ],
)
def test_a_value_is_renamed_where_an_operator_has_it(text, expected):
    assert rename(text, ["tag", "label"], "old name", "new") == expected


@pytest.mark.parametrize(
    ("new", "written"),
    [
        ("two words", '"two words"'),
        ('the "best"', r'"the \"best\""'),
        ("C:\\x y", r'"C:\\x y"'),
        ("C:\\x", "C:\\x"),
        ("a(b)", "a(b)"),
        ("a(b", '"a(b"'),
        (":x", '":x"'),
        ("//x", '"//x"'),
        ("-x", "-x"),
        ("„x“", '"„x“"'),
        ("日本", "日本"),
    ],
)
def test_a_new_name_has_quotes_where_it_needs_them(new, written):
    text = rename("tag:old", ["tag"], "old", new)
    assert text == f"tag:{written}"
    assert parse(text).tree.value == new
    assert rename(text, ["tag"], new, "old") == "tag:old"


def test_nothing_is_no_name():
    with pytest.raises(ValueError, match="renamed to nothing"):
        rename("tag:old", ["tag"], "old", " ")


def shape(node, renamed):
    match node:
        case Operator():
            same = node.name == "tag" and node.value.casefold() == "a b"
            return ("operator", node.name, renamed if same and renamed else node.value)
        case Word() | Phrase():
            return (type(node).__name__, node.text)
        case Not():
            return ("not", shape(node.part, renamed))
        case And() | Or():
            return (type(node).__name__, *(shape(part, renamed) for part in node.parts))


def can_be_typed(name):
    try:
        return parse(syntax.in_quotes(name)).tree.text == name
    except Mistake:
        return False


NAMES = st.text(min_size=1, max_size=9) | st.text(alphabet='ab \\"“(:/', min_size=1, max_size=5)
PIECES = ['tag:"a b"', "TAG:“A b”", "(", ")", " ", "-", "x", '"y"', " or "]


@settings(max_examples=400, deadline=None)
@given(
    TEXTS | st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    NAMES.filter(can_be_typed),
)
def test_a_renamed_query_says_the_same_with_another_name(text, new):
    try:
        before = parse(text).tree
    except Mistake:
        return
    assert shape(parse(rename(text, ["tag"], "a b", new)).tree, None) == shape(before, new)
