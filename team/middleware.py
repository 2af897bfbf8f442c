"""What follows the signed-in person from page to page: their timezone, and whose pages they are."""

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from team import hours


class Preferences(dict[str, Any]):
    """What somebody chose; None for what they never did. To find out that a dict does not have
    what a template asks it for takes Django four exceptions, for each of a dozen preferences."""

    def __missing__(self, key: str) -> None:
        return None


class PersonalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["HUB_BEGUN"] = f"{time.time():.6f}"  # what is published later may not be shown
        # Not by a lazy object, which looks for the user at each of a page's questions.
        request.user = user = get_user(request)
        name = getattr(user, "timezone", "") if user.is_authenticated else ""
        if user.is_authenticated:
            user.preferences = Preferences(user.preferences)
        with timezone.override(hours.zone(name) if name else None):
            response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            # after the sign-out, the back button would still show them
            patch_cache_control(response, private=True, no_store=True)
        return response
