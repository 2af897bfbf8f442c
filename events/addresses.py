"""Whole addresses of what strangers may open, for mails and calendars."""

from __future__ import annotations

from django.conf import settings

from .models import Event


def public_url(event: Event) -> str:
    """Of its public page."""
    return f"{settings.HUB_URL}/e/{event.slug}/"
