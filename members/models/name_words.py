"""The words of a name, which an index keeps: each is found by its beginning, without accents."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, TextField
from django.db.models.expressions import Combinable


class WordsVector(Func):
    """In the configuration for words of no language; an index needs the form with two arguments."""

    function = "to_tsvector"
    template = "to_tsvector('pg_catalog.simple'::regconfig, hub_search_text(%(expressions)s))"
    output_field = SearchVectorField()


class Joined(Func):
    """Of columns that are never null. `concat()` would not be immutable."""

    arg_joiner = " || ' ' || "
    template = "(%(expressions)s)"
    output_field = TextField()


def name_words() -> Combinable:
    """Of a member."""
    return WordsVector(F("name"))


def account_words() -> Combinable:
    """Of an account: its handle and what it is called."""
    return WordsVector(Joined(F("handle"), F("display_name")))
