"""What pages for people without an account say of their language."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def other_languages() -> list[tuple[str, str]]:
    """(code, name in that language) of those that the page could be in besides."""
    return [it for it in settings.VISITOR_LANGUAGES if it[0] != get_language()]
