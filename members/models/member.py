"""A person in the community, or one we would like to meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community_hub.lib.keyset import Order
from community_hub.lib.paths import path

from .identity import Identity, hidden_scopes
from .sighting import Sighting

if TYPE_CHECKING:
    from team.models import User


class Stage(models.TextChoices):
    OUTSIDER = "outsider", _("Outsider")
    VISITOR = "visitor", _("Visitor")
    PARTICIPANT = "participant", _("Participant")
    CONTRIBUTOR = "contributor", _("Contributor")
    CHAMPION = "champion", _("Champion")


LATELY_SEEN_FIRST = Order("-seen_at")  # after with_seen_at()


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: User) -> MemberQuerySet:
        """Whoever was seen in a source that this reader may see, or was never seen in any; what
        was said is filtered line by line."""
        if not user.is_authenticated:
            return self.none()
        found, hidden = self.filter(erased_at__isnull=True), hidden_scopes(user)
        if hidden is None:
            return found
        seen = Sighting.objects.filter(identity__member=models.OuterRef("pk"))
        return found.filter(models.Exists(seen.exclude(scope__in=hidden)) | ~models.Exists(seen))

    def with_seen_at(self, user: User) -> MemberQuerySet:
        """`seen_at`: when this reader's sources saw them last."""
        hidden = hidden_scopes(user)
        if hidden is None:
            return self.annotate(seen_at=models.F("last_seen"))
        seen = Sighting.objects.filter(identity__member=models.OuterRef("pk"))
        here = seen.exclude(scope__in=hidden).order_by("-last_seen").values("last_seen")[:1]
        return self.annotate(
            seen_at=models.Case(
                models.When(
                    models.Exists(seen.filter(scope__in=hidden)), then=models.Subquery(here)
                ),
                default=models.F("last_seen"),
            )
        )

    def community(self) -> MemberQuerySet:
        """Whoever was seen, without the accounts that the hub itself writes from."""
        ours = Identity.objects.filter(member=models.OuterRef("pk"), is_us=True)
        return self.filter(~models.Exists(ours), last_seen__isnull=False)


class Member(models.Model):
    """Staff are members with a `user`: what they answer natively counts as the team's."""

    name = models.CharField(max_length=200, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=120, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    languages = models.JSONField(default=list, blank=True)
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.VISITOR)
    stage_pinned = models.BooleanField(default=False)  # set by a person, not to be moved
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="owned_members",
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="member",
    )
    is_bot = models.BooleanField(default=False)
    do_not_contact = models.BooleanField(default=False)
    first_seen = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    tags: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "Tag", through="MemberTag", related_name="members"
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values), name="member_stage_is_known"
            )
        ]
        indexes = [
            models.Index(fields=["-last_seen", "-id"], name="members_lately"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Unnamed member"))

    def get_absolute_url(self) -> str:
        return path("member", self.pk)
