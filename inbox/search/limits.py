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
select usual, set_config('statement_timeout', least(nullif(ms, 0), %s)::text, true)
from (select current_setting('statement_timeout') as usual) now,
    lateral (select (extract(epoch from usual::interval) * 1000)::int as ms) given
"""


class TooLong(Mistake):
    """The database gave up: what is asked for must be narrower."""

    def __init__(self) -> None:
        super().__init__(_("This search takes too long. Add a word, or source:, from: or after:."))


@contextmanager
def limited(ms: int = 0) -> Iterator[None]:
    """No statement takes longer than `ms`, else TIMEOUT_MS, or than whoever asks allows it."""
    outer = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LIMIT, [ms or TIMEOUT_MS])
            usual, _now = cursor.fetchone()
            yield
            if outer:  # else it ends with the transaction
                cursor.execute("select set_config('statement_timeout', %s, true)", [usual])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooLong from error
        raise
