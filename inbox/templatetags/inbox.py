"""What the navigation and the rows of the inbox need beyond a view's context."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib import htmx
from inbox.models import Conversation, Reason, Source
from inbox.pages import folders
from inbox.pages.composer import connector_of

register = template.Library()
SEEN = (  # of a source; its settings and credentials are dear to read
    "name",
    "kind",
    "network",
    "state",
    "pause_reason",
    "failures",
    "failing_since",
    "limited_until",
    "last_success_at",
    "next_pull_at",
    "lease_until",
)


@register.inclusion_tag("inbox/_nav.html", takes_context=True)
def inbox_nav(context: dict[str, Any], oob: bool = False) -> dict[str, Any]:
    """The folders with their counts, and the sources: two queries a page. Beside a list of rows it
    does not ask for itself: it comes with them, `oob`."""
    request = context["request"]
    user = request.user
    sources = visible_sources(context)
    counted = folders.counts(user, sources)
    current = getattr(context.get("folder"), "slug", "")
    return {
        "user": user,
        "request": request,
        "here": request.path if is_page(request) else htmx.page_of(request),
        "current": current,
        "oob": oob,
        "beside_rows": "page" in context or "conversation" in context,
        "folders": [(folder, counted.get(folder.slug)) for folder in folders.FOLDERS.values()],
        "sources": [
            (s, current == f"source-{s.pk}", counted.get(f"source-{s.pk}")) for s in sources
        ],
    }


def is_page(request: Any) -> bool:
    """Is this a page, and not the navigation fetched again beside one?"""
    return request.resolver_match is None or request.resolver_match.url_name != "inbox-nav"


@register.inclusion_tag("inbox/_health.html", takes_context=True)
def sources_health(context: dict[str, Any]) -> dict[str, Any]:
    """How the sources fare, in the fewest words; each that needs somebody has a line."""
    sources = visible_sources(context)
    troubled = [source for source in sources if source.health != "good"]
    worst = "bad" if any(source.health == "bad" for source in troubled) else "late"
    return {
        "count": len(sources),
        "checked": last_checked(context),
        "troubled": troubled,
        "worst": worst if troubled else "",
    }


def visible_sources(context: dict[str, Any]) -> list[Source]:
    """Read once a request: the navigation and the health line both show them."""
    request = context["request"]
    if not hasattr(request, "visible_sources"):
        request.visible_sources = list(
            Source.objects.visible_to(request.user).only(*SEEN).order_by("name")
        )
    found: list[Source] = request.visible_sources
    return found


@register.simple_tag(takes_context=True)
def sources_seen(context: dict[str, Any]) -> list[Source]:
    return visible_sources(context)


@register.simple_tag(takes_context=True)
def last_checked(context: dict[str, Any]) -> datetime | None:
    """When any source was last asked and answered: nothing new is not the same as not looked."""
    checked = [s.last_success_at for s in visible_sources(context) if s.last_success_at]
    return max(checked, default=None)


@register.filter
def unread(conversation: Conversation) -> bool:
    return folders.is_unread(conversation)


@register.filter
def heading(conversation: Conversation) -> str:
    """The line above the words of a row: its subject; of an untitled one, its first words. ""
    where the words begin with the same, as nobody reads them twice."""
    above = conversation.subject or conversation.opening
    begins = " ".join(above.removesuffix("…").split()).casefold()
    words = " ".join(conversation.preview.split()).casefold()
    return "" if begins and words.startswith(begins) else above


@register.filter
def why(conversation: Conversation) -> str:
    """Why a row is here, in three words."""
    reason = conversation.mention_reason
    if not reason:
        return _("answered by a member") if conversation.peer_answered_at else ""
    if reason == Reason.KEYWORD:
        return _("watched: “%(word)s”") % {"word": conversation.mention_keyword}
    if reason == Reason.NEW_TOPIC and conversation.channel:
        return _("new topic in %(channel)s") % {"channel": conversation.channel.name}
    return str(Reason(reason).label)


@register.filter
def of(found: dict[int, Any], key: int) -> Any:
    """What a dictionary has for this row; nothing where it has nothing."""
    return found.get(key, ())


@register.filter
def place(conversation: Conversation) -> str:
    """Where a reply went: "the forum", "Mastodon"."""
    kind = connector_of(conversation)
    return _(kind.place or kind.label) if kind else conversation.source.name


@register.filter
def people_and_messages(conversation: Conversation) -> str:
    """Such as: 6 messages · 3 people."""
    messages = ngettext("%(n)s message", "%(n)s messages", conversation.message_count)
    people = ngettext("%(n)s person", "%(n)s people", conversation.participant_count)
    return " · ".join(
        [
            messages % {"n": conversation.message_count},
            people % {"n": conversation.participant_count},
        ]
    )
