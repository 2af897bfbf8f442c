"""How long a statement of a search may take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from community_hub.lib.query import Mistake

TIMEOUT_MS = 4_000  # of each statement of a search

# The limit that holds, and from now on the lower of it and another; 0 is none.
_LIMIT = """
select set_config('statement_timeout', least(nullif(ms, 0), %s)::text, true)
from (select current_setting('statement_timeout') as usual) now,
    lateral (select (extract(epoch from usual::interval) * 1000)::int as ms) given
"""


class TooLong(Mistake):
    """The database gave up: what is asked for must be narrower."""

    def __init__(self) -> None:
        super().__init__(_("This search takes too long. Add a word, or source:, from: or after:."))


@contextmanager
def limited(ms: int = 0) -> Iterator[None]:
    """No statement takes longer than `ms`, else TIMEOUT_MS, or than whoever asks allows it. Within
    a transaction nothing may be written: all of it is taken back."""
    inside = _within if connection.in_atomic_block else _in_its_own
    try:
        with inside(ms or TIMEOUT_MS):
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooLong from error
        raise


@contextmanager
def _in_its_own(ms: int) -> Iterator[None]:
    """The limit ends with the transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LIMIT, [ms])
        yield


@contextmanager
def _within(ms: int) -> Iterator[None]:
    """A savepoint with its limit, and back to both, in one statement each."""
    with connection.cursor() as cursor:
        cursor.execute(f"savepoint limited; {_LIMIT}", [ms])
        try:
            yield
        finally:
            cursor.execute("rollback to savepoint limited; release savepoint limited")
