"""An open seat: sign-up is by invitation only."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from .action import Action
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

    @classmethod
    def issue(
        cls, *, role: str, by: User, email: str = "", lifetime: timedelta = LIFETIME
    ) -> tuple[Invitation, str]:
        """The invitation and its token in clear, which is not kept anywhere."""
        token = secrets.token_urlsafe(32)
        with transaction.atomic():
            invitation = cls.objects.create(
                email=email.strip().lower(),
                role=role,
                by=by,
                token_hash=token_hash(token),
                expires_at=timezone.now() + lifetime,
            )
            Action.record("invite", invitation, by=by, after={"role": role})
        return invitation, token

    @staticmethod
    def link(token: str) -> str:
        return settings.HUB_URL + reverse("invitation", args=[token])

    def accept(self, *, name: str, email: str, password: str, timezone_name: str) -> User | None:
        """Take the seat. None when the invitation was used or withdrawn a moment ago.

        An address that the invitation names wins over `email`. IntegrityError where the address
        has an account.
        """
        with transaction.atomic():
            mine = Invitation.objects.open().filter(pk=self.pk)
            if not mine.update(accepted_at=timezone.now()):
                return None
            user = User.objects.create_user(
                self.email or email, password, name=name, role=self.role, timezone=timezone_name
            )
            Invitation.objects.filter(pk=self.pk).update(accepted_by=user)
            Action.record("accept", self, by=user, after={"user": user.pk})
        return user

    def revoke(self, *, by: User) -> Action | None:
        """None when it is not open any more."""
        with transaction.atomic():
            now = timezone.now()
            if not Invitation.objects.open().filter(pk=self.pk).update(revoked_at=now):
                return None
            after = {"revoked_at": now.isoformat()}
            return Action.record("revoke", self, by=by, before={"revoked_at": None}, after=after)

    def take_back(self, action: Action) -> bool:
        """Undo a withdrawal."""
        if action.verb != "revoke":
            return False
        mine = Invitation.objects.filter(pk=self.pk, accepted_at__isnull=True, **action.after)
        return bool(mine.update(**action.before))
