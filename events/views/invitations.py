"""Inviting people to an event: to whom and with which words, a preview, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_hub.lib import html, htmx, keyset
from community_hub.lib.keyset import Order
from community_hub.lib.query import Mistake
from community_hub.lib.text import number, storable
from events import answers
from events import invitations as inviting
from events.invitations import Audience, Facts, NotPossible, words_for
from events.models import Event, Invitation, InvitationRun, InvitationState, Notice
from events.verbs import inviting as verbs
from events.views.access import visible_event
from members.listing import LONGEST
from team import saved_queries
from team.http import AuthenticatedHttpRequest
from team.models import User

PAGE = 20
MOST_RUNS = 20


@dataclass(frozen=True)
class Wanted:
    """What the form says."""

    query: str
    body: str
    way: str

    @property
    def digest(self) -> str:
        """Of all of it: what is sent is what was previewed."""
        words = "\0".join((self.query, self.way, self.body.replace("\r\n", "\n")))
        return sha256(words.encode()).hexdigest()[:16]

    @classmethod
    def parse(cls, request: HttpRequest, user: User) -> Wanted:
        """A saved segment takes the place of the query."""
        view = next((v for v in segments(user) if str(v.pk) == request.POST.get("segment")), None)
        query = view.text if view else storable(request.POST.get("q", "")).strip()
        body = storable(request.POST.get("body", ""))
        return cls(query[:LONGEST], body, request.POST.get("way", inviting.MAIL))


@require_http_methods(["GET", "POST"])
def invitations(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: the form, and what was sent before. POST: sends; where something was changed since the
    preview, another preview comes first."""
    verbs.start.require(request.user)
    event = visible_event(request, pk)
    if request.method == "GET":
        return page(request, event, Wanted("", first_words(), inviting.MAIL))
    wanted = Wanted.parse(request, request.user)
    if request.POST.get("previewed") != wanted.digest:
        return previewed_page(request, event, wanted)
    try:
        changes = verbs.start(event, wanted.query, wanted.body, wanted.way, by=request.user)
    except (NotPossible, Mistake) as error:
        return page(request, event, wanted, error=error)
    made = InvitationRun.objects.get(pk=changes.actions[0].object_id)
    said = _("Invitations are being sent.")
    return htmx.tell(request, redirect(made), said, undo=changes.undo_url)


@require_POST
def preview(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """To whom, in which words each, and who is left out. Sends nothing."""
    verbs.start.require(request.user)
    wanted = Wanted.parse(request, request.user)
    return previewed_page(request, visible_event(request, pk), wanted)


@require_GET
def run(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """How far it is, and each of them. `state`: one of InvitationState; `before`: a cursor."""
    verbs.start.require(request.user)
    found = visible_run(request, pk)
    seen = Invitation.objects.visible_to(request.user).filter(run=found)
    state = request.GET.get("state", "")
    rows = seen.filter(state=state) if state in InvitationState.values else seen
    shown = rows.select_related("member", "notice")
    before = request.GET.get("before", "")
    context = {
        "run": found,
        "event": found.event,
        "state": state,
        "states": InvitationState.choices,
        "counts": counts(found),
        "page": keyset.page(shown, Order("id"), before, 40, filters={"state": state}),
    }
    return htmx.respond(request, "events/invitation_run.html", context, parts=("run-progress",))


@require_POST
def stop(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.stop.require(request.user)
    found = visible_run(request, pk)
    changes = verbs.stop(found, by=request.user)
    said = _("Stopped. What was sent stays sent.") if changes else _("These are all sent already.")
    return htmx.tell(request, redirect(found), said, level="" if changes else "error")


# Below the views ----------------------------------------------------------------------------------


def previewed_page(request: AuthenticatedHttpRequest, event: Event, wanted: Wanted) -> HttpResponse:
    try:
        inviting.check(wanted.body)
        found = inviting.audience(event, wanted.query, wanted.way, request.user)
    except (NotPossible, Mistake) as error:
        return page(request, event, wanted, error=error)
    shown = previewed(event, found, wanted, request.user, number(request.POST.get("page")))
    return page(request, event, wanted, shown=shown)


def visible_run(request: AuthenticatedHttpRequest, pk: int) -> InvitationRun:
    seen = InvitationRun.objects.visible_to(request.user).filter(event__removed_at__isnull=True)
    return get_object_or_404(seen.select_related("event", "by"), pk=pk)


def segments(user: User) -> list[Any]:
    """Saved queries of members, the reader's own first."""
    both = [*saved_queries.own_views(user), *saved_queries.team_views(user)]
    return [view for view in both if view.kind == "members"]


def first_words() -> str:
    return _(
        "Hi {{ member.first_name }},\n\n“{{ event.title }}” is coming: {{ event.when }}. It would "
        "be good to see you there!\n\n{{ event.link }}\n\n{{ me.first_name }}"
    )


def counts(found: InvitationRun) -> dict[str, int]:
    """By state, and `total` of those that were queued; `mails`: those that the mail server has not
    taken yet, `percent` of what is through."""
    rows = found.invitations.order_by().values_list("state").annotate(n=Count("pk"))
    by_state = dict.fromkeys(InvitationState.values, 0) | dict(rows)
    total = sum(by_state.values()) - by_state[InvitationState.LEFT.value]
    through = total - by_state[InvitationState.QUEUED.value]
    mails = found.invitations.filter(notice__in=Notice.objects.open()).count()
    percent = through * 100 // total if total else 100
    return {**by_state, "total": total, "through": through, "mails": mails, "percent": percent}


def previewed(event: Event, found: Audience, wanted: Wanted, user: User, at: int) -> dict[str, Any]:
    """The page `at` of those who are invited, with what each gets."""
    pages = max(1, -(-len(found.invited) // PAGE))
    at = min(max(at, 1), pages)
    mine = inviting.preview_link()
    people = []
    for person in found.invited[(at - 1) * PAGE : at * PAGE]:
        text = words_for(wanted.body, Facts(event, person.member, user, mine), wanted.way)
        people.append((person, html.from_markdown(text)))
    return {
        "people": people,
        "at": at,
        "pages": pages,
        "count": len(found.invited),
        "left_out": found.left_out[:100],
        "left_count": len(found.left_out),
    }


def page(
    request: AuthenticatedHttpRequest,
    event: Event,
    wanted: Wanted,
    *,
    error: Exception | None = None,
    shown: dict[str, Any] | None = None,
) -> HttpResponse:
    runs = InvitationRun.objects.visible_to(request.user).filter(event=event)
    context = {
        "event": event,
        "closed": "" if event.takes_answers else answers.closed_words(event),
        "wanted": wanted,
        "segments": segments(request.user),
        "ways": inviting.ways(request.user),
        "variables": [(name, it.means) for name, it in inviting.VARIABLES.items()],
        "error": str(error) if error else "",
        "preview": shown,
        "runs": runs.select_related("by").order_by("-pk")[:MOST_RUNS],
    }
    return render(request, "events/invitations.html", context, status=422 if error else 200)
