"""The request type of views behind the sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from team.models import User


class AuthenticatedHttpRequest(HttpRequest):
    """For type hints alone: LoginRequiredMiddleware has seen to it that somebody is signed in."""

    user: User
