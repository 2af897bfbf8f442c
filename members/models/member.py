"""A person in the community, or one we would like to meet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Cast, Coalesce, Collate, Lower, LTrim
from django.db.models.lookups import Exact, IsNull
from django.utils.translation import gettext_lazy as _

from community_hub.lib import prepared_sql
from community_hub.lib.paths import path
from community_hub.lib.search_text import SearchText

from .activity import Activity, ActivityKind
from .identity import Identity, not_only_in
from .name_words import name_words
from .scopes import hidden_scopes
from .sighting import Sighting

if TYPE_CHECKING:
    from team.models import User

    from .scopes import Scopes


class Stage(models.TextChoices):
    OUTSIDER = "outsider", _("Outsider")
    VISITOR = "visitor", _("Visitor")
    PARTICIPANT = "participant", _("Participant")
    CONTRIBUTOR = "contributor", _("Contributor")
    CHAMPION = "champion", _("Champion")


NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # in orders, for who has no such date
CONTACTS = [kind.value for kind in ActivityKind if kind.is_contact]


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: User) -> MemberQuerySet:
        """Whoever was seen in a source that this reader may see, or was never seen in any; what
        was said is filtered line by line."""
        return self._visible_to(user)

    def few_visible_to(self, user: User) -> MemberQuerySet:
        """The same of some hundreds, each of whom is looked at by itself: whom hidden sources saw
        is not found first."""
        return self._visible_to(user, few=True)

    def _visible_to(self, user: User, *, few: bool = False) -> MemberQuerySet:
        if not user.is_authenticated:
            return self.none()
        found, hidden = self.filter(erased_at__isnull=True), hidden_scopes(user)
        if hidden is None:
            return found
        return found.filter(not_only_in(hidden, few=few, identity__member=models.OuterRef("pk")))

    def visible_parts(self, user: User) -> list[Part]:
        """All of visible_to() in parts that have nobody in common, for lists that are quicker so;
        each with whom its dates are to be worked out for: None where the kept ones hold.

        One part for whoever may see every source. For others, those whom no source saw that is
        hidden from them, in whose order an index can be walked; and the few whom one did."""
        hidden = hidden_scopes(user)
        if hidden is None or not user.is_authenticated:
            return [(self.visible_to(user), None)]
        there = self.filter(erased_at__isnull=True)
        seen = Sighting.objects.filter(identity__member=models.OuterRef("pk"))
        is_hidden = models.Exists(seen.filter(scope__in=hidden))
        elsewhere = models.Subquery(seen.exclude(scope__in=hidden).values("pk")[:1])
        members = is_any_of("pk", seen_in(hidden))
        return [
            (there.filter(~is_hidden), None),
            (there.filter(members, IsNull(elsewhere, False)), user),
        ]

    # Of these, None for `user` means the kept dates as they are, and `all_differ` that all of them
    # were seen where this reader may not look: nobody's kept dates hold.

    def with_seen_at(self, user: User | None, *, all_differ: bool = False) -> MemberQuerySet:
        """`seen_at`: when this reader's sources saw them last; and `own_id`, see has_own_id()."""
        found = self.alias(own_id=NOT_BY_INDEX if user and all_differ else models.F("pk"))
        here = _sightings(user).order_by("-last_seen").values("last_seen")[:1]
        return found.annotate(seen_at=_as_far_as_seen("last_seen", here, user, all_differ))

    def with_first_at(self, user: User | None, *, all_differ: bool = False) -> MemberQuerySet:
        """`first_at`: when this reader's sources saw them first; None where nobody wrote it down"""
        here = _sightings(user).order_by("first_seen").values("first_seen")[:1]
        return self.annotate(first_at=_as_far_as_seen("first_seen", here, user, all_differ))

    def with_contact_at(self, user: User | None, *, all_differ: bool = False) -> MemberQuerySet:
        """`contact_at`: the team's last contact, as far as this reader may know of it; or None."""
        if user is None:
            return self.annotate(contact_at=models.F("last_contact_at"))
        lines = Activity.objects.visible_to(user).present().filter(kind__in=CONTACTS)
        ours = lines.filter(member=models.OuterRef("pk")).order_by("-occurred_at")
        last = ours.values("occurred_at")[:1]
        return self.annotate(contact_at=_as_far_as_seen("last_contact_at", last, user, all_differ))

    def with_order(
        self, name: str, user: User | None, *, all_differ: bool = False
    ) -> MemberQuerySet:
        """What a list is sorted by: `by_name` without case and accents, `by_first` and
        `by_contact` with NEVER in the place of no date. Anything else is there already."""
        if name == "by_name":
            return self.annotate(by_name=BY_NAME)
        if name == "by_first":
            found = self.with_first_at(user, all_differ=all_differ)
            return found.annotate(by_first=or_never("first_at"))
        if name == "by_contact":
            found = self.with_contact_at(user, all_differ=all_differ)
            return found.annotate(by_contact=or_never("contact_at"))
        return self

    def community(self) -> MemberQuerySet:
        """Whoever was seen, without the accounts that the hub itself writes from."""
        ours = Identity.objects.filter(member=models.OuterRef("pk"), is_us=True)
        return self.filter(~models.Exists(ours), last_seen__isnull=False)


Part = tuple[MemberQuerySet, "User | None"]  # see visible_parts()


class _AnyOf(Exact):
    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        sql, params = super().process_rhs(compiler, connection)
        return f"any ({sql})", params


def is_any_of(field: str, values: models.QuerySet[Any, Any]) -> Exact:
    """As `in`, for a few values of many: they are found first, and then each by its index."""
    return _AnyOf(models.F(field), ArraySubquery(values))


def is_any_in(field: str, array: Any) -> Exact:
    """The same of an expression that is an array."""
    return _AnyOf(models.F(field), array)


def has_id(pks: Iterable[int] | str, field: str = "pk") -> models.Q:
    """As `in`, for thousands of ids, or for an array of them as PostgreSQL writes it."""
    array = pks if isinstance(pks, str) else prepared_sql.as_array(pks)
    ids = Cast(models.Value(array), ArrayField(models.BigIntegerField()))
    return models.Q(_AnyOf(models.F(field), ids))


# The few members of the second of visible_parts() are found by an array of their ids. Where a query
# has another array, PostgreSQL 15 looks at each pair of both (0.4 s); so that one is not for the
# index there.
NOT_BY_INDEX = models.ExpressionWrapper(
    models.F("pk") + models.Value(0), output_field=models.BigIntegerField()
)


def has_own_id(pks: str) -> models.Q:
    """has_id() for members that were given `own_id` by with_seen_at()."""
    return has_id(pks, "own_id")


def seen_in(hidden: Scopes) -> models.QuerySet[Any, Any]:
    """Ids of members that these scopes saw."""
    accounts = Sighting.objects.filter(_in_any_of(hidden)).order_by().values("identity_id")
    return Identity.objects.filter(is_any_of("pk", accounts)).order_by().values("member_id")


def _in_any_of(hidden: Scopes) -> Any:
    """Of sightings, found by the index of each scope."""
    if isinstance(hidden, tuple):
        return models.Q(scope__in=hidden)
    return is_any_of("scope", hidden)


def in_stage(stage: str) -> models.Q:
    """Teammates and bots are in none."""
    return models.Q(stage=stage, user__isnull=True, is_bot=False)


def or_never(field: str) -> Coalesce:
    return Coalesce(models.F(field), models.Value(NEVER, models.DateTimeField()))


def _sightings(user: User | None) -> models.QuerySet[Sighting]:
    """Of a member, in sources that this reader may see."""
    seen = Sighting.objects.filter(identity__member=models.OuterRef("pk"))
    hidden = hidden_scopes(user) if user else None
    return seen if hidden is None else seen.exclude(scope__in=hidden)


def _as_far_as_seen(field: str, here: Any, user: User | None, all_differ: bool) -> Any:
    """The kept field; for who was also seen where this reader may not look, what `here` finds."""
    hidden = hidden_scopes(user) if user else None
    if hidden is None:
        return models.F(field)
    if all_differ:
        return models.Subquery(here)
    seen = Sighting.objects.filter(identity__member=models.OuterRef("pk"))
    elsewhere = models.Exists(seen.filter(scope__in=hidden))
    return models.Case(models.When(elsewhere, then=models.Subquery(here)), default=models.F(field))


# Without accents, case and what comes before the first letter, then by code point, so that every
# machine sorts alike: Ángel stands beside Angela, and @zoe at the end.
BY_NAME = Collate(Lower(LTrim(SearchText("name"))), "C")


HAS_INTERESTS = ~models.Q(interests=[])


class Member(models.Model):
    """Staff are members with a `user`: what they answer natively counts as the team's."""

    name = models.CharField(max_length=200, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=120, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    languages = models.JSONField(default=list, blank=True)
    interests = models.JSONField(default=list, db_default=[], blank=True)  # short texts
    birthday = models.PositiveSmallIntegerField(null=True, blank=True)  # 312: 12 March, of no year
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
    fields = models.JSONField(default=dict, db_default={}, blank=True)  # by the keys of Field
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
            ),
            models.CheckConstraint(
                condition=models.Q(birthday__isnull=True)
                | models.Q(birthday__gte=101, birthday__lte=1231),
                name="member_birthday_is_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["-last_seen", "-id"], name="members_lately"),
            models.Index(BY_NAME, "id", name="members_by_plain_name"),
            models.Index(or_never("first_seen"), "id", name="members_by_first_seen"),
            models.Index(or_never("last_contact_at"), "id", name="members_by_contact"),
            GinIndex(name_words(), name="member_name_words"),
            models.Index(
                fields=["birthday"],
                condition=models.Q(birthday__isnull=False),
                name="members_by_birthday",
            ),
            models.Index(fields=["id"], condition=HAS_INTERESTS, name="members_with_interests"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Unnamed member"))

    def get_absolute_url(self) -> str:
        return path("member", self.pk)
