"""The language of people without an account: what they chose on a public page, or what their
browser asks for. Pages of the team are in English; see docs/decisions.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

COOKIE = "visitor_language"
PARAMETER = "lang"
KEPT = 365 * 24 * 60 * 60  # seconds

View = Callable[..., HttpResponse]


def in_their_language(view: View) -> View:
    """What it renders is in the visitor's language. `?lang=de` chooses one, and is remembered."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(language_of(request)):
            response = view(request, *args, **kwargs)
            response.headers["Content-Language"] = translation.get_language()
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        if chosen := _known(request.GET.get(PARAMETER, "")):
            response.set_cookie(
                COOKIE, chosen, max_age=KEPT, samesite="Lax", httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response

    return shown


def language_of(request: HttpRequest) -> str:
    """One of settings.VISITOR_LANGUAGES."""
    chosen = _known(request.GET.get(PARAMETER, "")) or _known(request.COOKIES.get(COOKIE, ""))
    if chosen:
        return chosen
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if known := _known(wanted) or _known(wanted.partition("-")[0]):
            return known
    return settings.LANGUAGE_CODE


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """For what is written to one of them, such as a mail."""
    with translation.override(_known(language) or settings.LANGUAGE_CODE):
        yield


@contextmanager
def as_the_team() -> Iterator[None]:
    """For what the team reads later, though a visitor caused it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def _known(language: str) -> str:
    return language if language in dict(settings.VISITOR_LANGUAGES) else ""
