"""A feed as a source: articles, or the comments and posts below them; nothing can be sent back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from community_hub.lib.placeholder_names import is_placeholder
from inbox.connectors.base import (
    Capabilities,
    Connector,
    Format,
    Health,
    Incoming,
    Misconfigured,
    Outgoing,
    Page,
    Person,
    Rejected,
    Sent,
    Transient,
    WebPage,
    content_version,
)
from inbox.connectors.feed.client import FeedClient, Fetched
from inbox.connectors.feed.document import Author, Document, Entry, NotAFeed, Unreadable
from inbox.connectors.feed.entries import (
    attachment,
    body_of,
    gap_of,
    in_time,
    newest,
    plain_values,
    problems_of,
)
from inbox.connectors.feed.forms import FeedForm
from inbox.connectors.feed.keys import keys_of
from inbox.connectors.feed.limits import TooMuch
from inbox.connectors.feed.parse import parse_document
from inbox.connectors.feed.threads import Thread, Threads
from inbox.connectors.ignored import Ignored
from inbox.connectors.tally import Tally

REMEMBERED = 300  # entries that left the feed and may come back


class FeedConnector(Connector):
    """RSS, Atom or JSON Feed at one address."""

    kind: ClassVar[str] = "feed"
    label: ClassVar[str] = gettext_noop("Feed")
    connects: ClassVar[str] = gettext_noop("a feed")
    icon: ClassVar[str] = "rss"
    blurb: ClassVar[str] = gettext_noop("A blog, a news site, comments: RSS, Atom or JSON Feed.")
    place: ClassVar[str] = gettext_noop("the site")
    capabilities: ClassVar[Capabilities] = Capabilities(
        formats=(),
        sees_edits=True,
        min_poll_interval=300,
        rereads_a_minute=0,  # a pull reads the whole feed
        is_our_place=False,
        new_topics_are_mentions=False,
        has_accounts=False,
    )

    def __init__(self, config: Mapping[str, Any], credentials: Mapping[str, Any]) -> None:
        super().__init__(config, credentials)
        self.url = str(config["url"])

    @classmethod
    def form_class(cls) -> type[forms.Form]:
        return FeedForm

    def network(self) -> str:
        return f"feed:{urlsplit(self.url).netloc.lower()}"

    def suggested_name(self) -> str:
        return urlsplit(self.url).netloc or self.label

    @cached_property
    def client(self) -> FeedClient:
        return FeedClient(self.url)

    def pull(self, cursor: dict[str, Any], *, deadline: float) -> Iterator[Page]:
        """One page: a feed is one document. Entries that have not changed are left out."""
        fetched = self.client.fetch(
            etag=cursor.get("etag", ""), modified=cursor.get("modified", "")
        )
        if fetched.content is None:
            yield Page(cursor=dict(cursor), fetched=0)
            return
        document = self.document(fetched)
        seen: dict[str, list[str]] = cursor.get("seen", {})
        keys = keys_of(document.entries, seen)
        threads = Threads(document, keys)
        tally = Tally()
        now, since = datetime.now(UTC), datetime.fromisoformat(cursor["since"])
        remembered: dict[str, list[str]] = {}
        for key, entry in zip(keys, document.entries, strict=True):
            if key in remembered:
                tally.ignore(Ignored.TWICE)
                continue
            first_seen = seen[key][2] if key in seen else now.isoformat()
            remembered[key] = [entry.mark, entry.version, first_seen]
            item = self.incoming(
                key, entry, threads.of(key, entry), datetime.fromisoformat(first_seen)
            )
            if key in seen and seen[key][1] == entry.version:
                tally.ignore(Ignored.UNCHANGED)
            elif item.created_at < since:
                tally.ignore(Ignored.TOO_OLD)
            elif key in seen:  # changed, and few feeds say when
                tally.items.append(replace(item, edited_at=item.edited_at or now))
            else:
                tally.items.append(item)
        tally.ignore(Ignored.TOO_MANY, document.left_out)
        problems = problems_of(document)
        mark = content_version(document.broken, [message for message, _raw in document.bad])
        if problems and cursor.get("broken") == mark:
            tally.ignore(Ignored.REPORTED, len(problems))
        else:
            tally.problems += problems
        others = [item for item in seen.items() if item[0] not in remembered]
        yield tally.page(
            cursor={
                "since": cursor["since"],
                "etag": fetched.etag,
                "modified": fetched.modified,
                "seen": remembered | dict(others[:REMEMBERED]),
                "newest": newest(document) or cursor.get("newest", ""),
                "broken": mark,
            },
            gap=gap_of(document, keys, cursor),
        )

    def fetch(self, ids: Iterable[str]) -> Page:
        """Those still in the feed. One that is not there any more has only rolled out of it."""
        wanted = set(ids)
        document = self.document(self.client.fetch())
        keys = keys_of(document.entries, {})
        threads = Threads(document, keys)
        items = [
            self.incoming(key, entry, threads.of(key, entry), datetime.now(UTC))
            for key, entry in zip(keys, document.entries, strict=True)
            if key in wanted
        ]
        return Page(items=items)

    def check(self) -> Health:
        document = self.document(self.client.fetch())
        warnings = []
        if document.broken or document.bad:
            warnings.append(_("Part of the feed is invalid. What could be read was imported."))
        if document.left_out:
            sentence = _("The feed is long: only the newest %(read)s of %(all)s entries are read.")
            read_count = len(document.entries) + len(document.bad)
            values = {"read": read_count, "all": read_count + document.left_out}
            warnings.append(sentence % values)
        if not document.entries:
            warnings.append(_("The feed is empty right now."))
        host = urlsplit(self.url).netloc
        return Health(
            account_label=f"{document.title} ({host})" if document.title else host,
            may=(_("read its entries"),),
            warnings=tuple(warnings),
        )

    def send(self, outgoing: Outgoing) -> Sent:
        raise Rejected(_("Feeds are read-only. Reply on the site itself."))

    def reconcile(self, outgoing: Outgoing) -> Sent | None:
        return None  # nothing is ever sent

    def close(self) -> None:
        if "client" in self.__dict__:
            self.client.close()

    def document(self, fetched: Fetched) -> Document:
        where = self.client.where
        try:
            return parse_document(fetched.content or b"", fetched.url, fetched.content_type)
        except Unreadable as error:
            sentence = _("The feed at %(where)s is invalid and can’t be read.")
            raise Transient(sentence % {"where": where}) from error
        except TooMuch as error:
            sentence = _("%(where)s sent more data than the hub accepts. Is the address right?")
            raise Misconfigured(sentence % {"where": where}) from error
        except NotAFeed as error:
            kind = WebPage if error.is_page else Misconfigured
            if error.feeds:
                sentence = _("%(where)s is a web page. Enter the address of its feed: %(feed)s")
            elif error.is_page:
                sentence = _("%(where)s shows a web page, not a feed. Is the address right?")
            else:
                sentence = _("%(where)s is not a feed. Is the address right?")
            feed = error.feeds[0] if error.feeds else ""
            raise kind(sentence % {"where": where, "feed": feed}) from error

    def incoming(self, key: str, entry: Entry, thread: Thread, first_seen: datetime) -> Incoming:
        published = in_time(entry.published, first_seen)
        updated = in_time(entry.updated, None)
        named = [author for author in entry.authors if not is_placeholder(author.name)]
        return Incoming(
            external_id=key,
            version=entry.version,
            thread_id=thread.id,
            thread_title=thread.title,
            thread_permalink=thread.permalink,
            parent_id=thread.parent_id,
            author=self.person(named[0]) if named else None,
            body=body_of(entry, [author.name for author in named]),
            body_format=entry.body_format if entry.body else Format.PLAIN,
            language=entry.language,
            attachments=tuple(attachment(part) for part in entry.enclosures),
            permalink=entry.link,
            created_at=published or first_seen,
            edited_at=updated if updated and published and updated > published else None,
            is_root=thread.is_root,
            can_reply=False,
            reply_blocked_reason=_("Feeds are read-only. Reply on the site itself."),
            raw=plain_values(entry),
        )

    def person(self, author: Author) -> Person:
        """Anybody may sign with any name, so a name is one person within this feed alone."""
        return Person(
            external_id=content_version(self.url, author.name, author.uri),
            network=self.network(),
            display_name=author.name,
            profile_url=author.uri,
            avatar_url=author.avatar,
        )
