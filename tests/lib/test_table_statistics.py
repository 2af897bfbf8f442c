"""Statistics of tables are made where they are missing, before many rows are joined."""

import pytest
from django.db import connection

from community_hub.lib import table_statistics
from members import derived
from tests.make import make_line, make_member


@pytest.fixture
def never_analysed(db, monkeypatch):
    """The lines of the log, as after an import into a new database."""
    monkeypatch.setattr(table_statistics, "LEAST", 1)
    with connection.cursor() as cursor:
        cursor.execute("truncate members_activity cascade")
    make_line(make_member("Ines"), "Hello")


def rows_known() -> float:
    with connection.cursor() as cursor:
        cursor.execute("select reltuples from pg_class where relname = 'members_activity'")
        return cursor.fetchone()[0]


def test_a_table_that_was_never_looked_at_is_analysed_once(never_analysed) -> None:
    assert rows_known() == -1
    assert "members_activity" in table_statistics.analyse_what_grew()
    assert rows_known() == 1
    assert "members_activity" not in table_statistics.analyse_what_grew()


def test_small_tables_are_left_alone(never_analysed, monkeypatch) -> None:
    monkeypatch.setattr(table_statistics, "LEAST", 10_000_000_000)
    assert table_statistics.analyse_what_grew() == []


def test_bonds_of_many_are_worked_out_with_statistics(never_analysed, monkeypatch) -> None:
    derived.update()
    assert rows_known() == -1  # one member: any plan will do
    monkeypatch.setattr(derived, "BATCH", 0)
    monkeypatch.setattr(derived, "_batches", lambda members: iter([members]))
    make_line(make_member("Ada"), "Hello")
    derived.update()
    assert rows_known() == 2
