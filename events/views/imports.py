"""Lists of people that were exported elsewhere: uploaded, looked through, imported."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_hub.lib import htmx
from community_hub.lib.text import number
from events import attendance_imports
from events.attendance_columns import COLUMNS, SOURCES
from events.attendance_rows import REASONS, NotAList, has_keys, header_of
from events.models import Answer, AttendanceImport, Event
from events.verbs import imported_answers
from team import jobs
from team.http import AuthenticatedHttpRequest
from team.models import BackgroundJob
from team.models.job import ACTIONS


@require_http_methods(["GET", "POST"])
def imports(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST: upload a list."""
    event = _visible_event(request, pk)
    upload, wrong = request.FILES.get("file"), ""
    if request.method == "POST":
        if upload is None or isinstance(upload, list):
            wrong = _("Choose a file.")
        else:
            try:
                made = attendance_imports.take(event, upload, by=request.user)
            except NotAList as error:
                wrong = str(error)
            else:
                return redirect("attendance-import", event.pk, made.pk)
    context = {"event": event, "wrong": wrong, "sources": [source.label for source in SOURCES]}
    return render(request, "events/import.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST", "DELETE"])
def one_import(request: AuthenticatedHttpRequest, pk: int, import_pk: int) -> HttpResponse:
    """What would be imported, or was. POST: which column is what. DELETE: not imported at all."""
    row = _visible_import(request, pk, import_pk)
    if htmx.method(request) == "DELETE":
        attendance_imports.discard(row)
        return htmx.tell(request, redirect(row.event), _("Nothing was imported."))
    if row.confirmed_at is not None:
        return render(request, "events/import_result.html", _result(row))
    if request.method == "POST":
        row.columns = _columns(request)
        row.save(update_fields=["columns"])
        return redirect("attendance-import", pk, import_pk)
    return _preview_page(request, row)


@require_POST
def confirmation(request: AuthenticatedHttpRequest, pk: int, import_pk: int) -> HttpResponse:
    row = _visible_import(request, pk, import_pk)
    begun = attendance_imports.confirm(row, by=request.user)
    there = redirect("attendance-import", pk, import_pk)
    if begun is None and row.confirmed_at is None:
        said = _("Say first which column has the email address.")
        return htmx.tell(request, there, said, level="error")
    return there


# Below the views ---------------------------------------------------------------------------------


def _visible_event(request: AuthenticatedHttpRequest, pk: int) -> Event:
    imported_answers.take_over.require(request.user)
    return get_object_or_404(Event.objects.visible_to(request.user).present(), pk=pk)


def _visible_import(request: AuthenticatedHttpRequest, pk: int, import_pk: int) -> AttendanceImport:
    event = _visible_event(request, pk)
    rows = AttendanceImport.objects.visible_to(request.user).select_related("event")
    return get_object_or_404(rows, pk=import_pk, event=event)


def _preview_page(request: AuthenticatedHttpRequest, row: AttendanceImport) -> HttpResponse:
    try:
        header, preview = header_of(row.path), attendance_imports.preview(row)
    except (NotAList, OSError) as error:
        said = str(error) if isinstance(error, NotAList) else _("Upload the file again.")
        attendance_imports.discard(row)
        there = redirect("attendance-imports", row.event_id)
        return htmx.tell(request, there, said, level="error")
    label = next((source.label for source in SOURCES if source.slug == row.source), "")
    names = {str(answer): answer.label for answer in Answer}
    context = {
        "event": row.event,
        "import": row,
        "preview": preview,
        "source": label,
        "answers": [(names[name], n) for name, n in preview.answers.most_common()],
        "broken": [(one, REASONS[one.reason]) for one in preview.broken],
        "has_keys": has_keys(row.columns),
        "header": list(enumerate(header)),
        "columns": [(name, label, row.columns.get(name, -1)) for name, label in COLUMNS.items()],
    }
    return render(request, "events/import_preview.html", context)


def _columns(request: HttpRequest) -> dict[str, int]:
    """As the form has them: a number from 1, "" for a column that is not there."""
    chosen = {name: number(request.POST.get(name)) for name in COLUMNS}
    return {name: at - 1 for name, at in chosen.items() if 0 < at <= 200}


def _result(row: AttendanceImport) -> dict[str, Any]:
    found = BackgroundJob.objects.filter(
        kind=attendance_imports.JOB, about=f"{ACTIONS}{row.group}"
    ).order_by("-pk")
    job = found.first()
    return {
        "event": row.event,
        "import": row,
        "job": job,
        "words": jobs.words_of(job) if job else "",
    }
