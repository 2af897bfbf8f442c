"""allauth, narrowed to what the hub offers: sign-up is by invitation only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from team import mail
from team.models import Hub, User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "Wrong email or password. Try again, or use “Forgot your password?” below."
        ),
        "too_many_login_attempts": _(
            "Too many wrong passwords in a row. Wait five minutes, then try again."
        ),
        "enter_current_password": _("Wrong password. Enter your current password."),
        "incorrect_password": _("Wrong password. Try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Subjects are rendered without the request, so they are told whose hub it is."""
        named = {"hub_name": str(Hub.current() or ""), **context}
        super().send_mail(template_prefix, email, named)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """HTML and text, as every mail of the hub. allauth asks for no headers."""
        subject = render_to_string(f"{template_prefix}_subject.txt", context).strip()
        to = [email] if isinstance(email, str) else email
        return mail.compose(f"{template_prefix}_message", subject, to, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the hub's own address, whatever Host header the request came with."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return settings.HUB_URL + path

    def is_safe_url(self, url: str | None) -> bool:
        """Back to a page of the hub and nowhere else. allauth's own breaks on http://[ ."""
        return url_has_allowed_host_and_scheme(url, {context.request.get_host()})

    def set_password(self, user: User, password: str) -> None:
        """A new password ends the other sessions, so their live streams have to end too."""
        super().set_password(user, password)
        user.end_live_streams()

    def logout(self, request: HttpRequest) -> None:
        user = User.objects.filter(pk=request.user.pk).first()
        super().logout(request)
        if user:
            user.end_live_streams()
