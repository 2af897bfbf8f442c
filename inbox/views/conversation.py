"""One conversation: the thread, the box to write in, the person beside it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from community_hub.lib import htmx
from team.http import AuthenticatedHttpRequest

from .common import (
    PAGE,
    PARTS,
    conversation_context,
    folder_of,
    list_context,
    person_context,
    visible_conversation,
)

BESIDE_A_LIST = ("talk", "thread", "older")  # parts that stand without the rows


@require_safe
def conversation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    shown = visible_conversation(request, pk)
    if shown.pk != pk and not htmx.target(request):
        return redirect(f"{shown.get_absolute_url()}?{request.GET.urlencode()}")
    if htmx.target(request) == "person":
        context = {"conversation": shown, **person_context(request, shown)}
        return htmx.respond(request, PAGE, context, parts=PARTS)
    folder = folder_of(request)
    context = conversation_context(request, shown, folder)
    if htmx.target(request) not in BESIDE_A_LIST:
        context |= list_context(request, folder)
    return htmx.respond(request, PAGE, context, parts=PARTS)
