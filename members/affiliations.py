"""Where members are and were, as it is read: of a member for their page and beside a conversation,
and of an organisation. Bounded, and only what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from .follow_ups import today_of
from .models import Affiliation, Identity, Member, Organisation

if TYPE_CHECKING:
    from team.models import User

MOST = 50  # of one member
COLUMNS = ("pk", "role", "since", "since_precision", "until", "until_precision")
NAMED = {"organisation_id": "organisation_id", "organisation_name": "organisation__name"}
# Of accounts, so that whoever reads these has the affiliations of their member with them.
OF_ACCOUNTS = {
    "affiliation_rows": ArraySubquery(
        Affiliation.objects.present()
        .filter(member=OuterRef("member"))
        .newest_first()
        .values(json=JSONObject(**{name: name for name in COLUMNS}, **NAMED))[:MOST]
    )
}


@dataclass(frozen=True)
class ShownAffiliation:
    """`period`: “since Mar 2024”."""

    row: Affiliation
    period: str

    def __str__(self) -> str:
        return str(self.row)


@dataclass(frozen=True)
class MemberAffiliations:
    """The newest first; of `before` those that ended last."""

    now: list[ShownAffiliation]
    before: list[ShownAffiliation]

    def __len__(self) -> int:
        return len(self.now) + len(self.before)

    @property
    def names_now(self) -> str:
        """In one line: “Developer at Polyphon Labs, Teacher at Werk 2”."""
        return ", ".join(map(str, self.now))


def affiliations_of(
    member: Member, user: User, identities: list[Identity] | None = None
) -> MemberAffiliations:
    """Of a member whom this reader may see. `identities`: as for rhythm_of(); a query where they
    did not come with the accounts."""
    rows = _kept(member, identities)
    if not rows:
        return MemberAffiliations([], [])
    today = today_of(user)
    shown = [ShownAffiliation(row, row.period_on(today)) for row in rows]
    now = [each for each in shown if each.row.is_current_on(today)]
    before = [each for each in shown if not each.row.is_current_on(today)]
    before.sort(key=lambda each: each.row.until or date.max, reverse=True)
    return MemberAffiliations(now, before)


def _kept(member: Member, identities: list[Identity] | None) -> list[Affiliation]:
    if identities and hasattr(identities[0], "affiliation_rows"):
        return [_read(values) for values in identities[0].affiliation_rows]
    rows = Affiliation.objects.present().filter(member=member).select_related("organisation")
    return list(rows.newest_first()[:MOST])


def _read(values: dict[str, Any]) -> Affiliation:
    """As JSONObject has them."""
    about = dict(values)
    there = Organisation(pk=about.pop("organisation_id"), name=about.pop("organisation_name"))
    for name in ("since", "until"):
        about[name] = date.fromisoformat(about[name]) if about[name] else None
    return Affiliation(organisation=there, **about)
