"""A member's account on one network. Handles and names change: shown, never keyed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models.functions import Lower
from django.db.models.lookups import IsNull

from .name_words import account_words
from .scopes import hidden_scopes
from .sighting import Sighting

if TYPE_CHECKING:
    from team.models import User

    from .scopes import Scopes

# From value to value along the index: a step for each network, however many accounts there are.
_NETWORKS = """
with recursive one as (
    (select min(network) as network from members_identity)
    union all
    select (select min(network) from members_identity where network > one.network)
    from one where one.network is not null
)
select network from one where network is not null
"""


def not_only_in(hidden: Scopes, *, few: bool = False, **whose: Any) -> models.Q:
    """Seen in another scope than the hidden ones, or in none: `whose` filters sightings by the row
    that is asked about.

    PostgreSQL finds once who was seen in hidden scopes, and looks for another scope of those
    alone: a subquery that is no `exists` is never worked out for everybody. Of `few` rows it looks
    at each.
    """
    seen = Sighting.objects.filter(**whose)
    elsewhere = models.Subquery(seen.exclude(scope__in=hidden).values("pk")[:1])
    there = seen.filter(scope__in=hidden)
    nowhere: Any = ~models.Exists(there)
    if few:
        nowhere = IsNull(models.Subquery(there.values("pk")[:1]), True)
    return models.Q(nowhere) | models.Q(IsNull(elsewhere, False))


class IdentityQuerySet(models.QuerySet["Identity"]):
    def visible_to(self, user: User) -> IdentityQuerySet:
        """Seen in a source that this reader may see, or in none."""
        hidden = hidden_scopes(user)
        if hidden is None:
            return self
        return self.filter(not_only_in(hidden, identity=models.OuterRef("pk")))

    def of_team(self) -> models.QuerySet[Identity, Any]:
        """Ids of teammates' accounts and of those that sources are signed in as; a subquery."""
        ours = self.filter(is_us=True).order_by().values("pk")
        return ours.union(self.filter(member__user__isnull=False).order_by().values("pk"))

    def networks(self) -> list[str]:
        """Those of these accounts, in order. Two queries."""
        with connection.cursor() as cursor:
            cursor.execute(_NETWORKS)
            known = [network for (network,) in cursor.fetchall()]
        one_of_each = [
            self.filter(network=network).order_by().values_list("network", flat=True)[:1]
            for network in known
        ]
        return sorted(one_of_each[0].union(*one_of_each[1:], all=True)) if one_of_each else []


class Identity(models.Model):
    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="identities"
    )
    network = models.CharField(max_length=200)
    external_id = models.CharField(max_length=500)
    handle = models.CharField(max_length=200, blank=True)
    display_name = models.CharField(max_length=200, blank=True)
    profile_url = models.CharField(max_length=1000, blank=True)
    avatar_url = models.CharField(max_length=1000, blank=True)
    bio = models.TextField(blank=True)
    email = models.EmailField(blank=True)  # verified by the platform
    links = models.JSONField(default=list, blank=True)
    is_us = models.BooleanField(default=False)  # the account a source is signed in as
    created_at = models.DateTimeField(auto_now_add=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(
                fields=["network", "external_id"], name="one_identity_an_account"
            )
        ]
        indexes = [
            models.Index(fields=["member"], condition=models.Q(is_us=True), name="our_accounts"),
            GinIndex(account_words(), name="account_name_words"),
            models.Index(Lower("email"), condition=~models.Q(email=""), name="accounts_by_email"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.handle or self.member.name

    @property
    def at_handle(self) -> str:
        return f"@{self.handle.lstrip('@')}" if self.handle else ""

    @property
    def called(self) -> str:
        """What it is known by: "@ines", a name, or an email address; "" where none is known."""
        address = self.external_id if self.network == "email" else ""
        return self.at_handle or self.display_name or address
