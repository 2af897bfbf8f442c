"""What follows the signed-in person from page to page: their timezone, and whose pages they are."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control


class PersonalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = getattr(request.user, "timezone", "") if request.user.is_authenticated else ""
        with timezone.override(ZoneInfo(name) if name else None):
            response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            # after the sign-out, the back button would still show them
            patch_cache_control(response, private=True, no_store=True)
        return response
