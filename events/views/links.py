"""What events are tied to: linked from the menu of a conversation, taken off on either page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.text import number, one_line
from events import links as of_events
from events.models import EventLink
from events.verbs import linking
from events.views.access import visible_event
from members import hooks
from members.hooks import Thing
from team.actions import Changes
from team.http import AuthenticatedHttpRequest


@require_http_methods(["GET", "POST"])
def event_links(request: AuthenticatedHttpRequest) -> HttpResponse:
    """GET: the events that `key`, such as "conversation:42", can be linked to; `q`: a part of a
    title. POST: links it to the `event`."""
    linking.link.require(request.user)
    thing = visible_thing(request)
    if request.method == "GET":
        typed = one_line(request.GET.get("q", ""), 100)
        tied = of_events.links_of(thing.key, request.user)
        offered = of_events.offered(typed, request.user)
        known = {row.event_id for row in tied}
        context = {
            "thing": thing,
            "tied": tied,
            "offered": [event for event in offered if event.pk not in known],
            "q": typed,
        }
        return htmx.respond(request, "events/links.html", context, parts=("event-link-list",))
    event = visible_event(request, number(request.POST.get("event")))
    changes = linking.link(event, thing.key, by=request.user)
    said = _("Linked to “%(event)s”.") if changes else _("It was linked to “%(event)s” already.")
    return told(request, thing.key, thing.url, said % {"event": event}, changes)


@require_http_methods(["POST", "DELETE"])
def event_link(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """DELETE: takes it off; `next`: the page to go back to."""
    linking.unlink.require(request.user)
    seen = EventLink.objects.visible_to(request.user).present().select_related("event")
    row = get_object_or_404(seen.filter(event__removed_at__isnull=True), pk=pk)
    if htmx.method(request) != "DELETE":
        return redirect(row.event)
    changes = linking.unlink(row, by=request.user)
    said = _("“%(event)s” is no longer linked.") % {"event": row.event}
    there = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(there, allowed_hosts=None):
        there = row.event.get_absolute_url()
    return told(request, row.key, there, said, changes)


# Below the views ---------------------------------------------------------------------------------


def visible_thing(request: AuthenticatedHttpRequest) -> Thing:
    given = request.POST if request.method == "POST" else request.GET
    thing = hooks.thing(request.user, given.get("key", ""))
    if thing is None:
        raise Http404
    return thing


def told(
    request: AuthenticatedHttpRequest, key: str, page: str, text: str, changes: Changes
) -> HttpResponse:
    """What shows the thing, or the event, fetches itself anew."""
    if not htmx.target(request):
        return htmx.tell(request, redirect(page), text, undo=changes.undo_url)
    response = HttpResponse(status=204)
    for name in ("hub:events", f"hub:{key.replace(':', '-')}"):
        trigger_client_event(response, name)
    return htmx.tell(request, response, text, undo=changes.undo_url)
