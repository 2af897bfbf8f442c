"""One verb for several picked rows, each with its own way back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from community_hub.lib import htmx
from community_hub.lib.text import number
from inbox.models import Conversation
from team.http import AuthenticatedHttpRequest
from team.models import Action, User

from .common import folder_of, permit

MOST = 200


@require_POST
def selection(request: AuthenticatedHttpRequest, noun: str) -> HttpResponse:
    """`pick` is repeated: "42-981" is conversation 42, of which message 981 was the newest seen."""
    if noun not in VERBS:
        raise Http404
    permit(request.user.can_triage)
    seen_up_to = dict(map(parsed, request.POST.getlist("pick")[:MOST]))
    picked = Conversation.objects.visible_to(request.user).filter(pk__in=seen_up_to)
    actions = [VERBS[noun](row, request.user, seen_up_to[row.pk]) for row in picked.order_by("pk")]
    done = [action for action in actions if action]
    said = words_for(noun, len(done))
    response: HttpResponse = HttpResponseRedirect(folder_of(request).url)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response.headers["HX-Trigger"] = '{"hub:conversation": {}}'
    return htmx.tell(request, response, said, undo=undo_of(done))


@require_POST
def undo(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Take back what was done to several: `action` is repeated in the address."""
    mine = Action.objects.filter(pk__in=map(number, request.GET.getlist("action")), by=request.user)
    taken = sum(action.undo(by=request.user) for action in mine.order_by("-pk")[:MOST])
    said = ngettext("%(n)s taken back", "%(n)s taken back", taken) % {"n": taken}
    response: HttpResponse = HttpResponseRedirect(reverse("inbox"))
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
    return htmx.tell(request, response, said)


def undo_of(actions: list[Action]) -> str:
    """The address that takes all of them back; "" where nothing was done."""
    if not actions:
        return ""
    return f"{reverse('undo-several')}?{urlencode({'action': [a.pk for a in actions]}, doseq=True)}"


def words_for(noun: str, n: int) -> str:
    if noun == "closures":
        said = ngettext("%(n)s conversation done", "%(n)s conversations done", n)
    else:
        said = ngettext("%(n)s conversation is yours now", "%(n)s conversations are yours now", n)
    return said % {"n": n}


def parsed(pick: str) -> tuple[int, int]:
    conversation, _sep, message = pick.partition("-")
    return number(conversation), number(message)


def close(row: Conversation, by: User, seen_up_to: int) -> Action | None:
    return row.close(by=by, seen_up_to=seen_up_to)


def take(row: Conversation, by: User, seen_up_to: int) -> Action | None:
    return row.assign(by, by=by)


VERBS = {"closures": close, "assignments": take}
