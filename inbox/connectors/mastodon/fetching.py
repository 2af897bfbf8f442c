"""Statuses read again by their ids, as they are now, with what was answered below them since.

They are mostly of one thread: the oldest and its context bring the others, and few requests are
left to make.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from inbox.connectors.base import (
    ConnectorError,
    Forbidden,
    Misconfigured,
    Page,
    Transient,
    WebPage,
)
from inbox.connectors.json_values import Json, records, text
from inbox.connectors.mastodon.client import Client, Gone
from inbox.connectors.mastodon.streams import order
from inbox.connectors.mastodon.threads import Reading

BATCH = 20  # ids that /api/v1/statuses takes at once


@dataclass
class Fetching:
    """One fetch. `gone`: ids that were answered with 404, not yet told as deleted."""

    client: Client
    reading: Reading
    gone: list[str] = field(default_factory=list)

    def page(self, ids: Iterable[str]) -> Page:
        """What a request meets once something was read only ends the page early."""
        wanted = sorted(set(ids), key=order)
        stopped_by = None
        try:
            self._read(wanted[:1], {})
            left = [each for each in wanted[1:] if not self.reading.has(each)]
            for start in range(0, len(left), BATCH):
                batch = left[start : start + BATCH]
                self._read(batch, self._several(batch))
            self._tell_deletions()
        except ConnectorError as error:
            stopped_by = error
        page = self.reading.take()
        if stopped_by and not page.fetched:
            raise stopped_by
        return replace(page, stopped_by=stopped_by)

    def _read(self, ids: list[str], found: dict[str, Json]) -> None:
        for status_id in ids:
            if self.reading.has(status_id):
                continue
            try:
                status = found.get(status_id) or self.client.status(status_id)
            except Gone:
                self.gone.append(status_id)
            else:
                self.reading.read(status)

    def _tell_deletions(self) -> None:
        """A proxy with nothing behind it answers everything with 404. A server that still knows us
        means it."""
        if self.gone and self.client.me().get("id") != self.reading.reader.me.get("id"):
            raise Transient(
                _("The response from %(where)s was unreadable. Retrying.")
                % {"where": self.client.where}
            )
        for status_id in self.gone:
            self.reading.gone(status_id)

    def _several(self, ids: list[str]) -> dict[str, Json]:
        """By id; empty where the server can't be asked for several, as before Mastodon 4.3."""
        if len(ids) < 2:
            return {}
        try:
            return {text(status.get("id")): status for status in records(self.client.statuses(ids))}
        except (Misconfigured, Forbidden, WebPage):
            return {}
