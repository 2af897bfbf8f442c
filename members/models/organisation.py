"""Where members work, teach or play, and as what, with dates as exact as people know them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.moments import day as day_words
from community_hub.lib.paths import path
from community_hub.lib.text import typed_line

from .member import BY_NAME, Member
from .scopes import hidden_scopes

if TYPE_CHECKING:
    from team.models import User

LONGEST_NAME = 120
LONGEST_ROLE = 120
LONGEST_WEBSITE = 500
NOT_NAMES = ("none", "any")  # which org: has as words of its own


class Precision(models.TextChoices):
    """How exactly a day is known: “2024” is kept as its first day, of a year."""

    DAY = "day", gettext_lazy("Day")
    MONTH = "month", gettext_lazy("Month")
    YEAR = "year", gettext_lazy("Year")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> OrganisationQuerySet:
        """Those of somebody they may see, now or before, and those that never had anybody. Those
        that were removed too: whoever removed one may undo it."""
        if not user.is_authenticated:
            return self.none()
        if hidden_scopes(user) is None:
            return self
        linked = Affiliation.objects.filter(organisation=OuterRef("pk"))
        seen = linked.filter(member__in=Member.objects.visible_to(user))
        return self.filter(Exists(seen) | ~Exists(linked))

    def current(self) -> OrganisationQuerySet:
        """Without those that were deleted, or merged into another."""
        return self.filter(removed_at__isnull=True)

    def by_name(self) -> OrganisationQuerySet:
        return self.annotate(by_name=BY_NAME).order_by("by_name", "pk")

    def called(self, name: str) -> OrganisationQuerySet:
        """In whatever case, by the same rule as the constraint."""
        return self.current().filter(Exact(Lower("name"), Lower(Value(name))))


class Organisation(models.Model):
    """One that was deleted or merged keeps its row and its people, so that one Undo brings all of
    it back; nobody is shown it."""

    name = models.CharField(max_length=LONGEST_NAME)
    website = models.CharField(max_length=LONGEST_WEBSITE, blank=True)  # http or https
    removed_at = models.DateTimeField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=Q(removed_at__isnull=True),
                name="one_current_organisation_a_name",
            )
        ]
        indexes = [models.Index(BY_NAME, "id", name="organisations_by_plain_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path("organisation", self.pk)

    @property
    def host(self) -> str:
        """“polyphon.example” of its website."""
        rest = self.website.partition("://")[2]
        return rest.split("/")[0].split("?")[0].removeprefix("www.")

    @classmethod
    def found_or_made(cls, name: str) -> tuple[Organisation, bool]:
        """The one of this name, in whatever case, and whether it was made. ValueError: see
        organisation_name()."""
        name = organisation_name(name)
        if found := cls.objects.called(name).first():
            return found, False
        cls.objects.bulk_create([cls(name=name)], ignore_conflicts=True)
        return cls.objects.called(name).get(), True


def organisation_name(typed: str) -> str:
    """As it is kept. ValueError with a sentence where it is blank, too long, or a word of org:."""
    name = typed_line(typed, LONGEST_NAME)
    if not name:
        raise ValueError(_("Enter the name of an organisation."))
    if name.lower() in NOT_NAMES:
        said = _("In searches, “%(name)s” is a word of its own. Enter a longer name.")
        raise ValueError(said % {"name": name})
    return name


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def visible_to(self, user: User) -> AffiliationQuerySet:
        """Those of members they may see."""
        return self.filter(member__in=Member.objects.visible_to(user))

    def present(self) -> AffiliationQuerySet:
        """Without those that were removed, or whose organisation was."""
        return self.filter(removed_at__isnull=True, organisation__removed_at__isnull=True)

    def current(self, today: date) -> AffiliationQuerySet:
        """Which have not ended by the hub's day."""
        return self.present().filter(is_current(today))

    def newest_first(self) -> AffiliationQuerySet:
        return self.order_by(F("since").desc(nulls_last=True), "-pk")


def is_current(today: date) -> Q:
    """As Affiliation.is_current_on()."""
    return Q(until__isnull=True) | Q(until__gt=today)


class Affiliation(models.Model):
    """What a member is, or was, at an organisation. `since` is the first day of what is known and
    `until` the last: “until 2024” ends on 31 December."""

    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="affiliations"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="affiliations"
    )
    role = models.CharField(max_length=LONGEST_ROLE, blank=True)
    since = models.DateField(null=True)
    since_precision = models.CharField(
        max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    until = models.DateField(null=True)
    until_precision = models.CharField(
        max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    removed_at = models.DateTimeField(null=True)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="affiliation_ends_after_it_began",
            ),
            models.UniqueConstraint(
                "member",
                "organisation",
                Lower("role"),
                "since",
                "until",
                nulls_distinct=False,
                condition=Q(removed_at__isnull=True),
                name="one_affiliation_once",
            ),
        ]

    def __str__(self) -> str:
        return at_organisation(self.role, self.organisation.name)

    def is_current_on(self, today: date) -> bool:
        return self.until is None or self.until > today

    def period_on(self, today: date) -> str:
        """“since Mar 2024”, “2019 – May 2023”, “until 2024”, “from Jan 2027”; "" where no day is
        known."""
        since = self.since and as_known(self.since, self.since_precision)
        until = self.until and as_known(self.until, self.until_precision)
        if since and until:
            return since if since == until else f"{since} – {until}"
        if until:
            return _("until %(day)s") % {"day": until}
        if not since or not self.since:
            return ""
        said = _("from %(day)s") if self.since > today else _("since %(day)s")
        return said % {"day": since}


def at_organisation(role: str, organisation: str) -> str:
    """“Developer at Polyphon Labs”."""
    said = _("%(role)s at %(organisation)s")
    return said % {"role": role, "organisation": organisation} if role else organisation


_FORMS = {Precision.DAY: "j M Y", Precision.MONTH: "M Y", Precision.YEAR: "Y"}


def as_known(day: date, precision: str) -> str:
    """“2024”, “Mar 2024”, “15 Mar 2024”."""
    return day_words(day, _FORMS[Precision(precision)])
