"""An export: how far it is, and its file, for who made it."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community_hub.lib import htmx
from team import exports
from team.http import AuthenticatedHttpRequest
from team.models import Export


@require_GET
def export(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Its page; the part that is on a list's page asks for itself again until it is ready."""
    found = own(request, pk)
    here = htmx.target(request) and htmx.page_of(request) != request.path
    context = {"export": found, "offered": here}
    return htmx.respond(request, "team/export.html", context, parts=("export",))


@require_GET
def file(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse | FileResponse:
    """404 until it is whole, and once it is deleted."""
    found = own(request, pk)
    if not found.is_ready:
        raise Http404
    if not exports.may_download(found, request.user):
        said = _("You can see less than when this was exported. Export it again.")
        return htmx.tell(request, redirect("export", pk), said, level="error")
    try:
        content = found.path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=found.filename, content_type="text/csv; charset=utf-8"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def dismissal(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Offered above its list no more: closed, or downloaded."""
    exports.dismiss(own(request, pk))
    return HttpResponse() if "HX-Request" in request.headers else redirect("export", pk)


# Below the views ---------------------------------------------------------------------------------


def own(request: AuthenticatedHttpRequest, pk: int) -> Export:
    """With `job`, as long as it is made. Nobody else has it, whatever their role."""
    found = get_object_or_404(Export.objects.filter(by=request.user), pk=pk)
    return exports.with_job(found)
