"""The health page for admins, and the same figures for Prometheus."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from community_hub.lib import htmx
from inbox.pages import system_health, system_metrics
from team.http import AuthenticatedHttpRequest


@require_safe
def system(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not request.user.can_manage_sources:
        raise PermissionDenied
    context = {"health": system_health.look()}
    return htmx.respond(request, "inbox/system.html", context, parts=("system",))


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 without METRICS_TOKEN; 401 where the request does not bear it."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not constant_time_compare(given, settings.METRICS_TOKEN):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    for name, rows in system_metrics.figures(system_health.look()).items():
        labels = sorted({label for row, _value in rows for label in row})
        gauge = Gauge(name, name.replace("_", " "), labels, registry=registry)
        for row, value in rows:
            (gauge.labels(**row) if labels else gauge).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
