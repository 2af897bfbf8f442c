"""What a teammate looks after, for whoever takes it over: their members, what they promised and
planned, and whatever further apps add. Each part is read and moved by a HandoverSection.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from team import actions
from team.actions import Changes
from team.models import User

from . import bonds, follow_ups, hooks
from .hooks import HandoverSection
from .models import Bond, FollowUp, Member, Rhythm
from .owner_verbs import set_backup, set_owner

MOST = 200  # rows of a section on the page
MOST_MOVED = 2_000  # rows of a section in one action


@dataclass(frozen=True)
class FilledSection:
    section: HandoverSection
    rows: list[Any]
    has_more: bool

    @property
    def number(self) -> str:
        return f"{len(self.rows)}+" if self.has_more else str(len(self.rows))


def may_hand_over(teammate: User, by: User) -> bool:
    """Leads and admins; and everybody their own."""
    return by.can_edit_members and (by.is_lead or by.pk == teammate.pk)


def sections(teammate: User, user: User) -> list[FilledSection]:
    """What `teammate` has, as far as `user` may see it."""
    found = []
    for section in sorted(hooks.handover_sections, key=lambda each: each.place):
        rows = section.rows(teammate, user, MOST + 1)
        found.append(FilledSection(section, rows[:MOST], len(rows) > MOST))
    return found


# The sections of this app -------------------------------------------------------------------------


def owned(teammate: User, user: User, most: int) -> list[Member]:
    """Who they know best first, each with `points` and `rhythm_row`."""
    found = Member.objects.visible_to(user).filter(owner=teammate).order_by("pk")
    rows = list(found[:MOST_MOVED])
    return _best_known(rows, teammate, user)[:most]


def move_owned(teammate: User, to: User, by: User, group: uuid.UUID) -> Changes:
    found = Member.objects.visible_to(by).filter(owner=teammate)
    both = found.filter(pk__in=Member.objects.visible_to(to).values("pk"))
    return set_owner(both.order_by("pk")[:MOST_MOVED], to, by=by, group=group)


def backed_up(teammate: User, user: User, most: int) -> list[Member]:
    """As owned(), those for whose owner they step in."""
    found = Member.objects.visible_to(user).filter(backup=teammate).order_by("pk")
    return _best_known(list(found[:MOST_MOVED]), teammate, user)[:most]


def move_backed_up(teammate: User, to: User, by: User, group: uuid.UUID) -> Changes:
    """Those whom the other owns keep the backup they have."""
    found = Member.objects.visible_to(by).filter(backup=teammate)
    both = found.filter(pk__in=Member.objects.visible_to(to).values("pk"))
    return set_backup(both.order_by("pk")[:MOST_MOVED], to, by=by, group=group)


def known_alone(teammate: User, user: User, most: int) -> list[Member]:
    """Whom nobody else of us knows, and who are not theirs."""
    found = Member.objects.visible_to(user).filter(bonds.held_by_one(user, by=teammate))
    return _best_known(list(found.exclude(owner=teammate)[:MOST_MOVED]), teammate, user)[:most]


def open_follow_ups(teammate: User, user: User, most: int) -> list[FollowUp]:
    return follow_ups.with_days_left(list(_follow_ups(teammate, user).soonest_first()[:most]))


def move_follow_ups(teammate: User, to: User, by: User, group: uuid.UUID) -> Changes:
    """Those whose member and source the other may see as well."""
    theirs = FollowUp.objects.visible_to(to).values("pk")
    members = Member.objects.visible_to(to).values("pk")
    found = _follow_ups(teammate, by).filter(pk__in=theirs, member__in=members)
    with transaction.atomic():
        rows = list(found.select_for_update(of=("self",)).order_by("pk")[:MOST_MOVED])
        FollowUp.objects.filter(pk__in=[row.pk for row in rows]).update(owner=to)
        before, after = {"owner_id": teammate.pk}, {"owner_id": to.pk}
        return actions.record("reschedule", rows, by=by, before=before, after=after, group=group)


def _follow_ups(teammate: User, user: User) -> Any:
    found = FollowUp.objects.visible_to(user).open().filter(owner=teammate)
    return found.select_related("member", "owner")


def _best_known(rows: list[Member], teammate: User, user: User) -> list[Member]:
    pks = [row.pk for row in rows]
    known = Bond.objects.visible_to(user).filter(user=teammate, member__in=pks)
    points = dict(known.values_list("member").annotate(whole=Sum("score")))
    rhythms = Rhythm.objects.visible_to(user).in_bulk(pks)
    today = bonds.worth_today()
    for row in rows:
        shown: Any = row
        shown.points = points.get(row.pk, 0) * today
        rhythm = rhythms.get(row.pk)
        shown.quiet_since = rhythm.quiet_since if rhythm else None
    found: list[Any] = rows  # with `points`
    return sorted(found, key=lambda row: (-row.points, row.name, row.pk))


MEMBERS = HandoverSection(
    slug="members",
    title=_("Members they own"),
    empty=_("They own no members."),
    template="members/_handover_member.html",
    rows=owned,
    move=move_owned,
    place=10,
)
BACKUP_OF = HandoverSection(
    slug="backup",
    title=_("Members they are the backup of"),
    empty=_("They are nobody’s backup."),
    template="members/_handover_member.html",
    rows=backed_up,
    move=move_backed_up,
    place=15,
)
KNOWN_ALONE = HandoverSection(
    slug="known-alone",
    title=_("Members whom nobody else knows"),
    empty=_("Everybody they know well is known by someone else too."),
    template="members/_handover_member.html",
    rows=known_alone,
    place=20,
)
FOLLOW_UPS = HandoverSection(
    slug="follow-ups",
    title=_("Promises and follow-ups"),
    empty=_("Nothing is promised or planned."),
    template="members/_handover_follow_up.html",
    rows=open_follow_ups,
    move=move_follow_ups,
    place=30,
)
