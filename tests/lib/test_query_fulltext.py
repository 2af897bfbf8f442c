"""The words of a query in the real PostgreSQL: they find what they say or nothing, never an
error."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import connection
from django.db.models import TextField, Value
from django.db.models.expressions import RawSQL
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from community_hub.lib.query import (
    Context,
    Language,
    Mistake,
    has_sequence,
    parse,
    says,
    search_query,
    split,
    unsearchable,
)
from community_hub.lib.search_text import search_text
from inbox.models import Message
from members.models import Member
from tests.lib.query_texts import TEXTS

MANY = ("simple", "english", "german")
CONTEXT = Context(user=AnonymousUser(), now=datetime(2026, 11, 29, tzinfo=UTC), timezone=UTC)


@pytest.fixture
def finds(db):
    """A function that says whether a query finds a text that is kept in a configuration."""
    Member.objects.create(name="One row to look at")

    def found(text, kept, language="simple", configurations=MANY, **options):
        kept = Value(search_text(kept), output_field=TextField())
        vector = SearchVector(kept, config=language)
        terms = search_query(parse(text), configurations, **options)
        return Member.objects.annotate(words=vector).filter(words=terms).exists()

    return found


@pytest.mark.parametrize(
    ("text", "kept", "expected"),
    [
        ("crash ", "a crash", True),
        ("CRASH ", "a Crash", True),
        ("crash tuner ", "the tuner crashes", False),
        ("crash tuner ", "tuner, then crash", True),
        ('"crash in bar"', "crash in bar 12", True),
        ('"bar crash"', "crash in bar 12", False),
        ("crash or freeze ", "it will freeze", True),
        ("(crash or freeze) -bar ", "it will freeze in bar", False),
        ("-(crash or bar) freeze ", "it will freeze", True),
        ("-(crash bar) freeze ", "crash, then freeze", True),
        ("-(crash bar) freeze ", "crash in a bar, then freeze", False),
        ("-(-crash)", "a crash", True),
        ("well-known ", "a well-known bug", True),
        ("10:30 ", "at 10:30", True),
        ("10:30 ", "30 people, 10 bugs", False),
        ("don't ", "I don't know", True),
        ("don't ", "Don saw a t", False),
        ("https://example.org/x ", "see https://example.org/x there", True),
        ("example.org ", "see https://example.org/x there", True),
        ("https://example.org/x ", "x is at example org", False),
        ("@lena@example.social ", "ask @lena@example.social", True),
        ("over_scored ", "an over_scored name", True),
        ("日本 ", "日本 です", True),
        ("سلام ", "سلام دنيا", True),
    ],
)
def test_a_query_finds_what_it_says(finds, text, kept, expected):
    assert finds(text, kept) == expected


@pytest.mark.parametrize(
    ("text", "kept", "language", "expected"),
    [
        ("crashing ", "it crashes", "english", True),
        ("crashing ", "it crashes", "simple", False),
        ("Häuser ", "ein Haus", "german", True),
        ("the crash ", "the crash", "english", True),
        ("the crash ", "the crash", "simple", True),
        ("the crash ", "a crash", "simple", True),  # by the reading in English
        ("ein crash ", "a crash", "simple", True),  # by the reading in German
        ("crash the", "the crash", "english", True),  # as whoever has typed this far finds it
        ("crash the", "the crash", "simple", True),
        ("tune -errors ", "tune without errors", "english", False),
        ("tune -errors ", "tune without errors", "simple", False),
        ("tune -errors ", "tune it", "english", True),
        ("tune -the ", "tune it", "english", True),
        ("die ", "die", "simple", True),  # a stop word in German
        ("die ", "they die", "english", True),
    ],
)
def test_each_row_is_asked_in_its_own_configuration(finds, text, kept, language, expected):
    assert finds(text, kept, language) == expected


@pytest.mark.parametrize(
    ("text", "kept", "language", "expected"),
    [
        ("zephy", "some zephyrs", "english", True),  # by `english`, zephy:* would become zephi:*
        ("s", "a song", "english", True),  # by `english`, s:* would be a stop word
        ("cra", "a crash", "simple", True),
        ("cra ", "a crash", "simple", False),
        ("-cra", "a crash", "simple", True),
        ("(a cra)", "a crash", "simple", False),
        ("cra a", "a crash", "simple", False),
        ('"cra"', "a crash", "simple", False),
        ("well-kn", "a well-known bug", "simple", True),
        ("https://example.or", "at https://example.org/x", "simple", True),
        ("o'cl", "at 5 o'clock", "simple", True),
        ("bar or cra", "a crash", "english", True),
        ("the cra", "the crash", "english", True),
        ("bars cra", "a crash in a bar", "english", True),
        ("bars cra", "a crash", "english", False),
        ("-bar cra", "a crash in a bar", "english", False),
        ("c++", "a crash", "simple", False),
        ("c#", "a crash", "simple", False),
        ("std::", "to stdout", "simple", False),
    ],
)
def test_an_unfinished_last_word_finds_what_begins_with_it(finds, text, kept, language, expected):
    assert finds(text, kept, language) == expected
    if expected and not text.startswith("-"):
        assert not finds(text, kept, language, prefix=False)


@pytest.mark.parametrize("text", ["c++", "C#", "c"])
def test_what_punctuation_ends_is_found_as_a_word(finds, text):
    assert finds(text, "written in C++17 and c++", "english")


@pytest.mark.parametrize(
    ("text", "kept", "expected"),
    [
        ('"in the box"', "It was in the box.", True),
        ('"in the box"', "the box connected", False),
        ('"in the box"', "IN\nthe… box!", True),
        ('"charged once"', "charged twice", False),
        ('"the boxes"', "the box", False),
        ('"box"', "boxes", False),
        ('"naïve idea"', "a Naive idea", True),
        ('"it’s here"', "it's here", True),
        ('"привет мир"', "Привет, мир", True),
        ('"日本"', "日本語", True),
        ('"नमस्ते दुनिया"', "नमस्ते दुनिया", True),
        ('"🎉"', "nothing of it", True),
        ("o'clock", "at 5 o'clock", True),
        ("o'clock", "the clock", False),
        ("e-mail", "by e-mails", True),
        ("e-mail", "by mail", False),
        ("crash", "nothing of it", True),
        ('"a+ (b)"', "A + b?", True),
        ('"a.c"', "abc", False),
    ],
)
def test_words_that_follow_each_other_are_read_in_the_text(db, text, kept, expected):
    Member.objects.create(name="One row to look at")
    (term,) = parse(text).terms
    rows = Member.objects.annotate(kept=Value(kept, output_field=TextField()))
    assert rows.filter(says(term, "kept", 1_000)).exists() == expected


def test_so_many_characters_of_a_text_are_read(db):
    Member.objects.create(name="One row to look at")
    rows = Member.objects.annotate(kept=Value("in the box", output_field=TextField()))
    (term,) = parse('"the box"').terms
    assert rows.filter(says(term, "kept", 10)).exists()
    assert not rows.filter(says(term, "kept", 9)).exists()


@pytest.mark.parametrize(
    ("text", "kept", "expected"),
    [
        ('crash -"in the box"', "a crash of the box", True),  # says() tells it
        ('crash (freeze or -"in the box")', "a crash", True),
        ('crash -"in the box" fre', "a crash and a freeze", True),
        ('crash -"in the box" fre', "a crash", False),
        ('crash -(bar "in the box")', "a crash in a bar", True),
    ],
)
def test_sequences_that_must_be_missing_leave_nothing_out(finds, text, kept, expected):
    assert finds(text, kept, "english") == expected


def test_a_beginning_is_looked_for_as_it_was_typed_in_any_one_configuration(finds):
    assert finds("zephy", "some zephyrs", "english", ["english"])
    assert finds("crash s", "a song about a crash", "english", ["english"])
    assert not finds("zephy ", "some zephyrs", "english", ["english"])


@pytest.mark.parametrize("sign", ["'", "\\", ":", "*", "&", "|", "!", "<->", "%", "_", "~", "{}"])
@pytest.mark.parametrize("ending", ["", " "])
def test_characters_that_mean_something_elsewhere_mean_nothing_here(finds, sign, ending):
    kept = f"say {sign} or 7{sign}8 or 9"
    assert not finds(f"{sign}{ending}", kept)
    assert finds(f"7{sign}8{ending}", kept)
    assert not finds(f"6{sign}{ending}", kept)
    assert not finds(f"9{sign}6{ending}", kept)
    assert finds(f"9 {sign}{ending}", kept)


@pytest.mark.parametrize("ending", ["", " "])
@pytest.mark.parametrize("letter", ["a", "é", "語", "𝒳", "1:", "a'", "a-", "1"])
def test_the_longest_words_are_no_error(finds, letter, ending):
    word = (letter * 2000)[: 1999 - len(ending)]
    assert not finds(f"{word}{ending}", "crash")


def test_terms_without_letters_and_digits_can_be_named():
    assert [term.text for term in unsearchable(parse('crash % "->" 🎉 c++ 1'))] == ["%", "->", "🎉"]


@pytest.mark.parametrize("text", ["", "is:open", "crash is:open"])
def test_only_words_are_searched_for(text):
    with pytest.raises(ValueError, match="words and phrases"):
        search_query(parse(text))
    with pytest.raises(ValueError, match="configuration"):
        search_query(parse("crash"), [])


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(TEXTS | st.text(alphabet="'\\:*&|!<->%_~()\"ab -\t", max_size=30))
@example("a" * 2000)
@example("'\\")
def test_any_words_are_a_tsquery(db, text):
    try:
        words = split(parse(text)).text
    except Mistake:
        return
    if words is not None:
        rows = Member.objects.annotate(
            words=SearchVector(Value(text), config="english"), kept=Value(text)
        )
        saying = Language("rows", words=lambda term, _context: says(term, "kept", 1_000))
        list(rows.filter(saying.q(words, CONTEXT)))
        try:
            query = search_query(words, MANY)
        except ValueError:
            assert has_sequence(words.tree)  # and nothing else, or it is left out
        else:
            list(rows.filter(words=query))


def test_what_was_typed_is_a_parameter(db):
    terms = search_query(parse("crash o'cl"), MANY)
    sql, params = (
        Member.objects.annotate(words=SearchVector("name"))
        .filter(words=terms)
        .query.sql_with_params()
    )
    assert "crash" not in sql
    assert "'o' <-> 'cl':*" in params
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def plan_of(text):
    """How PostgreSQL would look for it in the messages, by their index."""
    kept = RawSQL('"inbox_message"."search"', [], output_field=SearchVectorField())
    rows = Message.objects.annotate(kept=kept).filter(kept=search_query(parse(text), MANY))
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    return rows.explain()


@pytest.mark.parametrize("text", ["crash -bar the", "the crash cra"])
def test_a_full_text_index_answers_it(db, text):
    """Also the condition for stop words is a constant to the planner."""
    plan = plan_of(text)
    assert "Bitmap Index Scan on inbox_message_search" in plan
    assert "tsquery(" not in plan
    assert "CASE" not in plan


@pytest.mark.parametrize("text", ["cra", "bar cra", "the cra", "bar the cra", "freeze or bar cra"])
def test_a_beginning_is_looked_up_once(db, text):
    (line,) = [line for line in plan_of(text).splitlines() if "Index Cond" in line]
    assert line.count(":*") == 1
