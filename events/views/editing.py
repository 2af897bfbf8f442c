"""The form of an event: a new one, one that is there, and a copy."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from community_hub.lib.text import number
from events.forms import EventForm
from events.models import Event
from events.verbs import editing
from events.views.access import visible_event
from team import files
from team.http import AuthenticatedHttpRequest
from team.models import File


@require_http_methods(["GET", "POST"])
def event_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """GET: the form. POST: makes a draft."""
    editing.create.require(request.user)
    if request.method == "GET":
        return form_page(request, EventForm(user=request.user))
    form = EventForm(request.POST, user=request.user)
    if not form.is_valid():
        return form_page(request, form, status=422)
    try:
        changes = editing.create(
            by=request.user, tags=form.tag_ids, co_hosts=form.co_host_ids,
            file_ids=uploaded(request), **form.said,
        )  # fmt: skip
    except (ValueError, files.NotKept) as error:
        form.refuse(error)
        return form_page(request, form, status=422)
    made = Event.objects.get(pk=changes.actions[0].object_id)
    said = _("Saved as a draft. Publish it when it’s ready.")
    return answer(request, form, made, said, changes.undo_url)


@require_http_methods(["GET", "POST"])
def details(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """The form of one that is there."""
    editing.edit.require(request.user)
    found = visible_event(request, pk)
    if request.method == "GET":
        return form_page(request, EventForm(user=request.user, event=found))
    form = EventForm(request.POST, user=request.user, event=found)
    if not form.is_valid():
        return form_page(request, form, status=422)
    try:
        changes = editing.edit(
            found, by=request.user, tags=form.tag_ids, co_hosts=form.co_host_ids,
            file_ids=uploaded(request), **form.said,
        )  # fmt: skip
    except (ValueError, files.NotKept) as error:
        form.refuse(error)
        return form_page(request, form, status=422)
    said = _("Saved.") if changes else _("No changes.")
    return answer(request, form, found, said, changes.undo_url)


# Below the views ---------------------------------------------------------------------------------


def form_page(
    request: AuthenticatedHttpRequest, form: EventForm, *, status: int = 200
) -> HttpResponse:
    row = form.event
    attached = (
        sent_files(request, row)
        if form.is_bound
        else files.present(row.files_key)
        if row
        else File.objects.none()
    )
    context: dict[str, Any] = {
        "form": form,
        "event": row,
        "attached": attached,
        "most_bytes": files.MOST_BYTES,
        "address": request.get_full_path(),
    }
    return render(request, "events/form.html", context, status=status)


def sent_files(request: AuthenticatedHttpRequest, row: Event | None) -> list[File]:
    """Those that this user may attach, of what the form names."""
    owners = [files.owner_of(request.user), *([row.files_key] if row else [])]
    return list(files.present(*owners).filter(pk__in=file_ids(request)))


def file_ids(request: AuthenticatedHttpRequest) -> list[int]:
    given = request.POST.getlist("file")[: files.MOST_FILES]
    return [pk for value in given if (pk := number(value))]


def uploaded(request: AuthenticatedHttpRequest) -> list[int]:
    """Those that were sent with a plain form, besides those that were uploaded before. Raises
    NotKept."""
    given = request.FILES.getlist("upload")[: files.MOST_FILES]
    kept = [files.keep(each, each.name or "", by=request.user).pk for each in given]
    return [*file_ids(request), *kept]


def answer(
    request: AuthenticatedHttpRequest, form: EventForm, row: Event, said: str, undo: str
) -> HttpResponse:
    return htmx.tell(request, redirect(row), f"{said} {form.said_twice}".strip(), undo=undo)
