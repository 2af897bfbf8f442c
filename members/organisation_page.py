"""Organisations as their readers see them: the list, who is and was at one. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Collate, Concat, Lower, LTrim

from community_hub.lib import keyset
from community_hub.lib.keyset import CAP, Listing, Order
from community_hub.lib.query.syntax import quoted
from community_hub.lib.search_text import SearchText
from team import listings

from .affiliations import ShownAffiliation
from .columns import named
from .follow_ups import today_of
from .models import Affiliation, Member, Organisation
from .models.member import BY_NAME
from .models.organisation import is_current
from .rows import with_all_shown

if TYPE_CHECKING:
    from team.models import User

    from .models.organisation import OrganisationQuerySet

BY_NAMES = Order("by_name", is_text=True)
NOW, BEFORE = "0", "1"  # the first letter of what people are sorted by
PEOPLE = Order("place", is_text=True)


@dataclass(frozen=True)
class OrganisationRow:
    """`members`: how many are there now, as far as the reader may see them, up to CAP."""

    organisation: Organisation
    members: int


@dataclass(frozen=True)
class Person:
    """Somebody who is or was there. `member` has the last contact as far as the reader knows;
    `begins`: NOW or BEFORE, where the first of these stands in the list."""

    shown: ShownAffiliation
    member: Member
    begins: str = ""


def listed(
    user: User, text: str, before: str, size: int
) -> tuple[list[OrganisationRow], Listing[Any]]:
    """A page of those whose name has `text` in it, by name. One query; no count goes past CAP."""
    found = Organisation.objects.visible_to(user).current().annotate(by_name=BY_NAME)
    if text:
        found = found.filter(name__icontains=text)
    now = Affiliation.objects.visible_to(user).current(today_of(user))
    there = now.filter(organisation=OuterRef("pk")).order_by().values("member").distinct()
    counted: Any = found.annotate(there=ArraySubquery(there[:CAP]))
    page: Listing[Any] = keyset.page(counted, BY_NAMES, before, size, filters={"q": text})
    return [OrganisationRow(row, len(row.there)) for row in page.rows], page


def people(
    organisation: Organisation, user: User, before: str, size: int
) -> tuple[list[Person], Listing[Any]]:
    """Who is there now, by name, and then who was; one line for each role. Two queries."""
    today = today_of(user)
    group = Case(When(is_current(today), then=Value(NOW)), default=Value(BEFORE))
    name = Lower(LTrim(SearchText("member__name")))
    found: Any = (
        Affiliation.objects.visible_to(user)
        .present()
        .filter(organisation=organisation)
        .select_related("organisation")
        .annotate(place=Collate(Concat(group, name, output_field=TextField()), "C"))
    )
    page: Listing[Any] = keyset.page(found, PEOPLE, before, size)
    pks = list(dict.fromkeys(row.member_id for row in page.rows))
    members = {row.pk: row for row in with_all_shown(pks, named(["contact"]), user)}
    rows, last = list[Person](), before[:1]
    for row in page.rows:
        part = row.place[0]
        if row.member_id in members:
            shown = ShownAffiliation(row, row.period_on(today))
            rows.append(Person(shown, members[row.member_id], part if part != last else ""))
            last = part
    return rows, page


def others(organisation: Organisation, user: User) -> OrganisationQuerySet:
    """What it can be merged into, by name."""
    seen = Organisation.objects.visible_to(user).current()
    return seen.exclude(pk=organisation.pk).by_name()


def named_like(typed: str, user: User) -> OrganisationQuerySet:
    """Those with a word that begins so, by name; all of them where nothing was typed."""
    found = Organisation.objects.visible_to(user).current().by_name()
    if not typed:
        return found
    return found.filter(Q(name__istartswith=typed) | Q(name__icontains=f" {typed}"))


def members_url(organisation: Organisation) -> str:
    """The list of members who are there now."""
    listing = listings.find("members")
    return listing.address(f"org:{quoted(organisation.name)}") if listing else ""
