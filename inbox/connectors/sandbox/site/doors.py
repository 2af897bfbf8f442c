"""What every page of a practice site shares: finding the site, and no sign-in. These pages exist
in demo mode only, where anyone at the keyboard plays any member."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from .models import Site

PageView = Callable[..., HttpResponse]


def site_page(view: PageView) -> PageView:
    """A page of one site, which answers 503 while the site is out of order."""
    return _find_site(view, closes=True)


def desk_page(view: PageView) -> PageView:
    """A page of the site manager's desk: open even while the site is out of order."""
    return _find_site(view, closes=False)


def _find_site(view: PageView, closes: bool) -> PageView:
    @login_not_required
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
