"""Mails of the hub: HTML and text from one pair of templates."""

from __future__ import annotations

from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from community_hub.lib.text import one_line

from .models import Hub, User

SUBJECT = 150  # characters: more of it no mail program shows
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


def send(template: str, subject: str, to: list[str], context: dict[str, Any]) -> None:
    """Render `template`.txt and `template`.html, and send both. OSError (smtplib's errors are
    OSErrors) where the mail server does not take it."""
    told = {
        "hub_name": str(Hub.current() or "Community Hub"),
        "hub_url": settings.HUB_URL,
        "subject": subject,
        **context,
    }
    mail = EmailMultiAlternatives(
        one_line(subject, SUBJECT), render_to_string(f"{template}.txt", told), None, to
    )
    page = render_to_string(f"{template}.html", told)
    mail.attach_alternative(_inliner.inline(page), "text/html")
    mail.send()


def admins() -> list[User]:
    return list(User.objects.active().filter(role="admin"))
