"""Cells of a CSV file: text stays text, whatever a spreadsheet program would make of it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_hub.lib import spreadsheet


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@ada", "'@ada"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ('"=1', "'\"=1"),
        ("'=1", "''=1"),
        ("Ada;=1", "Ada;'=1"),
        ("Ada\r\n@x", "Ada\r'\n'@x"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("a-b, -c", "a-b, -c"),
        ("O'Hara", "O'Hara"),
        ("", ""),
    ],
)
def test_what_could_be_a_formula_has_an_apostrophe_in_front(text, written):
    assert spreadsheet.cell(text) == written


def test_a_moment_is_iso_in_its_timezone_and_a_number_stays_one():
    at = datetime(2026, 3, 1, 12, 0, 5, 99, tzinfo=timezone(timedelta(hours=-5)))
    assert spreadsheet.cell(at) == "2026-03-01T12:00:05-05:00"
    assert spreadsheet.cell(at.astimezone(UTC)) == "2026-03-01T17:00:05+00:00"
    assert (spreadsheet.cell(-3), spreadsheet.cell(None)) == ("-3", "")


@given(
    st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=4)
)
def test_a_line_is_read_as_the_same_cells_and_none_begins_a_formula(values):
    text = spreadsheet.line(values).decode()
    assert text.endswith("\r\n")
    (row,) = csv.reader(io.StringIO(text, newline=""))
    assert row == [spreadsheet.cell(value) for value in values]
    for found, value in zip(row, values, strict=True):
        assert found.replace("'", "") == value.replace("'", "")
        assert not found.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
