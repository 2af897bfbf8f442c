"""Undo from elsewhere: the conversation in which something was undone opens again."""

from __future__ import annotations

import json
import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_POST

from community_hub.lib import htmx
from inbox.models import Conversation
from inbox.pages.folders import Folder
from team.actions import Changes
from team.http import AuthenticatedHttpRequest
from team.views.undo import undo

from .common import folder_of, visible_conversation


@require_POST
def conversation_undo(request: AuthenticatedHttpRequest, pk: int, group: uuid.UUID) -> HttpResponse:
    """Undo as everywhere else; where it worked, the conversation opens, beside the list `in`."""
    conversation = visible_conversation(request, pk)
    response = undo(request, group)
    if response.status_code == 200:
        go_back_to(request, response, conversation, folder_of(request).slug)
    return response


def undo_and_return(changes: Changes, conversation: Conversation, folder: Folder) -> str:
    """Where a POST undoes the changes and leads back; "" where nothing was changed."""
    if not changes:
        return ""
    address = reverse("conversation-undo", args=[conversation.pk, changes.group])
    return f"{address}?in={folder.slug}"


def go_back_to(
    request: HttpRequest, response: HttpResponse, conversation: Conversation, slug: str = ""
) -> None:
    """The conversation opens, with its text in its box and in no other. `slug`: of the list beside
    it where the page shows none."""
    path, _sep, query = htmx.page_of(request).partition("?")
    address = conversation.get_absolute_url()
    if "HX-Request" not in request.headers or path == address:
        return
    beside = query if "in=" in query else f"in={slug}" if slug else ""
    address = f"{address}?{beside}" if beside else address
    if has_panes(path):
        goal = {"path": address, "target": "#talk", "swap": "outerHTML"}
        response.headers["HX-Location"] = json.dumps(goal)
    else:
        response.headers["HX-Redirect"] = address


def has_panes(path: str) -> bool:
    try:
        return resolve(path).url_name in {"inbox", "inbox-folder", "inbox-source", "conversation"}
    except Resolver404:
        return False
