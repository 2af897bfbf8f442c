"""Why something was left out is stored as a code and shown in words."""

from datetime import date

from django.utils import translation

from inbox.connectors.ignored import Ignored
from inbox.models import SourceDay
from inbox.pages.source_status import Totals


def test_codes_are_shown_in_words_together_with_what_older_versions_stored():
    days = [
        SourceDay(day=date(2026, 11, 1), ignored_why={"not changed": 2, "a system post": 1}),
        SourceDay(day=date(2026, 11, 2), ignored_why={str(Ignored.UNCHANGED): 3}),
    ]
    assert Totals.of(days).why == [("not changed", 5), ("a system post", 1)]


def test_what_is_stored_does_not_depend_on_the_language():
    with translation.override("de"):
        assert str(Ignored.TOO_OLD) == "too-old"
