"""Operators that apps register: what is known of them, and the rows that a query finds."""

from datetime import UTC, datetime

import pytest
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_hub.lib.query import (
    Context,
    Language,
    Mistake,
    OperatorDefinition,
    dates,
    marked,
    parse,
    split,
)
from members.models import Member, MemberTag, Tag
from tests.lib.query_texts import TEXTS, check_mistake

CONTEXT = Context(user=None, now=datetime(2026, 11, 29, 12, tzinfo=UTC), timezone=UTC)


def tagged(value, context):
    tag = Tag.objects.filter(name__iexact=value).first()
    if tag is None:
        raise Mistake(f"There is no tag “{value}”.", instead="old name")
    return Q(Exists(MemberTag.objects.filter(member=OuterRef("pk"), tag=tag)))


def is_one(value, context):
    return {"bot": Q(is_bot=True), "named": ~Q(name=""), "anyone": Q()}[value]


def operator(name, build=lambda value, context: Q(name=value), **fields):
    return OperatorDefinition(
        **{"name": name, "help": f"By {name}", "example": f"{name}:x", "build": build, **fields}
    )


def make_language():
    language = Language("members", words=lambda term, context: Q(name__icontains=term.text))
    kinds = {"bot": gettext_lazy("Bots"), "named": "With a name", "anyone": "Everybody"}
    language.register(
        operator("assignee"),
        operator("tag", tagged),
        operator("is", is_one, values=kinds, example="is:bot", help=gettext_lazy("A kind")),
        operator("place", lambda value, context: Q(place=value)),
    )
    return language


@pytest.fixture
def names(db):
    """A function from a query to the names of the members that it finds, one after the other."""
    old, new = (Tag.objects.create(name=name) for name in ("old name", "new"))
    for name, tags in {"ada": [old, new], "bo": [new], "cy": [old], "": []}.items():
        member = Member.objects.create(name=name, place=name and "Oslo", is_bot=name == "cy")
        MemberTag.objects.bulk_create(MemberTag(member=member, tag=tag) for tag in tags)
    language = make_language()

    def found(text):
        rows = Member.objects.filter(language.q(language.parse(text), CONTEXT))
        return sorted(rows.values_list("name", flat=True))

    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["", "ada", "bo", "cy"]),
        ("a", ["ada"]),
        ("-a", ["", "bo", "cy"]),
        ('"ad" or bo', ["ada", "bo"]),
        ("tag:new", ["ada", "bo"]),
        ("-tag:new", ["", "cy"]),
        ('tag:new tag:"Old Name"', ["ada"]),
        ("-(tag:new tag:'old')", None),
        ('-(tag:new tag:"old name")', ["", "bo", "cy"]),
        ('tag:new -tag:"old name"', ["bo"]),
        ("-tag:new or is:bot or b", ["", "bo", "cy"]),
        ("IS:Bot", ["cy"]),
        ("is:anyone", ["", "ada", "bo", "cy"]),
        ("-is:anyone", []),
        ("a or is:anyone", ["", "ada", "bo", "cy"]),
        ("a or -is:anyone", ["ada"]),
        ("place:Oslo -(a or is:bot)", ["bo"]),
    ],
)
def test_a_query_finds_its_rows(names, text, expected):
    if expected is None:
        with pytest.raises(Mistake):
            names(text)
    else:
        assert names(text) == expected


def test_what_is_left_out_is_all_that_is_not_found(names):
    everybody = names("")
    for text in ("tag:new", 'tag:new tag:"old name"', "is:bot", "is:anyone", "a or tag:new"):
        assert sorted(names(text) + names(f"-({text})")) == everybody


def test_a_query_of_many_operators_is_one_statement(names, django_assert_num_queries):
    with django_assert_num_queries(1):
        names("a or is:bot -place:Oslo is:named")


@pytest.mark.parametrize(
    ("text", "sentence", "marked", "corrected"),
    [
        (
            "crash asignee:lena",
            "“asignee:” is not known: did you mean “assignee:”?",
            "asignee:lena",
            "crash assignee:lena",
        ),
        (
            "Re: crash",
            "“re:” is not known. To search for it as text, put it in quotes.",
            "Re:",
            '"Re:" crash',
        ),
        (
            'is:bots tag:"x y"',
            "“is:bots” is not known: did you mean “is:bot”? There are: bot, named, anyone.",
            "is:bots",
            'is:bot tag:"x y"',
        ),
        (
            "-is:purple",
            "“is:purple” is not known. There are: bot, named, anyone.",
            "is:purple",
            "",
        ),
        ("is: bot", "“is:” needs a value right after the colon.", "is:", "is:bot"),
        ("tagg:", "“tagg:” is not known: did you mean “tag:”?", "tagg:", "tag:"),
    ],
)
def test_an_unknown_operator_or_value_is_named(text, sentence, marked, corrected):
    with pytest.raises(Mistake) as found:
        make_language().parse(text)
    mistake = found.value
    assert str(mistake) == sentence
    assert text[mistake.start : mistake.end] == marked
    assert mistake.corrected == corrected


def test_a_sentence_repeats_little_of_a_long_value():
    for text in ("is:" + "x" * 1900, "x" * 1900 + ":y"):
        with pytest.raises(Mistake) as found:
            make_language().parse(text)
        assert len(str(found.value)) < 150


def test_a_value_that_an_operator_refuses_is_marked_and_corrected(names):
    with pytest.raises(Mistake) as found:
        names('ada (tag:old is:bot) "x"')
    mistake = found.value
    assert str(mistake) == "There is no tag “old”."
    assert (mistake.start, mistake.end) == (5, 12)
    assert mistake.corrected == 'ada (tag:"old name" is:bot) "x"'


@pytest.mark.parametrize(
    ("text", "marked", "corrected"),
    [
        ("-when:last week x", "when:last week", '-when:"last week" x'),
        ("(a or when:last\tweek) x", "when:last\tweek", '(a or when:"last week") x'),
        ("when:last weak", "when:last", ""),
        ("when:last or week", "when:last", ""),
        ('when:"last" week', 'when:"last"', ""),
        ("when:last is:bot", "when:last", ""),
    ],
)
def test_a_value_that_goes_on_in_the_next_word_is_put_in_quotes(text, marked, corrected):
    language = make_language()
    language.register(operator("when", lambda value, context: dates.on("joined", value, context)))
    with pytest.raises(Mistake) as found:
        language.q(language.parse(text), CONTEXT)
    assert text[found.value.start : found.value.end] == marked
    assert found.value.corrected == corrected


def test_a_query_that_was_read_without_the_language_is_checked_all_the_same():
    with pytest.raises(Mistake, match="did you mean “assignee:”"):
        make_language().q(parse("asignee:lena"), CONTEXT)
    with pytest.raises(Mistake, match="There are: bot, named, anyone"):
        make_language().q(parse("is:purple"), CONTEXT)


def test_a_list_that_has_no_words_says_so():
    language = Language("events")
    language.register(operator("on", example="on:today"))
    with pytest.raises(Mistake) as found:
        language.q(language.parse("on:today party"), CONTEXT)
    assert str(found.value) == "This list is searched by operators only, such as “on:today”."
    assert (found.value.start, found.value.end) == (9, 14)
    with_words = language.q(
        language.parse("party"), CONTEXT, words=lambda term, context: Q(title=term.text)
    )
    assert with_words == Q(title="party")


def test_a_name_is_registered_once():
    language = make_language()
    with pytest.raises(ValueError, match="has an operator named 'tag' already"):
        language.register(operator("tag"))
    Language("events").register(operator("tag"))


@pytest.mark.parametrize("name", ["", "Tag", "a b", "1st", "tag:", "-tag"])
def test_a_name_that_nobody_could_type_is_refused(name):
    with pytest.raises(ValueError, match="can't be the name"):
        Language("events").register(operator(name))


def test_fixed_values_are_lower_case():
    with pytest.raises(ValueError, match="lower case"):
        Language("events").register(operator("is", values={"Open": "Open"}))


def test_help_has_a_row_for_each_operator_in_their_order():
    rows = make_language().help()
    assert [row.name for row in rows] == ["assignee", "tag", "is", "place"]
    kind = rows[2]
    assert (kind.help, kind.example) == ("A kind", "is:bot")
    assert kind.values == (("bot", "Bots"), ("named", "With a name"), ("anyone", "Everybody"))


@pytest.mark.parametrize(
    ("text", "words", "operators", "mixed"),
    [
        ("", None, None, None),
        ("a -b", "a -b", None, None),
        ("is:bot", None, "is:bot", None),
        ('a is:bot "b c" -tag:new', ["a", '"b c"'], ["is:bot", "-tag:new"], None),
        ("(a or -b) (is:bot or tag:new)", "(a or -b)", "(is:bot or tag:new)", None),
        ("(a is:bot) b", ["a", "b"], "is:bot", None),
        ("a or is:bot", None, None, "a or is:bot"),
        ("-(a is:bot) b tag:new", "b", "tag:new", "-(a is:bot)"),
    ],
)
def test_words_are_separated_from_operators(text, words, operators, mixed):
    parts = split(parse(text))
    for query, expected in zip(
        (parts.text, parts.operators, parts.mixed), (words, operators, mixed), strict=True
    ):
        if isinstance(expected, list):
            assert [text[part.start : part.end] for part in query.tree.parts] == expected
        elif expected is None:
            assert query is None
        else:
            assert text[query.tree.start : query.tree.end] == expected
    assert parts.is_mixed == bool(mixed)


@pytest.mark.parametrize("text", ["a tag:new", "-a (tag:new or is:bot) place:Oslo", "is:bot"])
def test_both_halves_of_a_query_find_what_the_whole_does(names, text):
    language = make_language()
    parts = split(language.parse(text))
    rows = Member.objects.all()
    for part in filter(None, (parts.text, parts.operators)):
        rows = rows.filter(language.q(part, CONTEXT))
    assert sorted(row.name for row in rows) == names(text)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    TEXTS
    | st.lists(
        st.sampled_from(["a", "-", "or", "(", ")", "tag:new", "is:bot", "place:'%_\\", '"b c"']),
        max_size=40,
    ).map(" ".join)
)
def test_any_text_finds_rows_or_is_a_mistake(db, text):
    language = make_language()
    try:
        Member.objects.filter(language.q(language.parse(text), CONTEXT)).count()
    except Mistake as mistake:
        check_mistake(text, mistake)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "tuner (crash or freeze) (a (b) c) d) e is:done",
            ("tuner (crash or freeze) (a (b) c) d", ")", " e is:done"),
        ),
        ("a\u202eb", ("a", "\ufffd", "b")),
        (
            "x" * 90 + " asignee:" + "y" * 90 + " z",
            ("…" + "x" * 59 + " ", "asignee:" + "y" * 52 + "…", " z"),
        ),
    ],
)
def test_the_place_of_a_mistake_is_marked(text, expected):
    with pytest.raises(Mistake) as found:
        make_language().parse(text)
    place = marked(found.value, text)
    assert place[:3] == expected
    assert (place.start, place.end) == (found.value.start, found.value.end)


def test_the_place_of_a_mistake_is_counted_as_browsers_do():
    text = "🎹🎹 asignee:me"
    with pytest.raises(Mistake) as found:
        make_language().parse(text)
    place = marked(found.value, text)
    assert (place.start, place.end) == (5, 15)


def test_a_mistake_without_a_place_marks_nothing():
    assert marked(Mistake("It takes too long."), "crash") is None
