"""Views in templates: their links."""

from __future__ import annotations

from typing import Any

from django.template import Library

register = Library()


@register.simple_tag(takes_context=True)
def absolute(context: dict[str, Any], address: str) -> str:
    """The whole address, as it can be sent to a colleague."""
    return str(context["request"].build_absolute_uri(address))
