"""What a query says, and what is said about one that can't be understood."""

import time

import pytest
from hypothesis import example, given, settings

from community_hub.lib.query import (
    And,
    Mistake,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
    parse,
)
from tests.lib.query_texts import TEXTS, check_mistake


def said(text):
    """A query without its positions: words as they are, the rest in the words of Python."""

    def shape(node):
        match node:
            case Word():
                return node.text
            case Phrase():
                return f'"{node.text}"'
            case Operator():
                return (node.name, node.value)
            case Not():
                return {"not": shape(node.part)}
            case And() | Or():
                return (type(node).__name__.lower(), *map(shape, node.parts))

    return shape(parse(text).tree)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("crash", "crash"),
        ("crash tuner", ("and", "crash", "tuner")),
        ("crash AND tuner", ("and", "crash", "tuner")),
        ("a AND (b AND c) AND -d", ("and", "a", ("and", "b", "c"), {"not": "d"})),
        ("a and b AND", ("and", "a", "and", "b", "AND")),
        ('a "AND" -AND b', ("and", "a", '"AND"', {"not": "AND"}, "b")),
        ("a NOT b", ("and", "a", {"not": "b"})),
        ("NOT (b or tag:c)", {"not": ("or", "b", ("tag", "c"))}),
        ("a OR NOT b", ("or", "a", {"not": "b"})),
        ("a AND NOT b", ("and", "a", {"not": "b"})),
        ("a not b NOT", ("and", "a", "not", "b", "NOT")),
        ("-NOT b", ("and", {"not": "NOT"}, "b")),
        ("NOT NOT b", ("and", {"not": "NOT"}, "b")),
        ('crash "in bar 12"', ("and", "crash", '"in bar 12"')),
        ("“from a phone”", '"from a phone"'),
        ("„so oder so“", '"so oder so"'),
        ("-crash", {"not": "crash"}),
        ('-"in bar 12"', {"not": '"in bar 12"'}),
        ("-is:open", {"not": ("is", "open")}),
        ("-(a b)", {"not": ("and", "a", "b")}),
        ("a or b", ("or", "a", "b")),
        ("a OR b Or c", ("or", "a", "b", "c")),
        ("a or b c", ("and", ("or", "a", "b"), "c")),
        ("a (b or c d)", ("and", "a", ("and", ("or", "b", "c"), "d"))),
        ("a or -b", ("or", "a", {"not": "b"})),
        ("((a))", "a"),
        ("a(b c)", ("and", "a", ("and", "b", "c"))),
        ("From:Lena", ("from", "Lena")),
        ('tag:"old name"', ("tag", "old name")),
        (r'tag:"the \"best\" \\ C:\dir"', ("tag", r'the "best" \ C:\dir')),
        ("source:https://example.org/x", ("source", "https://example.org/x")),
        ("last:>60d", ("last", ">60d")),
        ("tag:-x", ("tag", "-x")),
        ("https://example.org/A_(b)?c=d", "https://example.org/A_(b)?c=d"),
        ("10:30", "10:30"),
        ("example.org:8000", "example.org:8000"),
        ("std::vector", "std::vector"),
        ("print(x)", "print(x)"),
        ("@lena@example.social", "@lena@example.social"),
        ("well-known", "well-known"),
        ("don't", "don't"),
        ("order oracle", ("and", "order", "oracle")),
        ("or(b)", None),
        ("a or(b)", ("or", "a", "b")),
        ("می‌خواهم 👩‍🚀", ("and", "می‌خواهم", "👩‍🚀")),
        ("日本 語", ("and", "日本", "語")),
        ("", ("and",)),
        (" \n\t ", ("and",)),
    ],
)
def test_a_query_says(text, tree):
    if tree is None:
        with pytest.raises(Mistake):
            parse(text)
    else:
        assert said(text) == tree


def test_a_query_knows_where_its_parts_stand():
    text = 'crash -(is:open or "in bar") tag:"a b"'
    tree = parse(text).tree
    assert [text[part.start : part.end] for part in tree.parts] == [
        *("crash", '-(is:open or "in bar")', 'tag:"a b"')
    ]
    either = tree.parts[1].part
    assert text[either.start : either.end] == '(is:open or "in bar")'
    tag = tree.parts[2]
    assert text[tag.value_start : tag.end] == '"a b"'


def test_only_a_last_word_that_the_text_ends_with_is_unfinished():
    assert [term.unfinished for term in parse("crash tun").terms] == [False, True]
    assert parse("-tun").terms[0].unfinished
    for text in ("tun ", "(tun)", "tun is:open"):
        assert not parse(text).terms[0].unfinished


@pytest.mark.parametrize(
    ("text", "sentence", "marked", "corrected"),
    [
        ('say "hello', "This quote is never closed.", '"hello', 'say "hello"'),
        ('5" nail', "This quote is never closed.", '" nail', '5" nail"'),
        ('hello "', "This quote is never closed.", '"', "hello"),
        ('a tag:"', "This quote is never closed.", '"', "a"),
        ('tag:"old', "This quote is never closed.", '"old', 'tag:"old"'),
        ('a "" b', "There is nothing between these quotes.", '""', "a b"),
        ("a (b c", "This bracket is never closed.", "(", "a (b c)"),
        ("a (", "This bracket is never closed.", "(", "a"),
        ("a) b", "This bracket was never opened.", ")", "a b"),
        ("a -() b", "There is nothing between these brackets.", "()", "a b"),
        ("a - b", "A “-” leaves out what stands right after it. Nothing does.", "-", "a -b"),
        ("- (a b)", "A “-” leaves out what stands right after it. Nothing does.", "-", "-(a b)"),
        ("a - or b", "A “-” leaves out what stands right after it. Nothing does.", "-", "a or b"),
        ("-", "A “-” leaves out what stands right after it. Nothing does.", "-", ""),
        (
            "tune --help",
            "One “-” is enough. To search for text that begins with it, use quotes.",
            "--help",
            'tune "--help"',
        ),
        ("or", "“or” stands between two things. One of them is missing here.", "or", ""),
        ("a OR", "“or” stands between two things. One of them is missing here.", "OR", "a"),
        ("(or a)", "“or” stands between two things. One of them is missing here.", "or", "(a)"),
        ("a or or b", "“or” stands between two things. One of them is missing here.", "or", None),
        ("-or b", "“or” stands between two things. One of them is missing here.", "or", "b"),
        ("from: bob", "“from:” needs a value right after the colon.", "from:", "from:bob"),
        ("a from:", "“from:” needs a value right after the colon.", "from:", "a"),
        ('from:"" a', "“from:” needs a value right after the colon.", 'from:""', "a"),
        ("tag:(a b)", "“tag:” needs a value right after the colon.", "tag:", "(a b)"),
        ("cra\u200bsh", "There are invisible characters in this query.", "\u200b", "crash"),
        ("\u202ecrash", "There are invisible characters in this query.", "\u202e", "crash"),
        ("ad\u200dmin", "There are invisible characters in this query.", "\u200d", "admin"),
        ("a\0", "There are invisible characters in this query.", "\0", "a"),
        ("a\ud800", "There are invisible characters in this query.", "\ud800", "a"),
        ("a" * 2001, "A query can have 2,000 characters. This one has 1 more.", "a", ""),
        (
            "a " * 61,
            "A query can have 60 words, phrases and operators. This one has more.",
            "a",
            "",
        ),
        (
            "-(" * 11 + "a" + ")" * 11,
            "Brackets can be nested 10 deep. These are nested deeper.",
            "(",
            "",
        ),
    ],
)
def test_a_mistake_is_explained_where_it_stands(text, sentence, marked, corrected):
    with pytest.raises(Mistake) as found:
        parse(text)
    mistake = found.value
    assert mistake.sentence == str(mistake) == sentence
    assert text[mistake.start : mistake.end] == marked
    if corrected is not None:
        assert mistake.corrected == corrected


def test_what_is_just_within_the_bounds_is_read():
    parse("a" * 2000)
    assert len(parse("a " * 60).leaves) == 60
    parse("-(" * 10 + "a" + ")" * 10)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example('"foo\\')
@example("a" + "(" * 1999)
@example("-" * 2000)
@example('"' * 2000)
@example("(" * 1000 + ")" * 1000)
@example("a(" * 1000)
@example("a:" * 1000)
@example("ab\\" * 3000)
@example("\u200d" * 10_000)
def test_any_text_is_a_tree_or_a_mistake_and_soon(text):
    begun = time.process_time()
    try:
        query = parse(text)
    except Mistake as mistake:
        check_mistake(text, mistake)
    else:
        check_positions(text, query.tree, 0, len(text))
    assert time.process_time() - begun < 0.5


def check_positions(text, node, start, end):
    assert start <= node.start <= node.end <= end
    match node:
        case Word():
            assert text[node.start : node.end] == node.text
            assert node.unfinished == (node.end == len(text))
        case Phrase():
            assert text[node.start] in '"“”„'
            assert text[node.end - 1] in '"“”'
        case Operator():
            assert text[node.start : node.value_start].lower() == f"{node.name}:"
            assert node.value_start < node.end
        case Not():
            assert text[node.start] == "-"
            check_positions(text, node.part, node.start + 1, node.end)
        case And() | Or():
            assert len(node.parts) > 1 or not text.strip()
            for part in node.parts:
                check_positions(text, part, start, node.end)
                start = part.end


@settings(max_examples=400, deadline=None)
@given(TEXTS.filter(lambda text: len(text) <= 300))
def test_corrections_lead_to_a_query(text):
    """Whoever follows each correction arrives, unless the text is beyond a bound."""
    for _ in range(len(text) + 1):
        try:
            parse(text)
            return
        except Mistake as mistake:
            if not mistake.corrected and ("can be nested" in str(mistake) or "60" in str(mistake)):
                return
            text = mistake.corrected
    raise AssertionError(text)
