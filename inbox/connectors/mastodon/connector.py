"""Mastodon and servers that speak its API: mentions, direct messages, hashtags, replies."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inbox.connectors.base import (
    AuthExpired,
    Capabilities,
    Connector,
    Format,
    Health,
    Misconfigured,
    Outgoing,
    Page,
    Rejected,
    SendState,
    Sent,
    Transient,
    Visibility,
    WebPage,
)
from inbox.connectors.errors import from_status
from inbox.connectors.json_values import Json, record, text
from inbox.connectors.mastodon.authorisation import MastodonAuthorisation
from inbox.connectors.mastodon.client import Client, Gone
from inbox.connectors.mastodon.fetching import Fetching
from inbox.connectors.mastodon.forms import MastodonForm
from inbox.connectors.mastodon.parse import NETWORK, Reader, moment
from inbox.connectors.mastodon.readback import landed, sent_of
from inbox.connectors.mastodon.scopes import scopes_of
from inbox.connectors.mastodon.streams import Stream
from inbox.connectors.mastodon.text import URL_LENGTH, count, to_plain
from inbox.connectors.mastodon.threads import Reading

# From widest to narrowest; the hub's word for each is turned into Mastodon's.
WIDEST_FIRST = ["public", "unlisted", "private", "direct"]
OWN_WORDS: dict[str, str] = {Visibility.FOLLOWERS: "private"}
MAX_LENGTH = 500  # Mastodon's own; other servers say theirs in the instance's configuration


class MastodonConnector(Connector):
    """One account on one server. `config`: instance (an origin), hashtags (names)."""

    kind = "mastodon"
    label = "Mastodon"
    icon = "at-sign"
    blurb: ClassVar[str] = gettext_noop(
        "Mentions, direct messages and hashtags of an account in the fediverse."
    )
    place = "Mastodon"
    authorisation = MastodonAuthorisation()
    capabilities: ClassVar[Capabilities] = Capabilities(
        send=True,
        # Servers keep the key for an hour, compatible ones ignore it: reading back decides.
        idempotency="none",
        max_length=MAX_LENGTH,
        length_unit="grapheme",
        formats=(Format.PLAIN,),
        sees_edits=True,
        sees_deletes=True,
        is_our_place=False,
        new_topics_are_mentions=False,  # hashtags bring posts that are not addressed to us
    )

    def __init__(self, config: Mapping[str, Any], credentials: Mapping[str, Any]) -> None:
        super().__init__(config, credentials)
        self.instance = str(self.config.get("instance", "")).rstrip("/")
        self.hashtags = tuple(str(tag).lower() for tag in self.config.get("hashtags") or ())
        self._opened: Client | None = None
        self._reader: Reader | None = None

    @classmethod
    def form_class(cls) -> type[forms.Form]:
        return MastodonForm

    def network(self) -> str:
        return NETWORK

    def suggested_name(self) -> str:
        return f"Mastodon ({urlsplit(self.instance).netloc})"

    # --- reading

    def pull(self, cursor: dict[str, Any], *, deadline: float) -> Iterator[Page]:
        with self._temporary_where_all_is_gone():
            yield from self._pages(cursor, deadline)

    def fetch(self, ids: Iterable[str]) -> Page:
        with self._temporary_where_all_is_gone():
            reading = Reading(self.client, self.reader(), again=True)
            return Fetching(self.client, reading).page(ids)

    def _pages(self, cursor: dict[str, Any], deadline: float) -> Iterator[Page]:
        since = moment(cursor.get("since")) or datetime.now(UTC)
        states = {name: dict(state) for name, state in (cursor.get("streams") or {}).items()}
        reading = Reading(self.client, self.reader())
        for stream in self._streams(states):
            ended = False
            while not ended:
                batch = stream.next(self.client, since)
                ended = batch.ended
                if not batch.found:
                    continue
                page = reading.page(stream, batch.found, batch.too_old)
                yield replace(page, cursor=_cursor(since, states), has_more=True)
                if time.monotonic() > deadline:
                    return
        yield Page(cursor=_cursor(since, states), rate=self.client.rate())

    @contextmanager
    def _temporary_where_all_is_gone(self) -> Iterator[None]:
        """A proxy with nothing behind it answers everything with 404. A server that was one of
        Mastodon's when it was connected and does not even know us is away, and comes back."""
        try:
            yield
        except Gone as error:
            try:
                self.client.me()
            except Gone:
                raise Transient(
                    _("%(where)s answers every request with 404, as if it were gone. Retrying")
                    % {"where": self.client.where}
                ) from error
            raise

    def check(self) -> Health:
        me = self.client.me()
        account = Reader(self.instance, me).person(me)
        if account is None:
            raise Misconfigured(
                _("%(where)s doesn’t look like a Mastodon server. Is the address right?")
                % {"where": self.client.where}
            )
        may, missing = scopes_of(self.client)
        return Health(
            account=account,
            account_label=_("@%(name)s on %(where)s")
            % {"name": text(me.get("username")), "where": self.client.where},
            may=may,
            missing=missing,
            max_length=longest(self.client.instance()),
        )

    # --- writing

    def prepare(self, outgoing: Outgoing) -> Outgoing:
        if outgoing.prepared:
            return outgoing
        parent = outgoing.reply_ref
        prepared = {
            "status": self.written(outgoing.markdown, parent),
            "in_reply_to_id": text(parent.get("id")),
            "visibility": narrower(outgoing.visibility, text(parent.get("visibility"))),
            "spoiler_text": text(parent.get("spoiler_text")),
        }
        return replace(outgoing, prepared=prepared)

    def send(self, outgoing: Outgoing) -> Sent:
        if outgoing.attachments:
            raise Rejected(_("Attachments can’t be sent from here. Add a link instead."))
        ready = self.prepare(outgoing).prepared
        if not ready["in_reply_to_id"]:
            raise Rejected(_("This message can’t be answered on Mastodon."))
        try:
            posted = self.client.post(
                ready["status"],
                in_reply_to_id=ready["in_reply_to_id"] or None,
                visibility=ready["visibility"],
                spoiler_text=ready["spoiler_text"] or None,
                idempotency_key=str(outgoing.token),
            )
        except WebPage:
            self.reject_where_gone(ready["in_reply_to_id"])
            raise
        if not text(posted.get("id")):
            return Sent(state=SendState.UNKNOWN, raw=posted)
        return sent_of(posted)

    def reject_where_gone(self, status_id: str) -> None:
        """Compatible servers say with a web page that a post is gone, as a proxy says of all there
        is. Raises Rejected where the server is there and the post is not."""
        try:
            with self._temporary_where_all_is_gone():
                self.client.status(status_id)
        except Gone as error:
            raise from_status(404, self.client.where, wrote=True) from error

    def reconcile(self, outgoing: Outgoing) -> Sent | None:
        me = text(self.reader().me.get("id"))
        ready = self.prepare(outgoing).prepared
        return landed(self.client, me, ready, outgoing.created_at)

    def written(self, markdown: str, reply_ref: Mapping[str, Any]) -> str:
        return addressed(to_plain(markdown), reply_ref.get("to") or ())

    def length(self, markdown: str, reply_ref: Mapping[str, Any]) -> int:
        """A content warning, which a reply takes over, counts as well."""
        warning = text(reply_ref.get("spoiler_text"))
        return count(self.written(markdown, reply_ref), URL_LENGTH) + count(warning, URL_LENGTH)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    # --- behind these

    @property
    def client(self) -> Client:
        if self._opened is None:
            token = str(self.credentials.get("access_token", ""))
            if not token.isascii() or not token.isprintable() or not token:
                raise AuthExpired(_("The access token is missing or damaged. Reconnect Mastodon."))
            self._opened = Client(self.instance, token)
        return self._opened

    def reader(self) -> Reader:
        """Who we are is asked once a run: it needs the credentials, so it tests them too."""
        if self._reader is None:
            self._reader = Reader(self.instance, self.client.me(), self.hashtags)
        return self._reader

    def _streams(self, states: dict[str, dict[str, str]]) -> list[Stream]:
        client, me = self.client, text(self.reader().me.get("id"))

        def state(name: str) -> dict[str, str]:
            return states.setdefault(name, {})

        def status(entry: Any) -> Any:
            return record(entry).get("status")

        def last_status(entry: Any) -> Any:
            return record(entry).get("last_status")

        return [
            Stream("mentions", client.mentions, status, state("mentions"), by_status=False),
            Stream("direct", client.conversations, last_status, state("direct"), optional=True),
            Stream(
                "own",
                lambda **where: client.own_statuses(me, **where),
                lambda entry: entry,
                state("own"),
                optional=True,
            ),
            *(
                Stream(
                    f"#{tag}",
                    lambda tag=tag, **where: client.hashtag(tag, **where),
                    lambda entry: entry,
                    state(f"#{tag}"),
                    optional=True,
                    overlap=True,
                )
                for tag in self.hashtags
            ),
        ]


def addressed(words: str, to: Iterable[str]) -> str:
    """The text with everybody in `to` mentioned: who is not yet comes first."""
    said = {word.strip(".,:;!?()").casefold() for word in words.split()}
    absent = [f"@{acct}" for acct in to if f"@{acct}".casefold() not in said]
    return " ".join([*absent, words]) if absent else words


def narrower(wanted: str, parent: str) -> str:
    """Mastodon's word for who may see a reply: as wanted, but never wider than the parent."""
    words = [OWN_WORDS.get(word, word) for word in (wanted, parent)]
    known = [
        WIDEST_FIRST.index(word) if word in WIDEST_FIRST else WIDEST_FIRST.index("direct")
        for word in words
    ]
    return WIDEST_FIRST[max(known[0], known[1] if parent else 0)]


def longest(instance: Json) -> int:
    """How long a post may be there: the configuration says it, compatible servers elsewhere."""
    statuses = record(record(instance.get("configuration")).get("statuses"))
    for length in (statuses.get("max_characters"), instance.get("max_toot_chars")):
        if isinstance(length, int) and length > 0:
            return length
    return MAX_LENGTH


def _cursor(since: datetime, states: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "since": since.isoformat(),
        "streams": {name: dict(state) for name, state in states.items()},
    }
