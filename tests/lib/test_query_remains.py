"""Of a query that was right once, what can still be looked for is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db.models import Q
from hypothesis import given, settings

from community_hub.lib.query import (
    Context,
    Language,
    Mistake,
    OperatorDefinition,
    parse,
    what_holds,
)
from tests.lib.query_texts import TEXTS

CONTEXT = Context(user=None, now=datetime(2026, 11, 29, tzinfo=UTC), timezone=UTC)


def tagged(value: str, context: Context) -> Q:
    if value.startswith("gone"):
        raise Mistake(f"There’s no tag “{value}”.")
    return Q(name=value)


LANGUAGE = Language("rows", words=lambda term, context: Q(name__icontains=term.text))
LANGUAGE.register(
    OperatorDefinition(name="tag", help="", example="tag:a", build=tagged, refers_to="tag"),
    OperatorDefinition(
        name="is",
        help="",
        example="is:open",
        build=lambda value, context: Q(state=value),
        values={"open": "Open"},
    ),
)


@pytest.mark.parametrize(
    ("text", "left", "told"),
    [
        ("tag:a is:open", "tag:a is:open", 0),
        ("tag:gone is:open", "is:open", 1),
        ('-tag:"gone too" is:open', "is:open", 1),
        ("tag:gone or tag:a is:open", "tag:a is:open", 1),
        ("tag:a or tag:gone", "tag:a", 1),
        ("tag:a or tag:gone or tag:b", "tag:a or tag:b", 1),
        ("is:open -(tag:gone or tag:gone2)", "is:open", 2),
        ("is:open (tag:gone tag:a)", "is:open (tag:a)", 1),
        ("-(tag:a tag:gone) crash", "-(tag:a) crash", 1),
        ("is:open ((tag:gone)) crash", "is:open crash", 1),
        ("is:shut nosuch:thing tag:a", "tag:a", 2),
        ("tag:gone", "", 1),
        ("tag:gone -tag:gone3", "", 2),
        ("", "", 0),
    ],
)
def test_the_rest_is_kept_and_each_loss_is_told(text, left, told):
    remains = what_holds(LANGUAGE, text, CONTEXT)
    assert (remains.text, len(remains.mistakes)) == (left, told)
    LANGUAGE.q(LANGUAGE.parse(remains.text), CONTEXT)


def test_each_loss_is_told_in_its_own_words():
    said = [it.sentence for it in what_holds(LANGUAGE, "tag:gone tag:gone2", CONTEXT).mistakes]
    assert said == ["There’s no tag “gone”.", "There’s no tag “gone2”."]


@given(TEXTS)
@settings(max_examples=300)
def test_what_is_left_can_always_be_read(text):
    parse(what_holds(LANGUAGE, text, CONTEXT).text)


def test_work_is_bounded_where_nothing_but_brackets_is_left():
    nested = "(" * 9 + "tag:gone" + ")" * 9
    text = " ".join([nested] * 60)
    assert len(text) < 2000
    assert what_holds(LANGUAGE, text, CONTEXT).text == ""


def test_a_language_knows_which_operators_name_a_tag():
    assert LANGUAGE.referring_to("tag") == ["tag"]
    assert LANGUAGE.referring_to("user") == []
