"""Mails of the hub: HTML and text from one pair of templates."""

from __future__ import annotations

from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from community_hub.lib.text import one_line

from .models import Hub

SUBJECT = 150  # characters: more of it no mail program shows
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


def send(
    template: str,
    subject: str,
    to: list[str],
    context: dict[str, Any],
    *,
    headers: dict[str, str] | None = None,
) -> None:
    """Compose and send. OSError (smtplib's errors are OSErrors) where the mail server does not take
    it."""
    mail = compose(template, subject, to, context)
    mail.extra_headers.update(headers or {})
    mail.send()


def compose(
    template: str, subject: str, to: list[str], context: dict[str, Any]
) -> EmailMultiAlternatives:
    """Render `template`.txt and `template`.html. White space around the text goes: a tag stands on
    a line of its own in a template."""
    told = {
        "hub_name": str(Hub.current() or "Community Hub"),
        "hub_url": settings.HUB_URL,
        "subject": subject,
        **context,
    }
    text = render_to_string(f"{template}.txt", told).strip() + "\n"
    mail = EmailMultiAlternatives(one_line(subject, SUBJECT), text, None, to)
    page = render_to_string(f"{template}.html", told)
    mail.attach_alternative(_inliner.inline(page), "text/html")
    return mail
