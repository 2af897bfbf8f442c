"""The page of views, the form of one, and what is done with them from a list."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.query import Mistake
from community_hub.lib.text import storable
from team import listings, saved_queries, view_counts
from team import saved_query_verbs as verbs
from team.actions import Changes
from team.hidden_parts import is_hidden_from_some
from team.http import AuthenticatedHttpRequest
from team.models import SavedQuery
from team.saved_query_errors import ChangedMeanwhile, NameTaken, TooMany
from team.saved_query_forms import SavedQueryForm
from team.templatetags.saved_views import nav_context, opened_view


@require_http_methods(["GET", "POST"])
def views(request: AuthenticatedHttpRequest) -> HttpResponse:
    """POST: `kind`, `name`, `q`, `sort`, `shared` and the options of a new one."""
    if request.method == "GET":
        return list_page(request)
    listing = listings.find(request.POST.get("kind", ""))
    if listing is None:
        raise Http404
    form = SavedQueryForm(request.POST, user=request.user, listing=listing)
    if not form.is_valid():
        return form_page(request, form)
    wanted = form.cleaned_data
    try:
        changes = verbs.save(
            listing.kind,
            wanted["name"],
            wanted["q"],
            wanted["sort"],
            by=request.user,
            shared=wanted.get("shared", False),
            options=request.POST,
        )
    except (NameTaken, TooMany) as error:
        form.add_error("name", str(error))
        return form_page(request, form)
    made = visible(request, changes.actions[0].object_id)
    return answer(request, made.get_absolute_url(), warned(_("View saved."), made), changes)


@require_http_methods(["GET", "POST", "DELETE"])
def view(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    if not found.can_be_edited_by(request.user):
        raise PermissionDenied
    if htmx.method(request) == "DELETE":
        changes = verbs.remove(found, by=request.user)
        after = listing_of(found).address("") if came_from_list(request) else ""
        return answer(request, after, _("Removed “%(name)s”.") % {"name": found}, changes)
    form = SavedQueryForm(
        request.POST or None, user=request.user, listing=listing_of(found), view=found
    )
    if request.method == "GET" or not form.is_valid():
        return form_page(request, form)
    try:
        changes = edited(found, form, request)
    except NameTaken as error:
        form.add_error("name", str(error))
        return form_page(request, form)
    except ChangedMeanwhile as error:
        form = form.showing(error.view)
        form.add_error("name" if error.field == "name" else "q", str(error))
        return form_page(request, form)
    found.refresh_from_db()
    said = warned(_("View saved."), found) if changes else _("No changes.")
    return answer(request, "", said, changes)


@require_POST
def query(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`q`, `sort` and the options of the list that it was opened in, `was_q`: its query when it was
    opened."""
    found = visible(request, pk)
    text, order = storable(request.POST.get("q", "")).strip(), request.POST.get("sort", "")
    shown = request.POST.get("was_q", "")
    try:
        options = listing_of(found).options(request.POST)
        changes = verbs.change(
            found, text, order, by=request.user, shown=shown, options=options or None
        )
    except (Mistake, ChangedMeanwhile) as error:
        listed = listing_of(found).address(text, order)
        there = f"{listed}{'&' if '?' in listed else '?q=&'}view={found.pk}"
        return htmx.tell(request, redirect(there), str(error), level="error")
    found.refresh_from_db()
    said = warned(_("View updated."), found) if changes else _("No changes.")
    return answer(request, found.get_absolute_url(), said, changes)


@require_http_methods(["POST", "DELETE"])
def sharing(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    back = found.get_absolute_url() if came_from_list(request) else ""
    if htmx.method(request) == "DELETE":
        changes = verbs.unshare(found, by=request.user)
        return answer(
            request, back, _("Only you can see “%(name)s” now.") % {"name": found}, changes
        )
    changes = verbs.share(found, by=request.user)
    found.refresh_from_db()
    said = _("Your team can see “%(name)s” now.") % {"name": found}
    return answer(request, back, warned(said, found), changes)


@require_POST
def position(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`to`: up or down, by one place."""
    found = visible(request, pk)
    changes = verbs.move(found, "up" if request.POST.get("to") == "up" else "down", by=request.user)
    return answer(request, "", _("View moved.") if changes else _("No changes."), changes)


@require_GET
def nav(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The views in the navigation, counted; where that takes long, the browser comes again."""
    views = view_counts.in_navigation(request.user)
    here = htmx.page_of(request)
    opened = opened_view(here)
    counts, is_complete = view_counts.brought_up_to_date(request.user, views, opened=opened)
    context = nav_context(views, counts, here)
    response = htmx.respond(request, "team/_views_nav.html", context)
    if is_complete:
        return response
    return trigger_client_event(response, "hub:more-counts", after="settle")


# Below the views ---------------------------------------------------------------------------------


def visible(request: AuthenticatedHttpRequest, pk: int) -> SavedQuery:
    """Who may not see it is told that there is none."""
    found = SavedQuery.objects.visible_to(request.user).current().select_related("owner")
    return get_object_or_404(found.filter(kind__in=listings.kinds()), pk=pk)


def listing_of(found: SavedQuery) -> listings.ListKind:
    listing = found.listing
    if listing is None:
        raise Http404
    return listing


def warned(said: str, found: SavedQuery) -> str:
    """With a word to whoever shares what not everybody may see."""
    if not (found.shared and is_hidden_from_some(found)):
        return said
    return f"{said} {_('It names something not everyone can see: that part is hidden from them.')}"


def came_from_list(request: AuthenticatedHttpRequest) -> bool:
    """From the menu of a view that is open, and not from the page of views."""
    return request.POST.get("from") == "list"


def edited(found: SavedQuery, form: SavedQueryForm, request: AuthenticatedHttpRequest) -> Changes:
    """All that the form changes, as one: nothing of it where a part is refused."""
    wanted, group = form.cleaned_data, uuid.uuid4()
    same: dict[str, Any] = {"by": request.user, "group": group}
    with transaction.atomic():
        done = [
            verbs.rename(found, wanted["name"], shown=wanted["was_name"], **same),
            verbs.change(found, wanted["q"], wanted["sort"], shown=wanted["was_q"], **same),
        ]
        if wanted.get("shared", found.shared) != found.shared:
            done.append((verbs.share if wanted["shared"] else verbs.unshare)(found, **same))
    return Changes(group, [action for changes in done for action in changes.actions])


def list_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    user = request.user
    context = {
        "own": saved_queries.rows_of(saved_queries.own_views(user), user),
        "shared": saved_queries.rows_of(saved_queries.team_views(user), user),
    }
    return htmx.respond(request, "team/saved_views.html", context, parts=("saved-views",))


def form_page(request: AuthenticatedHttpRequest, form: SavedQueryForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "view": form.view, "listing": form.listing}
    return htmx.respond(request, "team/saved_view.html", context, status=status)


def answer(
    request: AuthenticatedHttpRequest, address: str, text: str, changes: Changes
) -> HttpResponse:
    """The list of views anew, where that is what asked; else a page."""
    if htmx.target(request) == "saved-views":
        return htmx.tell(request, list_page(request), text, undo=changes.undo_url)
    there = redirect(address) if address else redirect("saved-views")
    return htmx.tell(request, there, text, undo=changes.undo_url)
