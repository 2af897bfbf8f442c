"""How often a member is active, in words: for their page and the pane beside a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.db.models.functions import TruncDate
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from team import hours
from team.models import User

from .follow_ups import today_of
from .models import Activity, Identity, Member, Rhythm
from .models.scopes import hidden_scopes
from .rhythm_days import LEAST_DAYS, rhythm_on
from .rhythm_pass import THEIRS
from .sightings import of_member

COLUMNS = ("active_days", "median_gap", "last_active_on", "quiet_since", "came_back_on")
# Of accounts, so that whoever reads these has the rhythm with them.
OF_ACCOUNTS = {f"rhythm_{name}": F(f"member__rhythm__{name}") for name in COLUMNS}
FEW = 30  # days for which somebody is said to be back


@dataclass(frozen=True)
class MemberRhythm:
    """As the fields of Rhythm; `today` is the hub's day."""

    active_days: int
    median_gap: float | None
    last_active_on: date | None
    quiet_since: date | None
    came_back_on: date | None
    today: date  # that of UTC where nothing is counted from it

    @property
    def quiet_days(self) -> int:
        """0 while they are not going quiet."""
        return (self.today - self.quiet_since).days if self.quiet_since else 0

    @property
    def is_back(self) -> bool:
        """They came back lately, and did not go quiet again."""
        back = self.came_back_on
        if self.quiet_since or back is None:
            return False
        return (self.today - back).days < FEW

    @property
    def words(self) -> str:
        """“writes about every 6 days; quiet for 31”; "" for who was not active lately."""
        if not self.active_days or self.median_gap is None or self.active_days < LEAST_DAYS:
            return self._rare_words()
        gap = max(1, int(self.median_gap + 0.5))
        usual = ngettext("writes about every day", "writes about every %(n)d days", gap)
        usual %= {"n": gap}
        if self.quiet_since:
            return _("%(usual)s; quiet for %(n)d") % {"usual": usual, "n": self.quiet_days}
        if self.is_back and self.came_back_on:
            day = date_format(self.came_back_on, "j F")
            return _("%(usual)s; back since %(day)s") % {"usual": usual, "day": day}
        return usual

    def _rare_words(self) -> str:
        if not self.active_days:
            return ""
        said = ngettext(
            "active on %(n)d day of the last 180",
            "active on %(n)d days of the last 180",
            self.active_days,
        )
        return said % {"n": self.active_days}


def rhythm_of(
    member: Member, user: User, identities: list[Identity] | None = None
) -> MemberRhythm | None:
    """As far as this reader's sources tell; None for teammates, bots and our own accounts, and for
    who was never active. `identities`: their accounts as profile.identities_for() has them, which
    saves a query.

    A query where it did not come with the accounts, and one where the hub's day was not read with
    who is signed in. For whom a source saw that is hidden from this reader, the days are counted
    from the lines that are not."""
    if member.user_id or member.is_bot or any(each.is_us for each in identities or ()):
        return None
    if _is_hidden_in_part(member, user, identities):
        return _counted(member, user)
    row = _kept(member, identities)
    if row is None or row[2] is None:
        return None
    return MemberRhythm(*row, today=today_of(user))


Kept = tuple[int, float | None, date | None, date | None, date | None]


def _kept(member: Member, identities: list[Identity] | None) -> Kept | None:
    if identities and hasattr(identities[0], "rhythm_active_days"):
        found: Any = [getattr(identities[0], f"rhythm_{name}") for name in COLUMNS]
        return tuple(found)
    if "rhythm" in member._state.fields_cache:  # read with the member
        kept = member._state.fields_cache["rhythm"]
        return kept and tuple(getattr(kept, name) for name in COLUMNS)
    return Rhythm.objects.filter(pk=member.pk).values_list(*COLUMNS).first()


def _is_hidden_in_part(member: Member, user: User, identities: list[Identity] | None) -> bool:
    hidden = hidden_scopes(user)
    if hidden is None:
        return False
    if identities is not None:
        return any(getattr(each, "is_hidden_elsewhere", False) for each in identities)
    return of_member(member).filter(scope__in=hidden).exists()


def _counted(member: Member, user: User) -> MemberRhythm | None:
    hub = hours.of_hub()
    today = hub.local().date()
    lines = Activity.objects.visible_to(user).present().filter(member=member, kind__in=THEIRS)
    found = lines.annotate(day=TruncDate("occurred_at", tzinfo=hub.zone)).values_list("day")
    days = sorted(day.toordinal() for (day,) in found.order_by().distinct())
    values = rhythm_on(today.toordinal(), days)
    if values.last_active is None:
        return None
    return MemberRhythm(
        values.active_days,
        values.median_gap,
        date.fromordinal(values.last_active),
        _date(values.quiet_since),
        _date(values.came_back),
        today,
    )


def _date(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(day)
