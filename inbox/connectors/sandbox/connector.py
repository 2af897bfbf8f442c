"""The practice sites as a platform: a forum, a microblog and a help board that the hub serves."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.connectors.base import (
    Capabilities,
    ChannelInfo,
    Connector,
    Format,
    Health,
    Incoming,
    Op,
    Outgoing,
    Page,
    Person,
    Problem,
    Rejected,
    SendState,
    Sent,
    Visibility,
)
from inbox.connectors.sandbox.webhooks import post_named_in, verified
from inbox.connectors.tally import Tally

from .client import PAGE, Client
from .forms import SITES, SandboxForm

HANDLE = "polyphon"  # the hub's account on every practice site
ROOTS_KEPT = 50_000
# lazy, so that they are translated when shown; typed as what they are read like
LABEL = cast("str", gettext_lazy("Practice site"))
BLURB = cast(
    "str",
    gettext_lazy("Made-up people on made-up sites. Learn the hub without writing to anyone real."),
)
ICONS = {"forum": "messages-square", "social": "at-sign", "help": "life-buoy"}
CONNECTS = cast("str", gettext_lazy("a practice site"))
PLACE = cast("str", gettext_lazy("the practice site"))
NAMED = re.compile(rf"(?<![\w@])@{HANDLE}(?!\w)", re.IGNORECASE)


class SandboxConnector(Connector):
    """config: {"site": "forum"}; or {"base_url": ".../sandbox/forum/"} for a site that another
    hub serves. credentials: {"token"}.

    The forum and the help board name the thread of each post. The microblog does not: there the
    thread is the topmost post that can be reached upwards.
    """

    kind: ClassVar[str] = "sandbox"
    label: ClassVar[str] = LABEL
    connects: ClassVar[str] = CONNECTS
    icon: ClassVar[str] = "graduation-cap"
    blurb: ClassVar[str] = BLURB
    place: ClassVar[str] = PLACE
    capabilities: ClassVar[Capabilities] = Capabilities(
        push=True,
        send=True,
        idempotency="native",
        sees_edits=True,
        sees_deletes=True,
        min_poll_interval=5,
        has_channels=True,
    )

    @classmethod
    def form_class(cls) -> type[forms.Form]:
        return SandboxForm

    @classmethod
    def icon_of(cls, network: str) -> str:
        return ICONS.get(network.partition(":")[2], cls.icon)

    @classmethod
    def name_of(cls, network: str) -> str:
        return str(SITES.get(network.partition(":")[2], cls.label))

    @classmethod
    def is_offered(cls) -> bool:
        """Only where the practice sites are served."""
        return bool(settings.SANDBOX_ENABLED)

    @property
    def slug(self) -> str:
        given = self.config.get("site")
        return str(given or urlsplit(self.base_url).path.rstrip("/").rpartition("/")[2])

    @property
    def base_url(self) -> str:
        """The hub's own address is looked up each time, since its port may change."""
        given = self.config.get("base_url")
        return str(given or f"{settings.HUB_URL}/sandbox/{self.config.get('site', '')}/")

    @cached_property
    def client(self) -> Client:
        return Client(self.base_url, str(self.credentials.get("token", "")), self.suggested_name())

    @cached_property
    def _roots(self) -> dict[str, str]:
        """Post id -> id of the topmost post above it, for what was seen so far."""
        return {}

    def network(self) -> str:
        return f"sandbox:{self.slug}"

    def suggested_name(self) -> str:
        return str(SITES.get(self.slug, self.label))

    def channels(self) -> list[ChannelInfo]:
        return [
            ChannelInfo(
                external_id=place["slug"],
                name=place.get("name") or place["slug"],
                url=place.get("url", ""),
            )
            for place in self.client.places()
            if place.get("slug")
        ]

    def pull(self, cursor: dict[str, Any], *, deadline: float) -> Iterator[Page]:
        """Follows the site's changes. The first cursor holds `since`; every later one `after`."""
        while True:
            if "after" in cursor:
                data = self.client.changes(after=int(cursor["after"]))
            else:
                data = self.client.changes(since=str(cursor["since"]))
            cursor = {"after": data["next"]}
            more = bool(data.get("more"))
            yield self._tally(data["posts"]).page(cursor=cursor, has_more=more)
            if not more or time.monotonic() > deadline:
                return

    def fetch(self, ids: Iterable[str]) -> Page:
        """A reply that still waits for the site's moderators is neither there nor gone."""
        wanted = list(dict.fromkeys(ids))
        found: list[dict[str, Any]] = []
        for start in range(0, len(wanted), PAGE):
            found += self.client.posts(wanted[start : start + PAGE])
        tally = self._tally([post for post in found if not post.get("pending")])
        missing = set(wanted) - {str(post.get("id")) for post in found}
        tally.items.extend(Incoming.gone(post_id) for post_id in sorted(missing))
        return tally.page()

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        return verified(headers, body, str(self.credentials.get("token", "")), now)

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Page:
        """A delivery names a post, which is asked for as it is now: their order is no matter."""
        return self.fetch([post_named_in(body)])

    def send(self, outgoing: Outgoing) -> Sent:
        return self._sent(
            self.client.reply(
                {
                    "in_reply_to": outgoing.reply_ref.get("post"),
                    "body": outgoing.markdown,
                    "client_token": str(outgoing.token),
                    "visibility": Visibility.DIRECT
                    if outgoing.visibility == Visibility.DIRECT
                    else Visibility.PUBLIC,
                }
            )
        )

    def reconcile(self, outgoing: Outgoing) -> Sent | None:
        """Raises Rejected when the site's moderators turned the reply down."""
        post = self.client.by_token(str(outgoing.token))
        if post is None:
            return None
        if post["deleted"]:
            raise Rejected(
                _("%(site)s rejected or deleted the reply.") % {"site": self.client.where}
            )
        return self._sent(post)

    def check(self) -> Health:
        about = self.client.me()
        account = self._person(about["account"])
        moderated = _("New replies wait there until a moderator approves them.")
        return Health(
            account=account,
            account_label=_("@%(handle)s on %(site)s")
            % {"handle": account.handle, "site": about["site"]["name"]},
            may=(_("read everything"), _("reply")),
            max_length=int(about["site"]["max_length"]),
            warnings=(moderated,) if about["site"]["moderates"] else (),
        )

    def close(self) -> None:
        if "client" in self.__dict__:
            self.client.close()

    def _tally(self, posts: list[Any]) -> Tally:
        tally = Tally()
        for post in posts:
            try:
                tally.items.append(self._incoming(post))
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
                message = _("A post could not be read: %(why)s") % {"why": repr(error)[:200]}
                tally.problems.append(Problem(message, raw=post if isinstance(post, dict) else {}))
        return tally

    def _incoming(self, post: dict[str, Any]) -> Incoming:
        account, place = post["account"], post["place"] or {}
        author = self._person(account) if account else None
        own = bool(author and author.is_us)
        deleted = bool(post["deleted"])
        return Incoming(
            external_id=post["id"],
            op=Op.DELETE if deleted else Op.UPSERT,
            version=str(post["version"]),
            author=author,
            parent_id=post["in_reply_to"] or "",
            channel_id=place.get("slug", ""),
            channel_name=place.get("name", ""),
            channel_url=place.get("url", ""),
            mention_reason="" if own or deleted else _reason(post),
            body=post["body"],
            body_format=Format.MARKDOWN,
            permalink=post["url"],
            visibility=post["visibility"],
            created_at=datetime.fromisoformat(post["created_at"]),
            edited_at=datetime.fromisoformat(post["edited_at"]) if post["edited_at"] else None,
            is_own=own,
            is_root=post["in_reply_to"] is None,
            can_reply=not deleted,
            reply_blocked_reason=_("This post was deleted.") if deleted else "",
            reply_ref={"post": post["id"]},
            client_token=post["client_token"] or "",
            raw=post,
            **self._thread(post),
        )

    def _thread(self, post: dict[str, Any]) -> dict[str, Any]:
        thread = post.get("thread")
        if thread:
            return {
                "thread_id": thread["id"],
                "thread_title": thread["title"],
                "thread_permalink": thread["url"],
                "thread_ref": str(post["number"]),
            }
        root = self._root_of(post)
        return {"thread_id": root, "thread_permalink": f"{self.base_url}posts/{root}/"}

    def _root_of(self, post: dict[str, Any]) -> str:
        """The topmost post above this one: known from its parent, or asked for."""
        if len(self._roots) > ROOTS_KEPT:
            self._roots.clear()
        above = post["in_reply_to"]
        if above and above not in self._roots:
            chain = [str(one["id"]) for one in self.client.ancestors(post["id"])]
            self._roots.update(dict.fromkeys(chain, chain[0] if chain else above))
        root: str = self._roots.get(above, above) if above else post["id"]
        self._roots[post["id"]] = root
        return root

    def _person(self, account: dict[str, Any]) -> Person:
        return Person(
            external_id=account["id"],
            network=self.network(),
            handle=account["handle"],
            display_name=account["name"],
            profile_url=account["url"],
            avatar_url=account.get("avatar") or "",
            bio=account["bio"],
            is_bot=account["bot"],
            is_us=account["hub"],
        )

    def _sent(self, post: dict[str, Any]) -> Sent:
        return Sent(
            state=SendState.PENDING if post["pending"] else SendState.SENT,
            external_id=post["id"],
            version=str(post["version"]),
            permalink=post["url"],
            created_at=datetime.fromisoformat(post["created_at"]),
            thread_ref=str(post.get("number", "")),
            raw=post,
        )


def _reason(post: dict[str, Any]) -> str:
    if post["visibility"] == Visibility.DIRECT:
        return "direct"
    return "handle" if NAMED.search(post["body"]) else ""
