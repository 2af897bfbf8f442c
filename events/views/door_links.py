"""Links for helpers at the door: a list of them, made and revoked."""

from __future__ import annotations

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from community_hub.lib import htmx
from community_hub.lib.text import TooLong
from events.answers import Refused
from events.models import DoorLink, Event
from events.models.door_link import LONGEST_HELPER, expiry
from events.verbs import door_links as verbs
from team.http import AuthenticatedHttpRequest

MOST_LISTED = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door_links(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST makes one, whose address is on this answer and nowhere else."""
    verbs.create.require(request.user)
    event = get_object_or_404(Event.objects.visible_to(request.user).present(), pk=pk)
    if request.method != "POST":
        return _list(request, event)
    name = request.POST.get("name", "")
    try:
        changes, token = verbs.create(event, name, by=request.user)
    except (Refused, TooLong) as refusal:
        return _list(request, event, status=422, name=name, error=str(refusal))
    made = DoorLink.objects.get(pk=changes.actions[0].object_id)
    return _list(request, event, made=made, address=DoorLink.address(token), undo=changes.undo_url)


@require_POST
def revocation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.revoke.require(request.user)
    links = DoorLink.objects.visible_to(request.user).select_related("event")
    link = get_object_or_404(links, pk=pk)
    changes = verbs.revoke(link, by=request.user)
    answer = redirect("door-links", link.event_id)
    if not changes:
        return htmx.tell(request, answer, _("This link was revoked before."), level="error")
    said = _("Link revoked. It no longer works.")
    return htmx.tell(request, answer, said, undo=changes.undo_url)


def _list(
    request: AuthenticatedHttpRequest, event: Event, *, status: int = 200, **more: object
) -> HttpResponse:
    links = DoorLink.objects.visible_to(request.user).filter(event=event)
    shown = list(links.select_related("created_by", "event").order_by("-pk")[:MOST_LISTED])
    address = more.get("address")
    context = {
        "event": event,
        "links": shown,
        "expires_at": expiry(event),
        "longest": LONGEST_HELPER,
        "qr": qr_code(str(address)) if address else "",
        **more,
    }
    return render(request, "events/door_links.html", context, status=status)


def qr_code(text: str) -> str:
    """As SVG, dark on white with its margin, whatever the page's colours are."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by segno, which writes no text of ours
