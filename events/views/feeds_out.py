"""What calendar programs read, without a sign-in and without cookies."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from events import feeds_out
from events.feeds_out import Feed
from events.models import Event
from events.request_limits import WINDOW, is_too_often

MOST = 60  # a minute, from one address


@login_not_required
@require_safe
def public_feed(request: HttpRequest) -> HttpResponse:
    if is_too_often(request, "feeds", MOST):
        return _too_often(request)
    return _answer(request, feeds_out.public(), "events.ics", "public, max-age=60")


@login_not_required
@require_safe
def one_event(request: HttpRequest, slug: str) -> HttpResponse:
    """404 for what has no public page."""
    if is_too_often(request, "feeds", MOST):
        return _too_often(request)
    found = get_object_or_404(Event.objects.with_public_page(), slug=slug)
    return _answer(request, feeds_out.of_event(found), "event.ics", "no-cache")


@login_not_required
@require_safe
def own_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The token is what lets in: 404 for one that is none, or was revoked."""
    if is_too_often(request, "feeds", MOST):
        return _too_often(request)
    user = feeds_out.reader_of(token)
    if user is None:
        raise Http404
    return _answer(request, feeds_out.of_colleague(user), "events.ics", "private, no-cache")


def _answer(request: HttpRequest, feed: Feed, name: str, cached: str) -> HttpResponse:
    response = HttpResponse(feed.content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = cached
    response.headers["ETag"] = feed.etag
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    patch_vary_headers(response, ["Accept-Encoding"])
    same = get_conditional_response(request, etag=feed.etag, response=response)
    return same if isinstance(same, HttpResponse) else response


def _too_often(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(WINDOW)
    return response
