"""The page "Calendars": links with which calendar programs read events, and what is imported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_hub.lib import htmx
from events import calendar_files, feed_words
from events.calendar_files import NotTaken
from events.calendar_forms import CalendarFileForm, FeedForm
from events.models import CalendarLink, Feed
from events.verbs import calendar_links, feeds, importing
from events.verbs.calendar_links import TooMany
from events.verbs.feeds import NotAdded
from team import jobs
from team.http import AuthenticatedHttpRequest

MOST_SHOWN = 100
SHOWN = timedelta(hours=1)  # so long, the import of a file stands above the calendars


@require_GET
def calendars(request: AuthenticatedHttpRequest) -> HttpResponse:
    return calendars_page(request)


@require_POST
@never_cache
def links(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Make one. It is on this answer and nowhere else."""
    try:
        changes, token = calendar_links.make(by=request.user)
    except TooMany as error:
        return htmx.tell(request, redirect("calendars"), str(error), level="error")
    link = settings.HUB_URL + reverse("own-calendar-feed", args=[token])
    response = calendars_page(request, {"made_link": link, "made_undo": changes.undo_url})
    return response


@require_POST
def revocation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CalendarLink.objects.visible_to(request.user), pk=pk)
    changes = calendar_links.revoke(found, by=request.user)
    if not changes:
        said = _("This link was already revoked.")
        return htmx.tell(request, redirect("calendars"), said, level="error")
    said = _("Link revoked. Calendars that use it stop updating.")
    return htmx.tell(request, redirect("calendars"), said, undo=changes.undo_url)


@require_POST
def feeds_added(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Import a calendar from an address from now on."""
    feeds.add.require(request.user)
    form = FeedForm(request.POST)
    if form.is_valid():
        try:
            changes = feeds.add(**form.cleaned_data, by=request.user)
        except NotAdded as error:
            form.add_error(error.field, str(error))
        else:
            said = _("Calendar added. Its events appear in a moment.")
            return htmx.tell(request, redirect("calendars"), said, undo=changes.undo_url)
    return calendars_page(request, {"feed_form": form}, status=422)


@require_POST
def file_import(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Import the events of a file once."""
    importing.write_down.require(request.user)
    form = CalendarFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            calendar_files.take(
                form.cleaned_data["file"], form.cleaned_data["visibility"], by=request.user
            )
        except NotTaken as error:
            form.add_error("file", str(error))
        else:
            return htmx.tell(request, redirect("calendars"), _("Import started."))
    return calendars_page(request, {"file_form": form}, status=422)


@require_http_methods(["POST", "DELETE"])
def feed(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """DELETE: not imported any more. POST: read now."""
    found = _visible_feed(request, pk)
    if htmx.method(request) == "DELETE":
        changes = feeds.remove(found, by=request.user)
        said = _("Removed “%(name)s”. Its events stay.") % {"name": found}
        return htmx.tell(request, redirect("calendars"), said, undo=changes.undo_url)
    feeds.sync(found, by=request.user)
    return htmx.tell(request, redirect("calendars"), _("Syncing “%(name)s”.") % {"name": found})


@require_http_methods(["POST", "DELETE"])
def feed_pause(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """DELETE: imported again."""
    found = _visible_feed(request, pk)
    if htmx.method(request) == "DELETE":
        changes, said = feeds.resume(found, by=request.user), _("Resumed “%(name)s”.")
    else:
        changes, said = feeds.pause(found, by=request.user), _("Paused “%(name)s”.")
    said = said % {"name": found}
    return htmx.tell(request, redirect("calendars"), said, undo=changes.undo_url)


# Below the views ---------------------------------------------------------------------------------


def calendars_page(
    request: AuthenticatedHttpRequest, more: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """`more`: what an answer to a form adds."""
    own = CalendarLink.objects.visible_to(request.user).working().order_by("-pk")
    context = {
        "public_feed": settings.HUB_URL + reverse("public-calendar-feed"),
        "links": own,
        "may_import": request.user.can_edit_events,
        **(_imports(request) if request.user.can_edit_events else {}),
        **(more or {}),
    }
    return render(request, "events/calendars.html", context, status=status)


def _imports(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    shown = Feed.objects.visible_to(request.user).present().order_by("name", "pk")
    rows = [(row, feed_words.reasons(row.skipped)) for row in shown[:MOST_SHOWN]]
    begun = jobs.begun_by(request.user, since=timezone.now() - SHOWN)
    return {
        "feeds": rows,
        "feed_form": FeedForm(),
        "file_form": CalendarFileForm(auto_id="file_%s"),
        "jobs": [(job, jobs.words_of(job)) for job in begun if job.kind == calendar_files.JOB],
    }


def _visible_feed(request: AuthenticatedHttpRequest, pk: int) -> Feed:
    feeds.pause.require(request.user)
    rows = Feed.objects.visible_to(request.user).present().exclude(url="")
    return get_object_or_404(rows, pk=pk)
