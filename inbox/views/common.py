"""What the three panes show, gathered for every view that shows them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse, HttpResponseRedirect

from community_hub.lib import compiled_sql, htmx
from community_hub.lib.query import marked
from community_hub.lib.text import number, storable
from inbox.models import Conversation, Message, ReplyPromise
from inbox.models.conversation import MOST_PK, ConversationQuerySet
from inbox.pages import folders, presence, searches
from inbox.pages.composer import Composer
from inbox.pages.folders import Folder
from inbox.pages.found_rows import FoundRows
from inbox.pages.rows import PAGE as ROWS
from inbox.pages.rows import Rows, with_row_facts
from inbox.pages.searches import SearchFolder
from inbox.pages.thread import asked_by, load_thread
from members import hooks as of_members
from members.profile import load_profile
from team import listings
from team.http import AuthenticatedHttpRequest
from team.models import User
from team.saved_queries import ViewBar, view_bar

PAGE = "inbox/inbox.html"
LINES = 8  # of the log, beside a conversation
ALONE = ("thread", "older")  # parts that stand without the person
PARTS = ("list", "rows", "more-rows", "talk", "thread", "older", "person")


def visible_conversation(request: AuthenticatedHttpRequest, pk: int) -> Conversation:
    """The conversation with everything its header shows, if this user may see it; else 404."""
    role = request.user.role

    def called(pk: int, user: int) -> ConversationQuerySet:
        reader = User(pk=user, role=role)
        seen = Conversation.objects.visible_to(reader).called(pk)
        found = with_row_facts(seen, reader).select_related("preview_by__member")
        found = found.annotate(promises_begun=promises_of_draft(reader))
        return found.annotate(
            **{f"ties_{entry.slug}": entry.ties(reader) for entry in of_members.conversation_menu}
        )

    if pk > MOST_PK:
        raise Http404
    rows = compiled_sql.rows(("conversation", role), called, pk=pk, user=request.user.pk)
    if not rows:
        raise Http404
    return rows[0]


def promises_of_draft(user: User) -> ArraySubquery:
    """Of the reply that is being written in a conversation, as dicts."""
    begun = ReplyPromise.objects.in_draft_of(user).filter(conversation=OuterRef("pk"))
    return ArraySubquery(
        begun.values(json=JSONObject(pk="pk", text="text", due_on="due_on", name="member__name"))
    )


def typed(request: AuthenticatedHttpRequest, name: str) -> str:
    """What somebody wrote into a field, without what the database cannot keep."""
    return storable(request.POST.get(name, ""))


def folder_of(request: AuthenticatedHttpRequest) -> Folder:
    """The folder beside which the conversation stands: ?in=mine, or a form's field `in`."""
    slug = request.POST.get("in") or request.GET.get("in") or ""
    return searches.named(slug, request.user) or folders.folder_named(slug, request.user)


def list_context(request: AuthenticatedHttpRequest, folder: Folder) -> dict[str, Any]:
    """The rows: a page after `after`, or as many as were shown, for bringing a list up to date."""
    shown = request.GET.get("shown", "")
    size = max(int(shown), ROWS) if shown.isdecimal() and len(shown) < 5 else ROWS
    after = request.GET.get("after", "")
    page = folder.page(request.user, after=after, size=size)
    bar = bar_of(folder, request.user, page) if isinstance(folder, SearchFolder) else None
    if bar and bar.remains and bar.remains.text:
        rest = searches.search(bar.remains.text, bar.order)
        page = rest.page(request.user, after=after, size=size)
    mistake = page.mistake if isinstance(page, FoundRows) else None
    everyone = [*page.rows, *(page.below or ())]
    return {
        "folder": folder,
        "page": page,
        "bar": bar,
        "elsewhere": listings.elsewhere(mistake, folder.query),
        "place": marked(mistake, folder.query) if mistake else None,
        "writing": presence.replying([row.pk for row in everyone], request.user),
    }


def bar_of(folder: SearchFolder, user: User, page: Rows) -> ViewBar:
    """What saves a search as a view. Of a view of which a part is gone, `remains` is what holds."""
    wrong = isinstance(page, FoundRows) and page.mistake is not None
    kind = searches.KIND
    return view_bar(user, kind, folder.query, folder.sort, folder.view, wrong=wrong)


def conversation_context(
    request: AuthenticatedHttpRequest,
    conversation: Conversation,
    folder: Folder,
    *,
    moved_on: bool = False,
) -> dict[str, Any]:
    """The middle pane. What a page shows counts as read, by this user alone; of what is put into
    a page, `<presence-beat>` says so once somebody sees it: the tab may be a hidden one.

    `moved_on`: another conversation was asked about; `from` says how far up that one was shown.
    """
    user = request.user
    before = request.GET.get("before", "")
    start = "" if moved_on else request.POST.get("from") or request.GET.get("from", "")
    mark = getattr(conversation, "read_up_to", None)
    at = 0 if moved_on else number(request.GET.get("at"))
    thread = load_thread(conversation, before=before, start=start, at=at, mark=mark)
    if not htmx.target(request) and thread.seen_up_to > (mark or 0):
        conversation.mark_read(thread.seen_up_to, by=user)
    drafts = {
        "reply": getattr(conversation, "reply_begun", None) or "",
        "note": getattr(conversation, "note_begun", None) or "",
    }
    asked = None if before else asked_by(conversation, thread)
    return {
        "folder": folder,
        "conversation": conversation,
        "thread": thread,
        "present": presence.who(conversation.pk, user),
        "cursor": folder.cursor_of(conversation),
        "composer": Composer.of(conversation, user, drafts, picked(request, conversation), asked),
        "promises": begun_promises(conversation),
        **({} if htmx.target(request) in ALONE else person_context(request, conversation)),
    }


def begun_promises(conversation: Conversation) -> list[dict[str, Any]] | None:
    """What is promised in the reply that is being written; None where that was not read."""
    begun = getattr(conversation, "promises_begun", None)
    if begun is None:
        return None
    return [{**each, "due_on": date.fromisoformat(each["due_on"])} for each in begun]


def picked(request: AuthenticatedHttpRequest, conversation: Conversation) -> Message | None:
    """The message that is answered: ?to=42, or the one that the draft was begun to."""
    wanted = number(request.GET.get("to"))
    if not wanted and getattr(conversation, "reply_begun", None):
        begun = conversation.drafts.filter(user=request.user, kind="reply")
        wanted = begun.values_list("to_id", flat=True).first() or 0
    return conversation.asker(wanted)


def person_context(request: AuthenticatedHttpRequest, conversation: Conversation) -> dict[str, Any]:
    """Who asked: the right pane."""
    identity = conversation.preview_by
    if identity is None:
        return {"profile": None}
    return {
        "profile": load_profile(identity.member, request.user, lines=LINES),
        "identity": identity,
    }


def after_verb(
    request: AuthenticatedHttpRequest, conversation: Conversation, *, move_on: bool
) -> HttpResponse:
    """What is shown once something was done: the conversation as it is now, or the next one.

    A plain form goes back to where it came from.
    """
    folder = folder_of(request)
    goal = conversation
    if move_on and request.user.prefers("open_next"):
        cursor = request.POST.get("cursor", "")
        following = folder.next_after(request.user, cursor, conversation.pk)
        if following is None:
            return closed(request, folder, emptied=True)
        goal = following
    address = f"{goal.get_absolute_url()}?in={folder.slug}"
    if htmx.target(request) not in {"talk", "thread"}:
        return HttpResponseRedirect(address)
    moved_on = goal.pk != conversation.pk
    fresh = goal if moved_on else visible_conversation(request, goal.pk)
    context = conversation_context(request, fresh, folder, moved_on=moved_on)
    response = htmx.respond(request, PAGE, context, parts=PARTS)
    if moved_on:
        response.headers["HX-Push-Url"] = address
    return response


def closed(
    request: AuthenticatedHttpRequest, folder: Folder, *, emptied: bool = False
) -> HttpResponse:
    """No conversation is open any more: it was put back as unread, or was the last of a folder."""
    if htmx.target(request) != "talk":
        return HttpResponseRedirect(folder.url)
    context = {"folder": folder, "emptied": emptied}
    response = htmx.respond(request, PAGE, context, parts=PARTS)
    response.headers["HX-Push-Url"] = folder.url
    return response
