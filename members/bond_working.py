"""How a bond comes about: each contribution with its date, its weight and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from community_hub.lib import prepared_sql
from team import hours
from team.models import User

from . import hooks
from .bonds import decay
from .models import Member
from .models.scopes import with_hidden_scopes_read

MOST_SHOWN = 100
_ONE = """select '{slug}' as slug, least(at, now()) as at, scope, label, link
    from ({sql}) as {name} where user_id = %(user)s"""


@dataclass(frozen=True)
class Worked:
    """One contribution. `left`: of its weight today, 0 to 1."""

    words: Any
    at: datetime
    day: date
    label: str
    link: str
    weight: float
    left: float

    @property
    def points(self) -> float:
        return self.weight * self.left


@dataclass(frozen=True)
class Working:
    """The newest contributions; `older` of them are not shown, which are worth `older_points`."""

    rows: list[Worked]
    older: int
    older_points: float
    points: float

    @property
    def is_rounded(self) -> bool:
        """What the rows show does not add up to the sum that is shown, which is of exact points."""
        shown = [*(row.points for row in self.rows), self.older_points]
        return round(sum(round(each, 1) for each in shown), 1) != round(self.points, 1)


def working(member: Member, colleague: User, user: User) -> Working:
    """Of what this reader may see. One query, and one for the hub's day."""
    hub = hours.of_hub()
    today = hub.local().date()
    entries = {entry.slug: entry for entry in hooks.bond_contributions}
    found = []
    for slug, at, label, link in _contributions(member, colleague, user):
        entry, day = entries[slug], hub.local(at).date()
        left = decay(day, today)
        found.append(Worked(entry.words, at, day, label or "", link or "", entry.weight, left))
    shown, older = found[:MOST_SHOWN], found[MOST_SHOWN:]
    return Working(
        rows=shown,
        older=len(older),
        older_points=sum(row.points for row in older),
        points=sum(row.points for row in found),
    )


def _contributions(
    member: Member, colleague: User, user: User
) -> list[tuple[str, datetime, str, str]]:
    """The newest first: which it is, when, what it is called and where it leads."""
    if member.user_id or member.is_bot or member.identities.filter(is_us=True).exists():
        return []
    statements = " union all ".join(
        _ONE.format(slug=entry.slug, sql=entry.sql, name=f"c{number}")
        for number, entry in enumerate(hooks.bond_contributions)
    )
    hidden = list(with_hidden_scopes_read(user).known_hidden_scopes or ())
    values: dict[str, Any] = {
        "members": prepared_sql.as_array([member.pk]),
        "user": colleague.pk,
        "hidden": hidden,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"select slug, at, label, link from ({statements}) c"  # noqa: S608 - our own words
            " where not c.scope = any(%(hidden)s) order by at desc, slug",
            values,
        )
        return cursor.fetchall()
