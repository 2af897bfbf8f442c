"""The one-time link: a way in without a password, for the owner's first visit and for who lost it.

Signed, valid for 15 minutes, dead after the first sign-in. It is bound to the password and to the
last sign-in, so nothing has to be stored and nothing can be used twice.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from team.models import User

LIFETIME = timedelta(minutes=15)
SALT = "team.signin"


def link_for(user: User) -> str:
    """An absolute address that signs `user` in once, within 15 minutes."""
    token = signing.dumps([user.pk, _state(user)], salt=SALT)
    return settings.HUB_URL + reverse("one-time-link", args=[token])


def holder(token: str, *, lock: bool = False) -> User | None:
    """Whom the link lets in; None when it is used, too old, not ours, or they were switched off."""
    try:
        pk, state = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    active = User.objects.active()
    user = (active.select_for_update() if lock else active).filter(pk=pk).first()
    return user if user and constant_time_compare(state, _state(user)) else None


def enter(request: HttpRequest, token: str, *, password: str = "", **about: str) -> User | None:
    """Use the link up and sign its holder in, with a new password where one is given, and with
    what they said `about` themselves: name, email, timezone.

    None when somebody used it in the meantime: the row is locked, so two browsers cannot share it.
    """
    with transaction.atomic():
        user = holder(token, lock=True)
        if user is None:
            return None
        for name, value in about.items():
            setattr(user, name, value)
        if password:
            user.set_password(password)
            user.save(update_fields=["password", *about])
            user.end_live_streams()  # the sessions that the old one opened are over
        login(request, user)  # moves last_login on, which is what ends the link
    return user


def _state(user: User) -> str:
    """Changes with every sign-in, password and end of sessions."""
    last = user.last_login.isoformat() if user.last_login else ""
    return salted_hmac(SALT, f"{user.get_session_auth_hash()}{last}").hexdigest()[:32]
