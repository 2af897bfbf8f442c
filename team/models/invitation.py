"""An open seat: sign-up is by invitation only."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from .user import Role

if TYPE_CHECKING:
    from .user import User

LIFETIME = timedelta(days=7)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        return self.filter(
            accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now()
        )

    def visible_to(self, user: User) -> InvitationQuerySet:
        return self if user.can_manage_team else self.none()

    def with_token(self, token: str) -> InvitationQuerySet:
        return self.open().filter(token_hash=token_hash(token))


class Invitation(models.Model):
    """Only the hash of the link's token is kept; the link is shown once, to who made it."""

    email = models.EmailField(blank=True)  # blank: whoever holds the link
    role = models.CharField(max_length=20, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    @classmethod
    def issue(
        cls, *, role: str, by: User, email: str = "", lifetime: timedelta = LIFETIME
    ) -> tuple[Invitation, str]:
        """The invitation and its token in clear, which is not kept anywhere."""
        token = secrets.token_urlsafe(32)
        invitation = cls.objects.create(
            email=email.strip().lower(),
            role=role,
            by=by,
            token_hash=token_hash(token),
            expires_at=timezone.now() + lifetime,
        )
        return invitation, token
