"""What goes in and out of a connector: plain frozen values, and the words that some fields take.

The words are strings, so that an outside package may write them as such. Import them from base.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from inbox.connectors.failures import ConnectorError

Credentials = dict[str, Any]


class Op(StrEnum):
    """What a page tells of a message: as it is now, or that it is gone."""

    UPSERT = "upsert"
    DELETE = "delete"


class Format(StrEnum):
    """How a body is written."""

    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN = "plain"


class Visibility(StrEnum):
    """Who may read a message on its platform, from the widest to the narrowest."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    PRIVATE = "private"
    DIRECT = "direct"


class SendState(StrEnum):
    """How a send ended."""

    SENT = "sent"
    PENDING = "pending_moderation"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Person:
    """An account on a network. `external_id` never changes; the handle may."""

    external_id: str
    network: str
    handle: str = ""
    display_name: str = ""
    profile_url: str = ""
    avatar_url: str = ""
    bio: str = ""
    email: str = ""
    is_bot: bool = False
    is_us: bool = False
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file the platform shows with a message; `size` in bytes, None where it is not told."""

    external_id: str
    kind: str  # image, video, audio, file
    url: str
    filename: str = ""
    mime: str = ""
    size: int | None = None
    alt_text: str = ""


@dataclass(frozen=True)
class Incoming:
    """One post as the platform has it. `author` None: the platform no longer says who."""

    external_id: str
    thread_id: str
    created_at: datetime
    author: Person | None = None
    op: str = Op.UPSERT
    version: str = ""  # changes when the text does: cid, edited_at, content hash
    thread_title: str = ""
    thread_permalink: str = ""
    # ids the platform gives the thread's topmost known ancestor; where it has no thread id
    parent_id: str = ""  # external_id of the message this one answers
    thread_ref: str = ""  # the platform's number of this message within its thread
    parent_ref: str = ""  # the parent's number within the thread, where parents are named so
    channel_id: str = ""
    channel_name: str = ""
    channel_url: str = ""
    mention_reason: str = ""  # direct or handle; the hub itself says the other reasons
    mentions: tuple[Person, ...] = ()
    body: str = ""
    body_format: str = Format.HTML
    language: str = ""
    content_warning: str = ""
    attachments: tuple[Attachment, ...] = ()
    permalink: str = ""
    visibility: str = Visibility.PUBLIC
    edited_at: datetime | None = None
    is_own: bool = False  # posted by the account we are signed in as
    is_root: bool = False  # opens its thread: what the hub calls a new topic
    can_reply: bool = True
    reply_blocked_reason: str = ""
    reply_ref: Mapping[str, Any] = field(default_factory=dict)  # opaque: what send() needs
    client_token: str = ""  # ours, echoed back by the platform
    raw: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def gone(cls, external_id: str) -> Incoming:
        """A message that the platform no longer has: what `fetch` says of a deleted one."""
        return cls(external_id, thread_id="", created_at=datetime.now(UTC), op=Op.DELETE)


@dataclass(frozen=True)
class Rate:
    """What is left of the platform's allowance."""

    limit: int
    remaining: int
    resets_at: datetime | None = None


@dataclass(frozen=True)
class Problem:
    """Something in a page that could not be read; `raw` is kept so that nothing is lost."""

    message: str
    raw: Mapping[str, Any] = field(default_factory=dict)
    external_id: str = ""
    channel_id: str = ""


@dataclass(frozen=True)
class Page:
    """What one request brought. `cursor` is stored in the same transaction as `items`.

    `stopped_by`: what ended a `fetch` before it had read everything; the rest of the page counts.
    """

    items: list[Incoming] = field(default_factory=list)
    cursor: dict[str, Any] = field(default_factory=dict)
    has_more: bool = False
    fetched: int | None = None  # items the platform gave; None: len(items) + len(problems)
    ignored: Mapping[str, int] = field(default_factory=dict)  # reason -> how many were left out
    rate: Rate | None = None
    problems: list[Problem] = field(default_factory=list)
    gap: tuple[datetime, datetime] | None = None
    stopped_by: ConnectorError | None = None


@dataclass(frozen=True)
class Outgoing:
    """A reply on its way out. `prepared` holds what prepare() fixed before the first try; `held`:
    the platform took it and keeps it for its moderators."""

    token: UUID
    created_at: datetime
    reply_ref: Mapping[str, Any]
    markdown: str
    attachments: tuple[Attachment, ...] = ()
    visibility: str = Visibility.PUBLIC
    prepared: Mapping[str, Any] = field(default_factory=dict)
    held: bool = False


@dataclass(frozen=True)
class Sent:
    """How a send ended."""

    state: str  # a SendState
    external_id: str = ""
    version: str = ""
    permalink: str = ""
    created_at: datetime | None = None
    thread_ref: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Capabilities:
    """What a platform can do, said once, so that no screen has to guess."""

    push: bool = False  # webhooks
    send: bool = False
    idempotency: str = "none"  # of a repeated send, for the contract test: native, window, none
    max_length: int | None = None
    length_unit: str = "char"  # char, grapheme, byte
    formats: tuple[str, ...] = (Format.MARKDOWN,)
    sees_edits: bool = False
    sees_deletes: bool = False
    min_poll_interval: int = 60  # seconds
    rereads_a_minute: int = 5  # conversations; 0: every pull brings what was edited or deleted
    has_channels: bool = False
    has_accounts: bool = True  # else a post may name nobody, and nobody was deleted
    new_topics_are_mentions: bool = True  # the default of a source's choice
    backfill: bool = True
    is_our_place: bool = True  # the default of a source's choice: the team's own community is there


@dataclass(frozen=True)
class ChannelInfo:
    """A place one may choose to listen to."""

    external_id: str
    name: str
    url: str = ""


@dataclass(frozen=True)
class Health:
    """Who we are there, what we may do, what is missing."""

    account: Person | None = None
    account_label: str = ""  # "@hub on forum.example.org"
    may: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    max_length: int | None = None
    warnings: tuple[str, ...] = ()


def content_version(*parts: object) -> str:
    """A short hash for platforms that have no version of their own."""
    text = json.dumps(parts, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
