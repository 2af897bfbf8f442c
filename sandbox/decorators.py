"""What every page of a practice site shares: finding the site, and who may open it.

These pages exist in demo mode only, where anyone at the keyboard plays any member. Where the hub
is served under another name than the machine's own, or to another machine, they need a sign-in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from .models import Site

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PageView = Callable[..., HttpResponse]


def site_page(view: PageView) -> PageView:
    """A page of one site, which answers 503 while the site is out of order."""
    return _find_site(view, closes=True)


def moderation_page(view: PageView) -> PageView:
    """A moderation page: open even while the site is out of order."""
    return _find_site(view, closes=False)


def local_or_signed_in(view: PageView) -> PageView:
    """Ask for a sign-in unless both the hub's address and the caller are this machine's own."""

    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated or is_local(request):
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path())

    return wrapper


def is_local(request: HttpRequest) -> bool:
    named = urlsplit(settings.HUB_URL).hostname or ""
    return named in LOOPBACK and request.META.get("REMOTE_ADDR", "") in LOOPBACK


def _find_site(view: PageView, closes: bool) -> PageView:
    @local_or_signed_in
    @wraps(view)
    def wrapper(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        site = get_object_or_404(Site, slug=slug)
        if closes and site.out_of_order:
            return page(request, "closed", site, status=503)
        return view(request, site, **kwargs)

    return wrapper


def page(
    request: HttpRequest, template: str, site: Site, status: int = 200, **context: Any
) -> HttpResponse:
    return render(request, f"sandbox/{template}.html", {"site": site, **context}, status=status)
