"""Files that people attach: uploaded for oneself, read by whoever may read what they belong to."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from team import files
from team.files import NotKept
from team.http import AuthenticatedHttpRequest
from team.models import File


@require_POST
def uploads(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`file`: one. It is kept until something is saved with it, for a day or two."""
    require_upload_right(request)
    given = request.FILES.get("file")
    try:
        if given is None:
            raise NotKept(_("Select a file."))
        row = files.keep(given, given.name or "", by=request.user)
    except NotKept as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse(
        {"id": row.pk, "name": row.name, "url": row.get_absolute_url(), "picture": row.is_picture}
    )


@require_http_methods(["GET", "HEAD", "DELETE"])
def file(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: what is in it. DELETE: of what is saved with nothing yet."""
    row = files.readable(pk, request.user)
    if row is None:
        raise Http404
    if request.method == "DELETE":
        require_upload_right(request)
        files.discard(row, by=request.user)
        return HttpResponse(status=204)
    return content(request, row)


# Below the views ----------------------------------------------------------------------------------


def require_upload_right(request: AuthenticatedHttpRequest) -> None:
    if not request.user.can_edit_members:
        raise PermissionDenied


def content(request: AuthenticatedHttpRequest, row: File) -> HttpResponse:
    """As a file that can do nothing but be looked at. A browser asks each time whether this person
    may still read it."""
    tag = f'"{row.hash}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        try:
            response = HttpResponse(files.path_of(row.hash).read_bytes(), content_type=row.type)
        except FileNotFoundError:
            raise Http404 from None
    name = files.download_name(row)
    for header, value in {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": content_disposition_header(not row.is_picture, name) or "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }.items():
        response.headers[header] = value
    return response
