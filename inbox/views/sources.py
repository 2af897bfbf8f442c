"""What is connected, how it fares, and the few things one may do about it."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_hub.lib import htmx, keyset
from community_hub.lib.keyset import Order, counted
from inbox.connectors.registry import broken
from inbox.models import Quarantined, Source
from inbox.pages.rereading_status import rereading_words
from inbox.pages.source_status import reports
from inbox.pages.webhook_status import webhook_status
from inbox.verbs import sources as verbs
from inbox.views.sources_forms import AudienceForm, SettingsForm
from team import jobs
from team.actions import Changes
from team.http import AuthenticatedHttpRequest

MOST_SOURCES = 200
MOST_CHANNELS = 200
RAW_PAGE = 20
RAW_LENGTH = 20_000  # characters of one raw item that are shown


@require_GET
def sources(request: AuthenticatedHttpRequest) -> HttpResponse:
    return list_page(request)


@require_GET
def source(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return source_page(request, visible_source(request, pk))


@require_http_methods(["POST", "DELETE"])
def pause(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = managed_source(request, pk)
    user = request.user
    if htmx.method(request) == "DELETE":
        changes = verbs.resume(found, by=user)
        return answer(request, found, _("%(name)s is resumed."), changes)
    return answer(request, found, _("%(name)s is paused."), verbs.pause(found, by=user))


@require_POST
def pulls(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = managed_source(request, pk)
    if not verbs.sync(found, by=request.user):
        return answer(request, found, _("%(name)s is stopped. Resume or reconnect it first."))
    if found.limited_until and found.next_pull_at == found.limited_until:
        return answer(request, found, _("%(name)s asked the hub to wait. It syncs right after."))
    return answer(request, found, _("Syncing %(name)s."))


@require_POST
def settings(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = managed_source(request, pk)
    form = SettingsForm(request.POST, source=found)
    if not form.is_valid():
        return source_page(request, found, settings_form=form, status=422)
    changes = verbs.adjust(found, by=request.user, **form.cleaned_data)
    return answer(request, found, _("Saved %(name)s."), changes)


@require_POST
def audience(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = managed_source(request, pk)
    form = AudienceForm(request.POST, source=found)
    if not form.is_valid():
        return source_page(request, found, audience_form=form, status=422)
    changes = verbs.restrict(found, form.chosen(), by=request.user)
    return answer(request, found, _("Visibility of %(name)s saved."), changes)


@require_http_methods(["POST", "DELETE"])
def mute(request: AuthenticatedHttpRequest, pk: int, channel_pk: int) -> HttpResponse:
    found = managed_source(request, pk)
    channel = get_object_or_404(found.channels, pk=channel_pk)
    muted = htmx.method(request) != "DELETE"
    changes = (verbs.mute if muted else verbs.unmute)(channel, by=request.user)
    text = _("%(channel)s is muted.") if muted else _("%(channel)s is unmuted.")
    words = text % {"channel": channel.name}
    return answer(request, found, words.replace("%", "%%"), changes)


@require_GET
def quarantine(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """What could not be stored, as the platform gave it; the newest first."""
    found = managed_source(request, pk)
    rows = Quarantined.objects.filter(source=found, resolved_at__isnull=True)
    page = keyset.page(rows, Order("-id"), request.GET.get("before", ""), RAW_PAGE)
    context = {
        "source": found,
        "rows": [(row, raw_text(row)) for row in page.rows],
        "more": page.more,
        "is_first": not page.cursor,
    }
    return htmx.respond(request, "inbox/sources/quarantine.html", context)


# Below the views --------------------------------------------------------------------------------


def visible_source(request: AuthenticatedHttpRequest, pk: int) -> Source:
    user = request.user
    return get_object_or_404(Source.objects.visible_to(user), pk=pk)


def managed_source(request: AuthenticatedHttpRequest, pk: int) -> Source:
    """Who may not see it gets 404; who may only look, 403."""
    found = visible_source(request, pk)
    verbs.adjust.require(request.user)
    return found


def list_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    visible = Source.objects.visible_to(request.user).order_by("name", "pk")
    found = reports(visible[:MOST_SOURCES])
    context = {
        "reports": found,
        "is_backfilling": any(report.source.is_backfilling for report in found),
        "region": "sources",
        "broken": broken() if request.user.can_manage_sources else {},
    }
    return htmx.respond(request, "inbox/sources/list.html", context, parts=("sources",))


def source_page(
    request: AuthenticatedHttpRequest,
    found: Source,
    *,
    settings_form: SettingsForm | None = None,
    audience_form: AudienceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    channels = list(found.channels.order_by("name", "pk")[: MOST_CHANNELS + 1])
    report = reports([found])[0]
    speaks = report.connector_class
    context = {
        "source": found,
        "report": report,
        "rereading": rereading_words(found, timezone.now()),
        "has_places": bool(channels) or (speaks is not None and speaks.capabilities.has_channels),
        "channels": channels[:MOST_CHANNELS],
        "has_more_channels": len(channels) > MOST_CHANNELS,
        "region": "source",
    }
    if user.can_manage_sources:
        if job := jobs.unfinished(found.scope):
            context |= {"job": job, "job_words": jobs.words_of(job)}
        context["webhook"] = webhook_status(found)
        kept = Quarantined.objects.filter(source=found, resolved_at__isnull=True)
        context["quarantined"] = counted(kept)
        context["settings_form"] = settings_form or SettingsForm(source=found)
        context["audience_form"] = audience_form or AudienceForm(source=found)
    return htmx.respond(
        request,
        "inbox/sources/source.html",
        context,
        parts=("source", "channels"),
        status=status,
    )


def answer(
    request: AuthenticatedHttpRequest, found: Source, text: str, changes: Changes | None = None
) -> HttpResponse:
    """The region that the button stands in, brought up to date; a redirect without scripts."""
    response: HttpResponse
    found.refresh_from_db()
    if htmx.target(request) == "sources":
        response = list_page(request)
    elif htmx.target(request):
        response = source_page(request, found)
    else:
        response = redirect("sources" if request.POST.get("from") == "sources" else found)
    undo = changes.undo_url if changes else ""
    return htmx.tell(request, response, text % {"name": found.name}, undo=undo)


def raw_text(row: Quarantined) -> str:
    text = json.dumps(row.raw, ensure_ascii=False, indent=2)
    return text if len(text) <= RAW_LENGTH else text[:RAW_LENGTH] + "\n…"
