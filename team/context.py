"""What every template knows of the team."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from team.models import Hub


def hub(request: HttpRequest) -> dict[str, Any]:
    """`hub_name`: read only where a template shows it; "" until somebody has named the team."""
    return {"hub_name": SimpleLazyObject(lambda: str(Hub.current() or ""))}
