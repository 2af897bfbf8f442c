"""What the navigation and the rows of the inbox need beyond a view's context."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib import compiled, compiled_sql, htmx, moments
from community_hub.lib.paths import path
from community_hub.templatetags.hub import platform_icon
from inbox.models import Conversation, Reason, Source, SourceState
from inbox.pages import folder_counts, folders, pictures, saved_replies
from inbox.pages.rows import is_unread
from inbox.reply_rules import connector_of
from inbox.variables import Facts, fill
from members import follow_ups, hooks
from members.hooks import ConversationMenu
from team.models import User
from team.templatetags.saved_views import opened_view

register = template.Library()
NUMBER = 1234567890  # stands for any number in an address
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
    """The folders with their counts, and the sources: two queries; the views: one more, on a whole
    page. Beside a list of rows it does not ask for itself: it comes with them, `oob`."""
    request = context["request"]
    user = request.user
    sources = visible_sources(context)
    counted = folder_counts.counts(user, sources, due_by=follow_ups.today_of(user))
    current = getattr(context.get("folder"), "slug", "")
    return {
        "user": user,
        "request": request,
        "here": request.path if is_page(request) else htmx.page_of(request),
        "current": current,
        "things": counted["today"],
        "oob": oob,
        "is_page": is_page(request),
        "in_view": bool(opened_view(here_of(request))),
        "beside_rows": "page" in context or "conversation" in context,
        "folders": [(folder, counted.get(folder.slug)) for folder in folders.FOLDERS.values()],
        "sources": [
            (s, current == f"source-{s.pk}", counted.get(f"source-{s.pk}")) for s in sources
        ],
    }


def here_of(request: Any) -> str:
    """The page that is open, with its query."""
    page: str = request.get_full_path() if is_page(request) else htmx.page_of(request)
    return page


def is_page(request: Any) -> bool:
    """Is this a page, and not the navigation fetched again beside one?"""
    return request.resolver_match is None or request.resolver_match.url_name != "inbox-nav"


@register.inclusion_tag("inbox/_health.html", takes_context=True)
def sources_health(context: dict[str, Any]) -> dict[str, Any]:
    """How the sources fare, in the fewest words; each that needs somebody has a line."""
    sources = [s for s in visible_sources(context) if s.state != SourceState.DELETING]
    troubled = [source for source in sources if source.dot != "good"]
    syncing = [s for s in sources if s.state == SourceState.ACTIVE and s.dot == "good"]
    worst = "bad" if any(source.dot == "bad" for source in troubled) else "late"
    return {
        "count": len(sources),
        "syncing": len(syncing),
        "checked": latest_success(syncing),
        "troubled": troubled,
        "worst": worst if troubled else "",
    }


def visible_sources(context: dict[str, Any]) -> list[Source]:
    """Read once a request: the navigation and the health line both show them."""
    request = context["request"]
    if not hasattr(request, "visible_sources"):
        request.visible_sources = sources_for(request.user)
    found: list[Source] = request.visible_sources
    return found


def sources_for(user: User) -> list[Source]:
    def found(user: User) -> QuerySet[Source]:
        return Source.objects.visible_to(user).only(*SEEN).order_by("name")

    role = user.role
    if user.can_see_every_source:
        return compiled_sql.rows(("sources", role), lambda: found(User(role=role)))
    return compiled_sql.rows(
        ("sources", role), lambda user: found(User(pk=user, role=role)), user=user.pk
    )


@register.simple_tag(takes_context=True)
def sources_seen(context: dict[str, Any]) -> list[Source]:
    return visible_sources(context)


@register.simple_tag(takes_context=True)
def last_checked(context: dict[str, Any]) -> datetime | None:
    """When any source was last asked and answered: nothing new is not the same as not looked."""
    return latest_success(visible_sources(context))


def latest_success(sources: Iterable[Source]) -> datetime | None:
    return max((s.last_success_at for s in sources if s.last_success_at), default=None)


@register.simple_tag(takes_context=True)
def conversation_rows(
    context: dict[str, Any], rows: Iterable[Conversation], split: int | None = None
) -> str:
    """The rows of a list; `split`: above which of them the line "Not waiting" stands."""
    opened, folder = context.get("conversation"), context["folder"]
    return compiled.render(
        "inbox/rows.jinja",
        context,
        rows=[
            (
                row,
                platform_icon(row.source.kind, row.source.network),
                heading(row),
                why(row),
                is_unread(row),
            )
            for row in rows
        ],
        split=split,
        open_pk=opened.pk if opened else 0,
        slug=folder.slug,
        wakes=folder.wakes,
        by_wait=folder.is_by_wait,
        writing=context.get("writing") or {},
        excerpts=getattr(context.get("page"), "excerpts", {}),
        address=address_of("conversation"),
        pick=_("Select"),
        assigned_to=_("Assigned to"),
        on_reply=_("on reply"),
    )


@register.simple_tag(takes_context=True)
def thread_entries(context: dict[str, Any]) -> str:
    """The messages of a thread, with what stands between them."""
    conversation, user = context["conversation"], context["user"]
    source = conversation.source
    composer = context.get("composer")
    return compiled.render(
        "inbox/entries.jinja",
        context,
        entries=context["thread"].entries,
        here=conversation.get_absolute_url(),
        slug=context["folder"].slug,
        as_account=_("as %(account)s") % {"account": source.account_label},
        can_reply=bool(composer and composer.can_reply),
        can_credit=user.can_triage,
        credit_address=address_of("message-credit"),
        thanks_address=address_of("message-thanks"),
        follow_up_address=address_of("follow-up"),
        thanked_on=_("Thanked on %(day)s"),
        answered_by_member=_("Answered by a member"),
        remove_credit=_("Remove the credit"),
        may_reconnect=user.can_manage_sources and source.state == "reconnect",
        source_address=source.get_absolute_url(),
        member_address=address_of("member"),
        day=lambda day: moments.day(day, "l, j F Y"),
        hub_name=context.get("hub_name", ""),
        the_team=_("The team"),
        **pictures.shown_to(user),
        answer_this=_("Reply to this message"),
        original=_("The original"),
        may_promise=user.can_edit_members,
        promise_address=address_of("message-promises"),
        promise_of_this=_("We promised something here"),
        to_promise=_("Promised once it is sent:"),
        not_promised=_("Not promised, as it was not sent. Retry it, or edit it to get this back:"),
        original_of_this=_("The original of this message"),
    )


def address_of(name: str) -> str:
    """The address of a page with a number in it, with %d in its place."""
    return path(name, NUMBER).replace(str(NUMBER), "%d")


def heading(conversation: Conversation) -> str:
    """The line above the words of a row: its subject; of an untitled one, its first words. ""
    where the words begin with the same, as nobody reads them twice."""
    above = conversation.subject or conversation.first_words
    begins = " ".join(above.removesuffix("…").split()).casefold()
    words = " ".join(conversation.preview.split()).casefold()
    return "" if begins and words.startswith(begins) else above


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


@register.simple_tag(takes_context=True)
def conversation_menu(context: dict[str, Any]) -> list[tuple[ConversationMenu, str]]:
    """What other apps do with the conversation, as far as this reader may, and their address."""
    user, key = context["user"], f"conversation:{context['conversation'].pk}"
    entries = [entry for entry in hooks.conversation_menu if getattr(user, entry.right)]
    return [(entry, entry.address(key)) for entry in entries]


@register.filter
def ties(conversation: Conversation) -> list[dict[str, str]]:
    """What it is tied to in other apps: icon, title and url."""
    return [
        {"icon": entry.icon, "title": each["title"], "url": entry.url(each["pk"])}
        for entry in hooks.conversation_menu
        for each in getattr(conversation, f"ties_{entry.slug}", None) or []
    ]


@register.filter
def filled_in(text: str, facts: Facts) -> str:
    """A saved reply as it reads in a conversation."""
    return fill(text, facts)


@register.filter
def sent_part(text: str, words: str) -> str:
    """Of a saved reply, what its menu has: the beginning, or where it has the words."""
    return saved_replies.sent(text, words)


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
