"""From Mastodon's JSON to the hub's values. No requests, no state but the account that reads.

Old and compatible servers leave fields out or send null: only the id and the time of a status are
required. https://docs.joinmastodon.org/entities/Status/
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from dateutil.parser import isoparse

from inbox.connectors.base import (
    Attachment,
    Format,
    Incoming,
    Person,
    Problem,
    Visibility,
    content_version,
)
from inbox.connectors.json_values import Json, record, records, text
from inbox.connectors.mastodon.text import strip_tags

NETWORK = "mastodon"
KINDS = {"image": "image", "video": "video", "gifv": "video", "audio": "audio"}
VISIBILITIES = {
    "public": Visibility.PUBLIC,
    "local": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "private": Visibility.FOLLOWERS,
    "direct": Visibility.DIRECT,
}
SNOWFLAKE_BITS = 16
SNOWFLAKE_MIN = 10**16  # ids below it come from a counter, or from another kind of server


def snowflake(moment: datetime) -> str:
    """The smallest status id of that moment: milliseconds since 1970, shifted by 16 bits.

    Mastodon's timestamp_id: https://github.com/mastodon/mastodon/blob/main/lib/mastodon/snowflake.rb
    """
    return str(int(moment.timestamp() * 1000) << SNOWFLAKE_BITS)


def snowflake_time(status_id: str) -> datetime | None:
    """When a status id was made, or None where ids are not of that kind."""
    if not status_id.isascii() or not status_id.isdigit() or int(status_id) < SNOWFLAKE_MIN:
        return None
    milliseconds = int(status_id) >> SNOWFLAKE_BITS
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def moment(value: Any) -> datetime | None:
    """A time as the API writes it; None where there is none that can be read."""
    try:
        found = isoparse(str(value))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


@dataclass
class Reader:
    """Reads statuses for one account. `me` is its verify_credentials; `tags` are lower case."""

    instance: str
    me: Json
    tags: tuple[str, ...] = ()
    uris: dict[str, str] = field(default_factory=dict)  # account id -> its actor URI

    def __post_init__(self) -> None:
        self._learn(self.me)

    def incoming(self, status: Json, *, thread_id: str = "", mentioned: bool = False) -> Incoming:
        """One status. `mentioned`: it came as a notification of a mention. Raises ValueError."""
        status_id, created_at = text(status.get("id")), moment(status.get("created_at"))
        if not status_id:
            raise ValueError("A post without an id.")
        created_at = created_at or snowflake_time(status_id)
        if created_at is None:
            raise ValueError("A post without a time.")
        account = record(status.get("account"))
        self._learn(account)
        own = bool(account) and text(account.get("id")) == text(self.me.get("id"))
        visibility = VISIBILITIES.get(
            text(status.get("visibility")) or "public", Visibility.PRIVATE
        )
        tag = self._tag(status)
        return Incoming(
            external_id=status_id,
            thread_id=thread_id or status_id,
            created_at=created_at,
            author=self.person(account),
            version=version_of(status),
            parent_id=text(status.get("in_reply_to_id")),
            channel_id=f"#{tag}" if tag else "",
            channel_name=f"#{tag}" if tag else "",
            channel_url=f"{self.instance}/tags/{tag}" if tag else "",
            mention_reason="" if own else self._reason(status, visibility, mentioned),
            mentions=tuple(self._mentions(status)),
            body=text(status.get("content")) + _poll(status),
            body_format=Format.HTML,
            language=text(status.get("language")),
            content_warning=text(status.get("spoiler_text")),
            attachments=tuple(_attachments(status)),
            permalink=web(status.get("url")) or web(status.get("uri")),
            visibility=visibility,
            edited_at=moment(status.get("edited_at")),
            is_own=own,
            is_root=not status.get("in_reply_to_id"),
            reply_ref=self._reply_ref(status, account, own, visibility),
            raw=status,
        )

    def person(self, account: Json) -> Person | None:
        """The account; None where the server no longer says who it was."""
        external_id = self._identity(account)
        if not external_id:
            return None
        return Person(
            external_id=external_id,
            network=NETWORK,
            handle=self.handle(account),
            display_name=text(account.get("display_name")),
            profile_url=web(account.get("url")) or web(account.get("uri")),
            avatar_url=web(account.get("avatar")),
            bio=strip_tags(text(account.get("note"))),
            is_bot=account.get("bot") is True,
            is_us=text(account.get("id")) == text(self.me.get("id")),
            links=tuple(_links(account)),
        )

    def handle(self, account: Json) -> str:
        """user@server, also for the accounts of our own server, which the API names shortly."""
        acct = text(account.get("acct")) or text(account.get("username"))
        if not acct or "@" in acct:
            return acct
        home = web(account.get("url")) or web(account.get("uri")) or self.instance
        return f"{acct}@{urlsplit(home).netloc}"

    def _identity(self, account: Json) -> str:
        return web(account.get("uri")) or web(account.get("url"))

    def _learn(self, account: Json) -> None:
        if identity := self._identity(account):
            self.uris[text(account.get("id"))] = identity

    def _mentions(self, status: Json) -> Iterator[Person]:
        """Mentions carry a page address but no actor URI, so only accounts whose URI is known by
        now are named: one identity under two ids would be two members."""
        for mention in records(status.get("mentions")):
            known = self.uris.get(text(mention.get("id")))
            if known is None and not web(self.me.get("uri")):
                known = web(mention.get("url"))  # a server that knows no URIs at all
            if known:
                yield Person(
                    external_id=known,
                    network=NETWORK,
                    handle=self.handle(mention),
                    profile_url=web(mention.get("url")),
                    is_us=text(mention.get("id")) == text(self.me.get("id")),
                )

    def _reason(self, status: Json, visibility: str, mentioned: bool) -> str:
        ours = text(self.me.get("id"))
        named = any(text(each.get("id")) == ours for each in records(status.get("mentions")))
        if not (mentioned or named or visibility == Visibility.DIRECT):
            return ""
        return "direct" if visibility == Visibility.DIRECT else "handle"

    def _tag(self, status: Json) -> str:
        """The first watched hashtag that stands in it, the same from whichever list it came."""
        found = {text(tag.get("name")).lower() for tag in records(status.get("tags"))}
        return next((tag for tag in self.tags if tag in found), "")

    def _reply_ref(self, status: Json, account: Json, own: bool, visibility: str) -> Json:
        """A public answer addresses the author; a direct one everybody who is in it, or they
        would not see it."""
        ours = text(self.me.get("id"))
        to = [] if own else [text(account.get("acct"))]
        if own or visibility == Visibility.DIRECT:
            mentions = records(status.get("mentions"))
            to += [text(each.get("acct")) for each in mentions if text(each.get("id")) != ours]
        return {
            "id": text(status.get("id")),
            "visibility": visibility,
            "to": list(dict.fromkeys(acct for acct in to if acct)),
            "spoiler_text": text(status.get("spoiler_text")),
            "language": text(status.get("language")),
        }


def version_of(status: Json) -> str:
    """Changes when the post does; votes, likes and moved media don't count."""
    media = [
        (text(item.get("id")), text(item.get("description")))
        for item in records(status.get("media_attachments"))
    ]
    options = [text(option.get("title")) for option in _options(status)]
    words = text(status.get("content")), text(status.get("spoiler_text"))
    return content_version(text(status.get("edited_at")), *words, media, options)


def problem(thing: Any, reason: str) -> Problem:
    """A payload that could not be read, kept as it came."""
    raw = thing if isinstance(thing, dict) else {"value": thing}
    return Problem(message=reason, raw=raw, external_id=text(record(thing).get("id")))


def web(value: Any) -> str:
    """An http address, or nothing: no other scheme ever becomes a link."""
    address = text(value).strip()
    return address if re.match(r"https?://\S+\Z", address) else ""


def _attachments(status: Json) -> Iterable[Attachment]:
    for item in records(status.get("media_attachments")):
        url = web(item.get("url")) or web(item.get("remote_url"))
        if url:
            yield Attachment(
                external_id=text(item.get("id")) or url,
                kind=KINDS.get(text(item.get("type")), "file"),
                url=url,
                filename=urlsplit(url).path.rpartition("/")[2],
                alt_text=text(item.get("description")),
            )


def _options(status: Json) -> list[Json]:
    return records(record(status.get("poll")).get("options"))


def _poll(status: Json) -> str:
    """The choices of a poll, as a list below the text."""
    titles = [text(option.get("title")) for option in _options(status)]
    items = "".join(f"<li>{html.escape(title)}</li>" for title in titles if title)
    return f"<ul>{items}</ul>" if items else ""


def _links(account: Json) -> Iterator[str]:
    for row in records(account.get("fields"))[:20]:
        for address in re.findall(r'href="([^"]+)"', text(row.get("value"))):
            if found := web(html.unescape(address)):
                yield found
