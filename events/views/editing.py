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
from events.models.event import LONGEST_TITLE
from events.repeat_form import RepeatForm
from events.verbs import editing, planning
from events.views.access import visible_event
from members import hooks
from team import files
from team.http import AuthenticatedHttpRequest
from team.models import File


@require_http_methods(["GET", "POST"])
def event_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """GET: the form; `about`: the key of what it is about, such as a conversation. POST: makes a
    draft, and the other dates of its series."""
    editing.create.require(request.user)
    if request.method == "GET":
        form = EventForm(user=request.user, initial=begun(request))
        return form_page(request, form, RepeatForm())
    form, repeat = EventForm(request.POST, user=request.user), RepeatForm(request.POST)
    if not all([form.is_valid(), repeat.is_valid()]):
        return form_page(request, form, repeat, status=422)
    try:
        changes = planning.plan(
            by=request.user, repeat=repeat.repeat, about=request.POST.get("about", ""),
            tags=form.tag_ids, co_hosts=form.co_host_ids, file_ids=uploaded(request), **form.said,
        )  # fmt: skip
    except (ValueError, files.NotKept) as error:
        return refused(request, form, repeat, error)
    made = Event.objects.get(pk=changes.actions[0].object_id)
    said = _("Saved as a draft. Publish it when it’s ready.")
    return answer(request, form, made, said, changes.undo_url)


@require_http_methods(["GET", "POST"])
def details(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """The form of one that is there."""
    editing.edit.require(request.user)
    found = visible_event(request, pk)
    if request.method == "GET":
        form = EventForm(user=request.user, event=found)
        return form_page(request, form, RepeatForm(event=found))
    form = EventForm(request.POST, user=request.user, event=found)
    repeat = RepeatForm(request.POST, event=found)
    if not all([form.is_valid(), repeat.is_valid()]):
        return form_page(request, form, repeat, status=422)
    try:
        changes = planning.change(
            found, repeat.meant, by=request.user, repeat=repeat.change, tags=form.tag_ids,
            co_hosts=form.co_host_ids, file_ids=uploaded(request), **form.said,
        )  # fmt: skip
    except (ValueError, files.NotKept) as error:
        return refused(request, form, repeat, error)
    said = _("Saved.") if changes else _("No changes.")
    return answer(request, form, found, said, changes.undo_url)


# Below the views ---------------------------------------------------------------------------------


def begun(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    """What a new event begins with, of what it is about."""
    thing = hooks.thing(request.user, request.GET.get("about", ""))
    return {"title": thing.title[:LONGEST_TITLE]} if thing else {}


def refused(
    request: AuthenticatedHttpRequest, form: EventForm, repeat: RepeatForm, error: Exception
) -> HttpResponse:
    if not isinstance(error, ValueError) or not repeat.refuse(error):
        form.refuse(error)
    return form_page(request, form, repeat, status=422)


def form_page(
    request: AuthenticatedHttpRequest, form: EventForm, repeat: RepeatForm, *, status: int = 200
) -> HttpResponse:
    row, asked = form.event, request.GET.get("about", "")
    attached = (
        sent_files(request, row)
        if form.is_bound
        else files.present(row.files_key)
        if row
        else File.objects.none()
    )
    context: dict[str, Any] = {
        "form": form,
        "repeat": repeat,
        "about": hooks.thing(request.user, request.POST.get("about") or asked),
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
