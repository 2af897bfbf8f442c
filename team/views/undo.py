"""Undo, for everything that wrote an Action."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from team import actions, jobs, listings, undoing
from team.http import AuthenticatedHttpRequest
from team.models import Action, SavedQuery
from team.models.job import ACTIONS
from team.saved_query_verbs import ON
from team.templatetags.saved_views import opened_view


@require_POST
def undo(request: AuthenticatedHttpRequest, group: uuid.UUID) -> HttpResponse:
    """200, or 409 where somebody changed the same thing since; both say so in a toast. A job that
    still writes actions of this group is stopped first; many are undone by a job."""
    stopped = jobs.stop(f"{ACTIONS}{group}", by=request.user)
    found = Action.objects.undoable_by(request.user).filter(group=group)
    if not stopped:
        get_object_or_404(found[:1])
    done, said = undo_all(group, request)
    done = done or stopped
    level = "" if done else "error"
    if "HX-Request" not in request.headers:
        return htmx.tell(request, redirect(_back(request)), said, level=level)
    answer = HttpResponse(said, status=200 if done else 409, content_type="text/plain")
    there = _view_shown(request, group) if done else ""
    if there:
        htmx.tell(request, redirect(there), said)
        answer.headers["HX-Redirect"] = there
        return answer
    htmx.tell(request, answer, said, level=level)
    return trigger_client_event(answer, "hub:catch-up")  # whatever is on screen asks again


def undo_all(group: uuid.UUID, request: AuthenticatedHttpRequest) -> tuple[int, str]:
    """How many were undone, or will be; and what is said about it."""
    too_late = actions.too_late([group])
    if not too_late and undoing.is_much(group):
        undoing.start(group, by=request.user)
        return 1, _("Undoing in the background.")
    waiting = Action.objects.filter(group=group, undone_at__isnull=True).count()
    done = actions.undo(group, by=request.user)
    if 1 < done < waiting:
        return done, _("%(n)s restored. The rest has changed since.") % {"n": done}
    if 0 < done < waiting:
        return done, _("Partly undone: the rest has changed since.")
    if done and (said := _said_of_one(group)):
        return done, said
    places = not Action.objects.filter(group=group).exclude(verb="move").exists()
    if done > 1 and not places:  # a thing that was moved has moved others
        return done, ngettext("%(n)s restored", "%(n)s restored", done) % {"n": done}
    if done:
        return done, _("Undone")
    if too_late:
        return 0, _("Can’t undo: this has already been sent.")
    if not Action.objects.filter(group=group).exists():
        return 0, _("Stopped before anything was changed.")
    return 0, _("Can’t undo: this has changed since.")


def _said_of_one(group: uuid.UUID) -> str:
    """Of what was one thing to whoever did it, though it changed more than one row; "" where the
    same was done to several."""
    first = Action.objects.filter(group=group).order_by("pk")[0]
    same = Action.objects.filter(group=group, object_type=first.object_type, verb=first.verb)
    if len(same[:2]) == 2:
        return ""
    entry = actions.find(first)
    return str(entry.undone) if entry and entry.undone else _("Undone")


def _view_shown(request: AuthenticatedHttpRequest, group: uuid.UUID) -> str:
    """The address of the view whose query or order is another again, where the page shows it as it
    was saved: then that is not asked for again, as what somebody typed would be. Or of the view
    that is there again, where its removal led to the page."""
    page = htmx.page_of(request)
    done = Action.objects.filter(group=group, object_type=ON)
    kinds = [it.kind for it in listings.every() if it.address("") == page]
    if (pk := opened_view(page)) and "q" not in QueryDict(urlsplit(page).query):
        done, kinds = done.filter(object_id=pk, verb="change"), listings.kinds()
    elif kinds:
        done = done.filter(verb="delete")
    else:
        return ""
    seen = SavedQuery.objects.visible_to(request.user).current().filter(kind__in=kinds)
    view = seen.filter(pk__in=done.values("object_id")).first()
    return view.get_absolute_url() if view else ""


def _back(request: AuthenticatedHttpRequest) -> str:
    """The page that the button was on."""
    page = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    return page if here else "/"
