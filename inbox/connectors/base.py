"""The interface every connector has: plain values in, plain values out.

A connector speaks one platform's API. It translates and never stores: nothing here or below a
connector's folder imports a model. See docs/connectors.md for how an outside package adds one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

if TYPE_CHECKING:
    from django import forms


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
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Incoming:
    """One post as the platform has it. `author` None: the platform no longer says who."""

    external_id: str
    thread_id: str
    created_at: datetime
    author: Person | None = None
    op: str = "upsert"  # upsert, delete
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
    body_format: str = "html"  # html, markdown, plain
    language: str = ""
    content_warning: str = ""
    attachments: tuple[Attachment, ...] = ()
    permalink: str = ""
    visibility: str = "public"  # public, unlisted, followers, private, direct
    edited_at: datetime | None = None
    is_own: bool = False  # posted by the account we are signed in as
    is_automated: bool = False
    is_root: bool = False  # opens its thread: what the hub calls a new topic
    can_reply: bool = True
    reply_blocked_reason: str = ""
    reply_ref: Mapping[str, Any] = field(default_factory=dict)  # opaque: what send() needs
    client_token: str = ""  # ours, echoed back by the platform
    raw: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def gone(cls, external_id: str) -> Incoming:
        """A message that the platform no longer has: what `fetch` says of a deleted one."""
        return cls(external_id, thread_id="", created_at=datetime.now(UTC), op="delete")


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
    visibility: str = "public"
    prepared: Mapping[str, Any] = field(default_factory=dict)
    held: bool = False


@dataclass(frozen=True)
class Sent:
    """How a send ended."""

    state: str  # sent, pending_moderation, duplicate, unknown
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
    idempotency: str = "none"  # native, window, marker, none
    max_length: int | None = None
    length_unit: str = "char"  # char, grapheme, byte
    formats: tuple[str, ...] = ("markdown",)
    visibilities: tuple[str, ...] = ("public",)
    sees_edits: bool = False
    sees_deletes: bool = False
    min_poll_interval: int = 60  # seconds
    rereads_a_minute: int = 5  # conversations; 0: every pull brings what was edited or deleted
    has_channels: bool = False
    has_accounts: bool = True  # else a post may name nobody, and nobody was deleted
    new_topics_are_mentions: bool = True  # the default of a source's choice
    backfill: bool = True


@dataclass(frozen=True)
class ChannelInfo:
    """A place one may choose to listen to."""

    external_id: str
    name: str
    url: str = ""
    description: str = ""


@dataclass(frozen=True)
class Health:
    """Who we are there, what we may do, what is missing."""

    account: Person | None = None
    account_label: str = ""  # "@hub on forum.example.org"
    may: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    max_length: int | None = None
    warnings: tuple[str, ...] = ()


Credentials = dict[str, Any]


class ConnectorError(Exception):
    """An expected failure. str(error) is a sentence for a person; it never holds a secret."""

    permanent = False


class RateLimited(ConnectorError):
    """Come back at `retry_at`, exactly."""

    def __init__(self, message: str, *, retry_at: datetime, scope: str = "") -> None:
        super().__init__(message)
        self.retry_at = retry_at
        self.scope = scope


class Transient(ConnectorError):
    """Time-outs before the request left, refused connections, 5xx: try again by and by."""


class AuthExpired(ConnectorError):
    """The credentials are no longer good: a person must reconnect."""

    permanent = True


class Forbidden(ConnectorError):
    """Signed in, but not allowed; `scope` names what is missing."""

    permanent = True

    def __init__(self, message: str, *, scope: str = "") -> None:
        super().__init__(message)
        self.scope = scope


class Misconfigured(ConnectorError):
    """The address is wrong, or what answers there is not this platform."""

    permanent = True


class Rejected(ConnectorError):
    """The platform refused this message for good: too long, locked, deleted."""

    permanent = True


class Unknown(ConnectorError):
    """The request left and no answer came: it may have been posted."""


class BadSignature(ConnectorError):
    """What was posted to the hub is not signed by the platform, or too long ago."""


class Connector:
    """One connected account. Subclasses override what their platform can do.

    `config` holds what the form asked for and is no secret; `credentials` holds what is. Both are
    plain JSON values. A connector opens its HTTP client from `community_hub.lib.http` only.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = "rss"  # a lucide icon's name
    blurb: ClassVar[str] = ""  # one sentence for the page where a platform is picked
    place: ClassVar[str] = ""  # "the forum": finishes "Reply publicly on ..."
    capabilities: ClassVar[Capabilities]

    def __init__(self, config: Mapping[str, Any], credentials: Mapping[str, Any]) -> None:
        self.config = dict(config)
        self.credentials = dict(credentials)

    @classmethod
    def form_class(cls) -> type[forms.Form]:
        """The form that connects a source. Fields named in its `secret_fields` tuple become
        credentials, the others config."""
        raise NotImplementedError

    @classmethod
    def icon_of(cls, network: str) -> str:
        """The icon of an account or a source in this identity space, where they differ."""
        return cls.icon

    @classmethod
    def name_of(cls, network: str) -> str:
        """What people call this identity space: "Mastodon", "forum.example.org"."""
        return network.partition(":")[2] or str(cls.label)

    @classmethod
    def is_offered(cls) -> bool:
        """Whether a new source of this platform can be connected on this install."""
        return True

    def network(self) -> str:
        """The identity space: "mastodon", "discourse:forum.example.org"."""
        raise NotImplementedError

    def suggested_name(self) -> str:
        return self.label

    def channels(self) -> list[ChannelInfo]:
        """The places one may choose; empty where the platform has none."""
        return []

    def begin(self, since: datetime) -> dict[str, Any]:
        """The first cursor, for a backfill that reaches back to `since`."""
        return {"since": since.isoformat()}

    def pull(self, cursor: dict[str, Any], *, deadline: float) -> Iterator[Page]:
        """Pages after `cursor`, until the platform has no more or time.monotonic() passes
        `deadline`. Each page's cursor must be safe to continue from."""
        raise NotImplementedError

    def fetch(self, ids: Iterable[str]) -> Page:
        """These messages as they are now; one that is gone comes back with op="delete"."""
        raise NotImplementedError

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Check the signature of what was posted to the hub, and return the delivery's id. Pure:
        no HTTP. Header names are in lower case. Raises BadSignature; asked only with `push`."""
        raise NotImplementedError

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Page:
        """What a verified delivery tells of; deliveries come late, twice and in any order. It may
        ask the platform. The page's cursor is not kept."""
        raise NotImplementedError

    def prepare(self, outgoing: Outgoing) -> Outgoing:
        """Fix what must not change between tries (keys, ids). Pure: no HTTP."""
        return outgoing

    def send(self, outgoing: Outgoing) -> Sent:
        raise NotImplementedError

    def reconcile(self, outgoing: Outgoing) -> Sent | None:
        """Did it land? Read back by token or text; None when it is not there. Of one that is
        `held`: None when nobody can tell yet, "unknown" when only a person can; raises Rejected
        when the moderators turned it down."""
        raise NotImplementedError

    def written(self, markdown: str, reply_ref: Mapping[str, Any]) -> str:
        """A reply as the platform gets it, whoever it must address included: the preview shows
        this where the platform has no Markdown. `reply_ref`: of the message that is answered."""
        return markdown

    def length(self, markdown: str, reply_ref: Mapping[str, Any]) -> int:
        """The length of a reply by the platform's own rule: of what is written there."""
        text = self.written(markdown, reply_ref)
        return len(text.encode()) if self.capabilities.length_unit == "byte" else len(text)

    def refresh_is_due(self, now: datetime) -> bool:
        """Whether the credentials end soon: at 80 % of their lifetime, say. Pure: no HTTP."""
        return False

    def refresh_credentials(self) -> Credentials:
        """New credentials, all of them. Asked by one process at a time, where refresh_is_due();
        raises AuthExpired where a person must sign in again."""
        raise NotImplementedError

    def check(self) -> Health:
        """Ask an endpoint that needs the credentials: a bad token on a public one may pass."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of connections."""


def content_version(*parts: object) -> str:
    """A short hash for platforms that have no version of their own."""
    text = json.dumps(parts, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
