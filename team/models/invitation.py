"""An open seat: sign-up is by invitation only."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from .user import Role, User

LIFETIME = timedelta(days=7)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Only while who offered the seat may offer it: a link kept back is no way in again."""
        return self.filter(
            accepted_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
            # no join: accept() updates these rows, and of two at once PostgreSQL looks again only
            # at the conditions of the row itself
            by__in=User.objects.active().filter(role=Role.ADMIN),
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

    def __str__(self) -> str:
        return self.email or self.get_role_display()

    @staticmethod
    def link(token: str) -> str:
        return settings.HUB_URL + reverse("invitation", args=[token])
