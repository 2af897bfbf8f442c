"""How far each list was read: backwards once for the backfill, then upwards by `min_id`.

Never by `since_id`: that gives the newest page and skips what lies between. A state is plain JSON
and lives in the source's cursor; a page's state is safe to go on from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from inbox.connectors.json_values import Json, record, text
from inbox.connectors.mastodon.client import Client, Gone
from inbox.connectors.mastodon.parse import moment, snowflake, snowflake_time

# A post from another server gets the id of the time it was written, not of the time it arrived:
# one that was late slips in below what was read. Hashtags are read again this far back.
LATE = timedelta(minutes=15)


@dataclass
class Batch:
    """What one request brought: statuses that count, how many were too old, and whether more."""

    found: list[Any] = field(default_factory=list)
    too_old: int = 0
    ended: bool = False


@dataclass
class Stream:
    """One list of the API. `ask` takes min_id or max_id; `state` is changed by `next`."""

    name: str
    ask: Callable[..., list[Any]]
    status_of: Callable[[Any], Any]  # the status within an entry of the list
    state: dict[str, str]
    by_status: bool = True  # the list is ordered by status ids
    optional: bool = False  # a server may not have it
    overlap: bool = False

    def next(self, client: Client, since: datetime) -> Batch:
        """One request further. Raises ConnectorError; the state then stays as it was."""
        try:
            if "min" in self.state:
                return self._up(client)
            return self._down(client, since)
        except Gone:
            if not self.optional:
                raise
            return Batch(ended=True)

    def _down(self, client: Client, since: datetime) -> Batch:
        """Backwards from the newest, down to `since`. Works with every kind of id, and what is
        posted meanwhile lies above `top`, where the way up begins."""
        here = self.state.get("max", "")
        entries = self.ask(**({"max_id": here} if here else {}))
        reached = (client.link("next", "max_id") or self._lowest(entries)) if entries else ""
        if not here and entries:
            self.state["top"] = client.link("prev", "min_id") or self._highest(entries)
        if here and reached == here:
            entries = []  # a server that ignores max_id repeats what it gave
        recent = [entry for entry in entries if self._is_recent(entry, since)]
        over = not entries or not reached or not self._is_recent(entries[-1], since)
        if over and "top" in self.state:
            top = self.state["top"]
            self.state.clear()
            self.state["min"] = top
        elif not over:
            self.state["max"] = reached
        return Batch(recent, too_old=len(entries) - len(recent), ended=over)

    def _up(self, client: Client) -> Batch:
        here = self.state.get("at") or self._start()
        entries = self.ask(min_id=here)
        reached = (client.link("prev", "min_id") or self._highest(entries)) if entries else ""
        if not reached or reached == here:
            self.state.pop("at", None)
            return Batch(ended=True)  # nothing above `here`, whatever the server repeats
        self.state["min"] = max(self.state["min"], reached, key=order)
        if self.overlap:
            self.state["at"] = reached
        return Batch(entries)

    def _start(self) -> str:
        written = snowflake_time(self.state["min"]) if self.overlap else None
        return snowflake(written - LATE) if written else self.state["min"]

    def _id(self, entry: Any) -> str:
        return text(record(self.status_of(entry) if self.by_status else entry).get("id"))

    def _highest(self, entries: list[Any]) -> str:
        return max((self._id(entry) for entry in entries), key=order, default="")

    def _lowest(self, entries: list[Any]) -> str:
        return min((found for e in entries if (found := self._id(e))), key=order, default="")

    def _is_recent(self, entry: Any, since: datetime) -> bool:
        """By the entry's own time: a post may be older than the notification that brings it. A
        time that can't be read counts as recent: better twice than never."""
        status: Json = record(self.status_of(entry))
        written = moment(record(entry).get("created_at")) or moment(status.get("created_at"))
        return written is None or written >= since


def order(identifier: str) -> tuple[int, str]:
    """Numbers by size, other ids (ULIDs and the like) by their letters."""
    return len(identifier) if identifier.isdigit() else 0, identifier
