"""The one address where platforms post to the hub."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from inbox.connectors.base import ConnectorError
from inbox.ingest import webhooks


@csrf_exempt  # no browser posts here: the connector checks the platform's signature
@login_not_required
@require_POST
def hook(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    source = webhooks.find(pk, key)
    if source is None:
        raise Http404
    try:
        body = request.body  # refused by its announced length, before anything is read
    except RequestDataTooBig:
        return HttpResponse("Too large\n", status=413, content_type="text/plain")
    try:
        webhooks.receive(source, request.headers, body)
    except ConnectorError:
        return HttpResponse("Not accepted\n", status=403, content_type="text/plain")
    return HttpResponse(status=202)
