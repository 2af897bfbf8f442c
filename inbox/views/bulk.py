"""One verb for the selected rows, in a fixed number of statements and with one undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from community_hub.lib.text import number
from inbox.models import Conversation
from inbox.pages import open_promises, snooze_presets
from inbox.verbs import tags, triage
from members.models import Tag
from team.actions import Changes
from team.http import AuthenticatedHttpRequest
from team.models import User

from .common import folder_of

MOST = 1000
Selection = dict[int, int]  # the highest message id that was seen, by conversation


@require_http_methods(["GET", "POST"])
def selection(request: AuthenticatedHttpRequest, noun: str) -> HttpResponse:
    """`pick` is repeated: "42-981" is conversation 42, of which message 981 was the newest seen.

    GET: the menu of what can be chosen, for assignments, snoozes and tags.
    """
    if noun not in VERBS:
        raise Http404
    if request.method == "GET":
        return menu(request, noun)
    seen_up_to: Selection = dict(map(parsed, request.POST.getlist("pick")[:MOST]))
    rows = Conversation.objects.visible_to(request.user).filter(pk__in=seen_up_to)
    response: HttpResponse = HttpResponseRedirect(folder_of(request).url)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response.headers["HX-Trigger"] = '{"hub:conversation": {}}'
    try:
        changes, said = VERBS[noun](list(rows), request.user, request.POST, seen_up_to)
    except ValueError as error:
        return htmx.tell(request, response, str(error), level="error")
    question = open_promises.question(changes, request.user)
    return htmx.tell(request, response, said, undo=changes.undo_url, question=question)


def menu(request: AuthenticatedHttpRequest, noun: str) -> HttpResponse:
    """`?pick=42`: for that conversation alone, wherever the menu is opened."""
    context: dict[str, Any] = {"noun": noun, "pick": number(request.GET.get("pick")) or ""}
    if noun == "assignments":
        triage.assign.require(request.user)
        context["colleagues"] = User.objects.who_can_triage().order_by("name", "pk")[:500]
    elif noun == "snoozes":
        triage.snooze.require(request.user)
        context["presets"] = snooze_presets.presets(request.user)
    elif noun == "tags":
        tags.tag.require(request.user)
        context["all_tags"] = Tag.objects.visible_to(request.user).current().by_name()[:200]
    else:
        raise Http404
    return htmx.respond(request, "inbox/selection_menu.html", context)


def parsed(pick: str) -> tuple[int, int]:
    conversation, _sep, message = pick.partition("-")
    return number(conversation), number(message)


# Each answers what was changed and the sentence about it. ValueError: what is missing in the form.


def close(
    rows: list[Conversation], by: User, form: QueryDict, seen: Selection
) -> tuple[Changes, str]:
    changes = triage.close(rows, by=by, seen_up_to=seen)
    n = len(changes)
    return changes, ngettext("%(n)s conversation done", "%(n)s conversations done", n) % {"n": n}


def assign(
    rows: list[Conversation], by: User, form: QueryDict, seen: Selection
) -> tuple[Changes, str]:
    """`user`: somebody's id, "nobody", or "me", which is also meant where it is missing."""
    wanted = form.get("user") or "me"
    to: User | None = by
    if wanted != "me":
        able = User.objects.who_can_triage()
        to = None if wanted == "nobody" else get_object_or_404(able, pk=number(wanted))
    changes = triage.assign(rows, to, by=by)
    n = len(changes)
    if to is None:
        said = ngettext("%(n)s conversation unassigned", "%(n)s conversations unassigned", n)
    elif to == by:
        said = ngettext(
            "%(n)s conversation assigned to you", "%(n)s conversations assigned to you", n
        )
    else:
        said = ngettext(
            "%(n)s conversation assigned to %(name)s",
            "%(n)s conversations assigned to %(name)s",
            n,
        )
    return changes, said % {"n": n, "name": to}


def snooze(
    rows: list[Conversation], by: User, form: QueryDict, seen: Selection
) -> tuple[Changes, str]:
    """`until`: a preset's name or a date."""
    changes = triage.snooze(rows, snooze_presets.chosen(form.get("until", ""), by), by=by)
    n = len(changes)
    said = ngettext("%(n)s conversation snoozed", "%(n)s conversations snoozed", n)
    return changes, said % {"n": n}


def tag(
    rows: list[Conversation], by: User, form: QueryDict, seen: Selection
) -> tuple[Changes, str]:
    """`name`, or `new` as typed."""
    tags.tag.require(by)
    changes = tags.tag(rows, form.get("name") or form.get("new", ""), by=by)
    n = len(changes)
    return changes, ngettext("%(n)s conversation tagged", "%(n)s conversations tagged", n) % {
        "n": n
    }


def unread(
    rows: list[Conversation], by: User, form: QueryDict, seen: Selection
) -> tuple[Changes, str]:
    changes = triage.mark_unread(rows, by=by)
    n = len(changes)
    said = ngettext(
        "%(n)s conversation marked as unread", "%(n)s conversations marked as unread", n
    )
    return changes, said % {"n": n}


VERBS: dict[
    str, Callable[[list[Conversation], User, QueryDict, Selection], tuple[Changes, str]]
] = {
    "closures": close,
    "assignments": assign,
    "snoozes": snooze,
    "tags": tag,
    "unread": unread,
}
