"""The check-in of an event, for helpers without an account: the secret in the address lets them in.

No cookie has a part in it, so there is no request that another site could make in their name; one
that a browser says came from another site is refused all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from events.desk import Desk
from events.models import DoorLink
from events.views import at_desk

AtDesk = Callable[[HttpRequest, Desk], HttpResponse]
OfToken = Callable[[HttpRequest, str], HttpResponse]


def by_link(view: AtDesk) -> OfToken:
    """410 where the link does not work any more, or never did."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def with_desk(request: HttpRequest, token: str) -> HttpResponse:
        link = DoorLink.objects.with_token(token)
        if link is None:
            return at_desk.unkept(render(request, "events/door_closed.html", status=410))
        return view(request, Desk.of_link(link, token))

    return with_desk


@require_safe
@by_link
def page(request: HttpRequest, at: Desk) -> HttpResponse:
    return at_desk.page(request, at)


@require_GET
@by_link
def people(request: HttpRequest, at: Desk) -> HttpResponse:
    return at_desk.people(request, at)


@require_POST
@by_link
def scans(request: HttpRequest, at: Desk) -> HttpResponse:
    if not _is_from_here(request):
        raise PermissionDenied
    return at_desk.sent(request, at)


@require_GET
@by_link
def worker(request: HttpRequest, at: Desk) -> HttpResponse:
    return at_desk.worker(request, at)


def _is_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    try:
        return not origin or urlsplit(origin).netloc == request.get_host()
    except ValueError:
        return False
