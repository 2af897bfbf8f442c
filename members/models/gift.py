"""What a member’s gifts need: their size and postal address, with their consent, for a while."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from community_hub.lib.crypto import EncryptedJSONField
from team import hours

from .member import Member

if TYPE_CHECKING:
    from team.models import User

USUAL_MONTHS, MOST_MONTHS = 12, 24
SOON = 30  # days before the last one, in which the page asks for a renewal
LONGEST_SIZE, LONGEST_ADDRESS, LONGEST_CONSENT = 40, 500, 200


class GiftDetailsQuerySet(models.QuerySet["GiftDetails"]):
    def visible_to(self, user: User) -> GiftDetailsQuerySet:
        """Whoever may edit members, of members they may see, until it has expired: not only once
        the nightly job has deleted it."""
        if not user.is_authenticated or not user.can_edit_members:
            return self.none()
        members = Member.objects.visible_to(user).filter(pk=models.OuterRef("member_id"))
        return self.current().filter(models.Exists(members), kept_until__gte=_today_of(user))

    def current(self) -> GiftDetailsQuerySet:
        """Without those that were replaced or deleted, and wait for an undo."""
        return self.filter(removed_at__isnull=True)


def _today_of(user: User) -> date:
    """The hub's day; without a query where its timezone was read with who is signed in."""
    if not hasattr(user, "hub_timezone"):
        return hours.of_hub().local().date()
    return timezone.now().astimezone(hours.zone(user.hub_timezone or "UTC")).date()


class GiftDetails(models.Model):
    """`sealed` holds the address, as {"address": "..."}, and is never searched. Each change makes
    a new row, so that the audit trail names rows and never has what stood in them. `agreed_where`:
    where or in which words the member agreed, as `by` wrote it down."""

    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="gift_details"
    )
    size = models.CharField(max_length=LONGEST_SIZE, blank=True)
    sealed = EncryptedJSONField()
    has_address = models.BooleanField(default=False)
    agreed_on = models.DateField()
    agreed_where = models.CharField(max_length=LONGEST_CONSENT)
    months = models.PositiveSmallIntegerField(default=USUAL_MONTHS)
    kept_until = models.DateField()  # the last day
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    objects = GiftDetailsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "gift details"
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(removed_at__isnull=True),
                name="one_current_gift_details_a_member",
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=MOST_MONTHS)
                & Q(kept_until__gt=F("agreed_on")),
                name="gift_details_expire",
            ),
            models.CheckConstraint(
                condition=~Q(agreed_where=""), name="gift_details_have_a_consent"
            ),
        ]
        indexes = [models.Index(fields=["kept_until"], name="gift_details_by_expiry")]

    def __str__(self) -> str:
        return f"gift details {self.pk}"  # never what they hold

    def expires_soon(self, today: date) -> bool:
        return (self.kept_until - today).days <= SOON

    @property
    def address(self) -> str:
        return str(self.sealed.get("address", ""))
