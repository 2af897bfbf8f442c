"""Which fragment is asked for, and what is said about what was done."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event


def target(request: HttpRequest) -> str:
    """The id of the element that will take the answer, without a number at its end; "" for a
    whole page. "thread-42" is "thread": the number keeps a late answer out of another's place."""
    if request.headers.get("HX-Request") != "true":
        return ""
    return re.sub(r"-\d+$", "", request.headers.get("HX-Target", ""))


def vary(response: HttpResponse) -> HttpResponse:
    """Say that the answer depends on the target: else a browser shows a fragment as a page."""
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def respond(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    parts: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """The page, or the partial of it that is named like the target, where it is one of `parts`."""
    wanted = target(request)
    name = f"{template}#{wanted}" if wanted in parts else template
    return vary(render(request, name, context, status=status))


def page_of(request: HttpRequest) -> str:
    """The page that asked, without its host; the first one where its address cannot be read."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return "/"
    return (page.path or "/") + (f"?{page.query}" if page.query else "")


def method(request: HttpRequest) -> str:
    """A form without scripts can only POST: its field `_method` says that it means DELETE."""
    if request.method == "POST" and request.POST.get("_method") == "DELETE":
        return "DELETE"
    return request.method or "GET"


def tell(
    request: HttpRequest,
    response: HttpResponse,
    text: str,
    *,
    undo: str = "",
    level: str = "",
    question: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A toast beside the answer. `undo` is where a POST undoes it; `level` "error" or nothing.
    `question`: "text" of a quiet line in it that leads to "link".

    A redirect shows it on the page that follows, everything else at once.
    """
    if isinstance(response, HttpResponseRedirect):
        say = messages.ERROR if level == "error" else messages.INFO
        messages.add_message(request, say, text, extra_tags=undo)
        if question:
            messages.add_message(
                request, messages.INFO, question["text"], extra_tags=f"open:{question['link']}"
            )
        return response
    toast: dict[str, Any] = {"text": text, "undo": undo, "level": level}
    if question:
        toast["question"] = dict(question)
    return trigger_client_event(response, "toast", toast)


class SignInAgain:
    """Where a session ended, the whole page goes to the sign-in, and back afterwards: a redirect
    that htmx follows by itself would put the sign-in form into a pane."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or response.status_code != 302:
            return response
        login_url = resolve_url(settings.LOGIN_URL)
        if not response.headers.get("Location", "").startswith(login_url):
            return response
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = f"{login_url}?{urlencode({'next': page_of(request)})}"
        return answer
