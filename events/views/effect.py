"""What followed an event: its figures, loaded after its page, and whom each of them counts."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from community_hub.lib import htmx
from events import effect as figures
from events.checks import NotPossible
from events.models import Event
from events.verbs import content
from members import encounter_people
from team.actions import Changes
from team.http import AuthenticatedHttpRequest

PAGE = "events/effect.html"
ROWS = "events/effect_rows.html"


@require_GET
def effect(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return page(request, visible(request, pk))


@require_GET
def rows(request: AuthenticatedHttpRequest, pk: int, slug: str) -> HttpResponse:
    """`before`: the cursor of the last row above."""
    event = visible(request, pk)
    try:
        found, more = figures.rows_of(event, slug, request.user, request.GET.get("before", ""))
    except KeyError:
        raise Http404 from None
    label, note = figures.labels_of(event, slug)
    context = {"event": event, "slug": slug, "label": label, "note": note, "rows": found}
    return htmx.respond(request, ROWS, {**context, "more": more}, parts=("effect-rows",))


@require_POST
def participants(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Who took part in content: `who`, names and handles with commas between them; with `from`,
    everybody who wrote in the conversations that it is tied to."""
    event = visible(request, pk)
    content.take_part.require(request.user)
    try:
        changes = note(request, event)
    except NotPossible as error:
        answer = after(request, event, who=request.POST.get("who", ""), status=422)
        return htmx.tell(request, answer, str(error), level="error")
    n = len(changes.actions)
    said = ngettext("%(n)d person took part.", "%(n)d people took part.", n) % {"n": n}
    if not changes:
        return htmx.tell(request, after(request, event), _("They’re all noted already."))
    return htmx.tell(request, after(request, event), said, undo=changes.undo_url)


# Below the views --------------------------------------------------------------------------------


def visible(request: AuthenticatedHttpRequest, pk: int) -> Event:
    return get_object_or_404(Event.objects.visible_to(request.user).present(), pk=pk)


def note(request: AuthenticatedHttpRequest, event: Event) -> Changes:
    if "from" in request.POST:
        return content.take_part_by_conversations(event, by=request.user)
    people = encounter_people.of_tokens([], request.POST.get("who", ""), request.user)
    if people.problem:
        raise NotPossible(people.problem)
    if people.new:
        said = _("There’s no member called “%(name)s”.")
        raise NotPossible(said % {"name": people.new[0]})
    return content.take_part_by_hand(event, people.members, by=request.user)


def after(
    request: AuthenticatedHttpRequest, event: Event, *, who: str = "", status: int = 200
) -> HttpResponse:
    """The figures anew; without scripts, their page. `who`: what was typed, where it is refused."""
    if htmx.target(request) == "effect":
        return page(request, event, who=who, status=status)
    return redirect("event-effect", event.pk)


def page(
    request: AuthenticatedHttpRequest, event: Event, *, who: str = "", status: int = 200
) -> HttpResponse:
    context = {"event": event, "effect": figures.effect_of(event, request.user), "who": who}
    return htmx.respond(request, PAGE, context, parts=("effect",), status=status)
