"""What every template knows of the team."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from team.models import Hub


def hub(request: HttpRequest) -> dict[str, Any]:
    """`hub_name`: read only where a template shows it; "" until somebody has named the team.

    `oob` and `unread` are for views to say: to find out that nobody did takes Django four
    exceptions, several times a page."""
    return {"hub_name": SimpleLazyObject(lambda: _name(request)), "oob": False, "unread": None}


def _name(request: HttpRequest) -> str:
    """It came with who is signed in; where nobody is, it is read now."""
    known: str | None = getattr(getattr(request, "user", None), "hub_name", "")
    return str(Hub.current() or "") if known == "" else known or ""
