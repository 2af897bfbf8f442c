"""A Discourse forum as a source: posts with their topics, private messages, replies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

import httpx
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inbox.connectors.base import (
    Capabilities,
    ChannelInfo,
    Connector,
    Forbidden,
    Format,
    Health,
    Misconfigured,
    Outgoing,
    Page,
    Rejected,
    SendState,
    Sent,
    Unknown,
)
from inbox.connectors.discourse.client import DiscourseClient, host_of
from inbox.connectors.discourse.fetching import Fetcher
from inbox.connectors.discourse.forms import DiscourseForm
from inbox.connectors.discourse.parse import UNREADABLE, Reader, category_url
from inbox.connectors.discourse.pulling import Puller
from inbox.connectors.discourse.readback import ReadBack
from inbox.connectors.errors import json_or_problem, said_by
from inbox.connectors.json_values import record, text

MAX_LENGTH = 32_000  # max_post_length, unless the forum's admins changed it
READ_ONLY = 3  # CategoryGroup.permission_types in Discourse: 1 full, 2 create posts, 3 read


class DiscourseConnector(Connector):
    """Signed in with an API key, as one user of the forum."""

    kind: ClassVar[str] = "discourse"
    label: ClassVar[str] = "Discourse"
    icon: ClassVar[str] = "messages-square"
    blurb: ClassVar[str] = gettext_noop("A Discourse forum: topics, replies, private messages.")
    place: ClassVar[str] = gettext_noop("the forum")
    capabilities: ClassVar[Capabilities] = Capabilities(
        send=True,
        idempotency="window",  # identical creates are one for 120 s
        max_length=MAX_LENGTH,
        formats=(Format.MARKDOWN,),
        sees_edits=True,
        sees_deletes=True,
        # Two requests each, of the 60 a minute that a forum allows a key of its admin pages.
        # https://meta.discourse.org/t/available-settings-for-global-rate-limits-and-throttling/78612
        rereads_a_minute=20,
        has_channels=True,
    )

    def __init__(self, config: Mapping[str, Any], credentials: Mapping[str, Any]) -> None:
        super().__init__(config, credentials)
        self.base_url = str(config["url"]).rstrip("/")
        self.username = str(config["username"])

    @classmethod
    def form_class(cls) -> type[forms.Form]:
        return DiscourseForm

    def network(self) -> str:
        return f"discourse:{host_of(self.base_url)}"

    def suggested_name(self) -> str:
        return host_of(self.base_url)

    @cached_property
    def client(self) -> DiscourseClient:
        key = str(self.credentials.get("api_key", ""))
        return DiscourseClient(self.base_url, self.username, key)

    @cached_property
    def categories(self) -> dict[str, Mapping[str, Any]]:
        """By id; empty where the key may not ask: posts then come without their category."""
        try:
            found = self.client.categories()
        except (Forbidden, Misconfigured):
            return {}
        return {str(entry["id"]): entry for entry in found}

    def reader(self) -> Reader:
        return Reader(self.base_url, self.network(), self.username, self.categories)

    def channels(self) -> list[ChannelInfo]:
        return [
            ChannelInfo(
                external_id=external_id,
                name=text(category.get("name")) or external_id,
                url=category_url(self.base_url, category),
            )
            for external_id, category in self.categories.items()
        ]

    def pull(self, cursor: dict[str, Any], *, deadline: float) -> Iterator[Page]:
        yield from Puller(self.client, self.reader(), cursor).pages(deadline)

    def fetch(self, ids: Iterable[str]) -> Page:
        return Fetcher(self.client, self.reader(), ids).page()

    def send(self, outgoing: Outgoing) -> Sent:
        if outgoing.attachments:
            raise Rejected(_("Attachments can’t be sent from here. Add a link instead."))
        fields = {"topic_id": outgoing.reply_ref["topic_id"], "raw": outgoing.markdown}
        if outgoing.reply_ref.get("post_number"):
            fields["reply_to_post_number"] = outgoing.reply_ref["post_number"]
        answer = self.client.create_post(fields)
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            return self.refused(outgoing, answer)
        if answer.is_error:
            raise self.client.refusal(answer)
        data = record(json_or_problem(answer, self.client.where))
        if data.get("action") == "enqueued":
            return pending(data.get("pending_post"))
        return self.sent(record(data.get("post", data)))

    def refused(self, outgoing: Outgoing, answer: httpx.Response) -> Sent:
        """422 also means "you just said that": then it stands there already, from a try whose
        answer got lost. Raises Rejected with the forum's own words otherwise."""
        found = self.reconcile(outgoing)
        if found is not None:
            return found
        said = said_by(answer)
        raise Rejected(
            _("The forum refused this reply: “%(said)s”") % {"said": said}
            if said
            else _("The forum refused this reply and did not say why.")
        )

    def reconcile(self, outgoing: Outgoing) -> Sent | None:
        """Our own post with this text among the topic's last, or waiting for the moderators."""
        back = ReadBack(self.client, outgoing)
        if held := back.held_as_written():
            return pending(held)
        if post := back.published():
            return self.sent(post)
        return back.verdict() if outgoing.held else None

    def sent(self, post: Mapping[str, Any]) -> Sent:
        """Raises Unknown where the forum's answer does not say what it made of the reply."""
        try:
            incoming = Reader(self.base_url, self.network(), self.username).incoming(post)
        except UNREADABLE as error:
            raise Unknown(
                _("%(where)s sent an unreadable response. The reply may have been posted.")
                % {"where": self.client.where}
            ) from error
        return Sent(
            state=SendState.SENT,
            external_id=incoming.external_id,
            version=incoming.version,
            permalink=incoming.permalink,
            created_at=incoming.created_at,
            thread_ref=incoming.thread_ref,
            raw=dict(post),
        )

    def check(self) -> Health:
        me = self.client.me()
        self.client.posts()
        may, missing = [_("read what the forum shows this account")], []
        try:
            self.client.private_topics(0)
            may.append(_("read and answer its private messages"))
        except (Forbidden, Misconfigured):
            missing.append(_("private messages: this key may not read them, so they are left out"))
        read_only = [
            text(entry.get("name"))
            for entry in self.categories.values()
            if entry.get("permission") == READ_ONLY
        ]
        if read_only:
            names = ", ".join(read_only[:10])
            missing.append(
                _("replies in %(names)s: this account may only read there") % {"names": names}
            )
        if len(read_only) < len(self.categories) or not self.categories:
            may.append(_("reply in topics"))
        account = Reader(self.base_url, self.network(), text(me["username"])).person(me)
        return Health(
            account=account,
            account_label=f"@{account.handle} on {self.client.where}",
            may=tuple(may),
            missing=tuple(missing),
            max_length=MAX_LENGTH,
            warnings=newcomer_warning(me),
        )

    def close(self) -> None:
        if "client" in self.__dict__:
            self.client.close()


def pending(post: Any) -> Sent:
    """It has no id before the moderators let it through; reconcile() finds it then."""
    return Sent(state=SendState.PENDING, raw=record(post))


def newcomer_warning(me: Mapping[str, Any]) -> tuple[str, ...]:
    if me.get("trust_level") == 0 and not (me.get("admin") or me.get("moderator")):
        return (
            _(
                "The account is new there (trust level 0), so the forum limits its replies "
                "and links."
            ),
        )
    return ()
