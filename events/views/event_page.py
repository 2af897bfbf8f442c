"""One event, as the team sees it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import html, htmx
from community_hub.lib.text import number, one_line
from events import attendances, links
from events.checks import NotPossible
from events.models import Answer, Event, Part
from events.verbs import editing
from events.views.access import visible_event
from members.models import Tag
from members.models.scopes import with_hidden_scopes_read
from team import files
from team.http import AuthenticatedHttpRequest
from team.models import User

MOST_SIBLINGS = 4
PARTS = ("event", "event-people", "more-people")


@require_http_methods(["GET", "POST", "DELETE"])
def event(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`answer`: whose list is shown, one of attendances.TABS; `name`: a part of a name; `before`:
    the cursor of the last row above. DELETE: of what nobody has answered to."""
    found = visible_event(request, pk, with_mails=True)
    if request.method == "GET":
        reader = with_hidden_scopes_read(request.user)
        context = people_of(request, found, reader)
        if htmx.target(request) not in ("event-people", "more-people"):
            context |= about(found, reader)
        return htmx.respond(request, "events/event.html", context, parts=PARTS)
    editing.remove.require(request.user)
    if htmx.method(request) != "DELETE":
        return redirect(found)
    try:
        changes = editing.remove(found, by=request.user)
    except NotPossible as error:
        return htmx.tell(request, redirect(found), str(error), level="error")
    said = _("Deleted “%(event)s”.") % {"event": found}
    return htmx.tell(request, redirect("events"), said, undo=changes.undo_url)


# Below the view ----------------------------------------------------------------------------------


def people_of(request: AuthenticatedHttpRequest, found: Event, user: User) -> dict[str, Any]:
    counts = attendances.counts(found, user)
    tab = request.GET.get("answer", "")
    if tab not in attendances.TABS:
        tab = attendances.usual_tab(found, counts)
    name = one_line(request.GET.get("name", ""), 100)
    size = min(max(attendances.PAGE, number(request.GET.get("shown"))), attendances.MOST_SHOWN)
    page = attendances.people(
        found, user, tab, name=name, before=request.GET.get("before", ""), size=size
    )
    return {
        "event": found,
        "counts": counts,
        "tabs": attendances.tabs(counts),
        "tab": tab,
        "name": name,
        "page": page,
        "answers": Answer.choices,
        "roles": Part.choices,
    }


def about(found: Event, user: User) -> dict[str, Any]:
    """All but the people."""
    seen = Tag.objects.visible_to(user).current().filter(pk__in=found.tags.values("pk"))
    return {
        "siblings": siblings_of(found),
        "purpose": html.from_markdown(found.purpose),
        "notes": html.from_markdown(found.notes),
        "co_hosts": list(found.co_hosts.order_by("name")),
        "tags": list(seen.by_name()),
        "files": list(files.present(found.files_key)),
        "links": links.of_event(found, user),
        "public_path": f"/e/{found.slug}/" if found.has_public_page else "",
        "may_delete": found.state == "draft" and user.can_edit_events,
    }


def siblings_of(found: Event) -> list[Event]:
    """The next dates of its series."""
    if found.series_id is None:
        return []
    others = Event.objects.present().filter(series=found.series_id).exclude(pk=found.pk)
    return list(others.filter(starts_at__gt=timezone.now()).soonest_first()[:MOST_SIBLINGS])
