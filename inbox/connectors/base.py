"""The interface every connector has: plain values in, plain values out.

A connector speaks one platform's API. It translates and never stores: nothing here or below a
connector's folder imports a model. See docs/connectors.md for how an outside package adds one.
The values are in values.py and the errors in failures.py; import either from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from inbox.connectors.authorisation import Authorisation
from inbox.connectors.failures import (
    AuthExpired,
    BadSignature,
    ConnectorError,
    Forbidden,
    Misconfigured,
    RateLimited,
    Rejected,
    Transient,
    Unknown,
    WebPage,
)
from inbox.connectors.values import (
    Attachment,
    Capabilities,
    ChannelInfo,
    Credentials,
    Format,
    Health,
    Incoming,
    Op,
    Outgoing,
    Page,
    Person,
    Problem,
    Rate,
    SendState,
    Sent,
    Visibility,
    content_version,
)

if TYPE_CHECKING:
    from django import forms

__all__ = [
    "Attachment",
    "AuthExpired",
    "Authorisation",
    "BadSignature",
    "Capabilities",
    "ChannelInfo",
    "Connector",
    "ConnectorError",
    "Credentials",
    "Forbidden",
    "Format",
    "Health",
    "Incoming",
    "Misconfigured",
    "Op",
    "Outgoing",
    "Page",
    "Person",
    "Problem",
    "Rate",
    "RateLimited",
    "Rejected",
    "SendState",
    "Sent",
    "Transient",
    "Unknown",
    "Visibility",
    "WebPage",
    "content_version",
]


class Connector:
    """One connected account. Subclasses override what their platform can do.

    `config` holds what the form asked for and is no secret; `credentials` holds what is. Both are
    plain JSON values. A connector opens its HTTP client from `community_hub.lib.http` only.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = "rss"  # a lucide icon's name
    blurb: ClassVar[str] = ""  # one sentence for the page where a platform is picked
    connects: ClassVar[str] = ""  # "a feed": finishes "Connect ..."; empty: the label does
    place: ClassVar[str] = ""  # "the forum": finishes "Reply publicly on ..."
    capabilities: ClassVar[Capabilities]
    authorisation: ClassVar[Authorisation | None] = None  # where a person can sign in there

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
