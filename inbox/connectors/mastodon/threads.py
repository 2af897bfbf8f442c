"""From lists of statuses to a page: each thread's root found, each post given once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from inbox.connectors.base import Incoming, Page
from inbox.connectors.ignored import Ignored
from inbox.connectors.json_values import Json, records, text
from inbox.connectors.mastodon.client import Client, Gone
from inbox.connectors.mastodon.parse import Reader, problem
from inbox.connectors.mastodon.streams import Stream
from inbox.connectors.tally import Tally

MOST_CONTEXT = 60  # posts above and below a mention that are read with it


@dataclass
class Reading:
    """Statuses of one run, with the threads around them: the posts above and below a mention are
    given too, so that a thread reads whole. Asks for each thread once.

    `again`: statuses that were read before. Whoever asked may have been answered since by somebody
    who names them alone, and no list tells of that.
    """

    client: Client
    reader: Reader
    again: bool = False
    roots: dict[str, str] = field(default_factory=dict)  # status id -> its topmost ancestor
    known: dict[tuple[str, str], str] = field(default_factory=dict)  # (id, version) -> reason given
    tally: Tally = field(default_factory=Tally)

    def page(self, stream: Stream, entries: list[Any], too_old: int) -> Page:
        """A page of one stream's entries; parents come before their children."""
        self.tally = Tally()
        self.tally.ignore(Ignored.TOO_OLD, too_old)
        for entry in reversed(entries):  # the API gives the newest first
            if not isinstance(entry, dict):
                self.tally.problems.append(problem(entry, _("This entry could not be read.")))
                continue
            status = stream.status_of(entry)
            if stream.name == "mentions" and entry.get("type", "mention") != "mention":
                self.tally.ignore(Ignored.NOT_A_MENTION)
            elif status is None:
                self.tally.ignore(Ignored.GONE)
            else:
                self.read(status, mentioned=stream.name == "mentions")
        return self.take()

    def read(self, status: Any, *, mentioned: bool = False) -> None:
        """One status and, the first time, the thread that it stands in."""
        if isinstance(status, dict) and self._has_thread(status, mentioned):
            self._thread(status)
        self._add(status, mentioned=mentioned)

    def has(self, status_id: str) -> bool:
        return any(status_id == known for known, _version in self.known)

    def take(self) -> Page:
        return self.tally.page(rate=self.client.rate())

    def gone(self, status_id: str) -> None:
        """A post that was there once and is not any more."""
        self.tally.items.append(Incoming.gone(status_id))

    def _has_thread(self, status: Json, mentioned: bool) -> bool:
        """An opening post that asks us may have answers; followers-only ones are not in its count,
        so that what is read again is asked for whatever the count says."""
        if status.get("in_reply_to_id") or self.again:
            return True
        return mentioned and status.get("replies_count") != 0

    def _thread(self, status: Json) -> None:
        status_id, parent = text(status.get("id")), text(status.get("in_reply_to_id"))
        if parent in self.roots:
            self.roots[status_id] = self.roots[parent]
        if not status_id or status_id in self.roots:
            return
        try:
            context = self.client.context(status_id)
        except Gone:
            context = {}
        above, below = records(context.get("ancestors")), records(context.get("descendants"))
        root = text(above[0].get("id")) if above else status_id
        for each in (*above, status, *below):
            self.roots[text(each.get("id"))] = root
        if self.again:
            below = sorted(below, key=_written)[-MOST_CONTEXT:]
        for each in (*above[:1], *above[1:][-MOST_CONTEXT:], *below[:MOST_CONTEXT]):
            self._add(each, quietly=True)

    def _add(self, status: Any, *, mentioned: bool = False, quietly: bool = False) -> None:
        if isinstance(status, dict) and isinstance(status.get("reblog"), dict):
            self.tally.ignore(Ignored.BOOST)
            return
        try:
            root = self.roots.setdefault(text(status["id"]), text(status["id"]))
            item = self.reader.incoming(status, thread_id=root, mentioned=mentioned)
        except (ValueError, TypeError, KeyError) as error:
            reason = _("This post could not be read: %(error)s") % {"error": error}
            self.tally.problems.append(problem(status, reason))
            return
        name = item.external_id, item.version
        if name in self.known and (self.known[name] or not item.mention_reason):
            if not quietly:
                self.tally.ignore(Ignored.TWICE)
            return
        self.known[name] = item.mention_reason
        self.tally.items.append(item)


def _written(status: Json) -> str:
    return text(status.get("created_at"))
