"""Reasons to turn to a member that nobody planned: somebody new, thanks that are due, somebody who
goes quiet. Each is found anew whenever it is looked for; what is done about one is a follow-up with
its key as the origin, so that two teammates never do the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast

from team.actions import Changes
from team.models import User

from .hooks import MailLine, TodaySection
from .models import FollowUp, FollowUpKind, Identity, Member
from .models.member import MemberQuerySet

FEW = 6  # rows of a section: none of them is late, and the next comes when one is done


class Found(NamedTuple):
    """What a query of a kind finds: two numbers besides the member, as the kind has them."""

    member: int
    first: int
    second: int


@dataclass(frozen=True)
class Occasion:
    """`key`: the origin of the follow-up that takes care of it. `text`: what is to be done, as that
    follow-up says it. `what` and `note`: why, as a row says it."""

    kind: OccasionKind
    member: Member
    key: str
    text: str
    what: str
    note: str = ""
    link: str = ""
    scope: str = ""
    place: str = ""

    @property
    def address(self) -> str:
        return self.link or self.member.get_absolute_url()


@dataclass(frozen=True)
class OccasionKind:
    """`rows`: given a user, whether it is about the whole team, and one member or None for all, an
    ordered query of columns(), the most pressing first. `fill`: the occasions of what it found.
    `settle`, `put_off` and `give`: where that is no follow-up; see keep_in_touch."""

    slug: str
    rows: Callable[[User, bool, Member | None], Any]
    fill: Callable[[list[Found], User], list[Occasion]]
    follow_up: FollowUpKind = FollowUpKind.FOLLOW_UP
    can_be_dismissed: bool = True
    done: Any = ""  # the word on the button
    settle: Callable[[Occasion, str, User], Changes] | None = None
    put_off: Callable[[Occasion, date, User], Changes] | None = None
    give: Callable[[Occasion, User, User], Changes] | None = None

    def find(self, user: User, of_team: bool, most: int) -> list[Occasion]:
        return find_together(user, of_team, {self.slug: most})[self.slug]

    def of(self, member: Member, user: User) -> Occasion | None:
        """That of one member, where there still is one."""
        rows = self.rows(user, True, member).values_list(*COLUMNS)[:1]
        return next(iter(self.fill([Found(*row[1:]) for row in rows], user)), None)


_kinds: dict[str, OccasionKind] = {}
COLUMNS = ("o_kind", "o_member", "o_first", "o_second")


def register(kind: OccasionKind) -> OccasionKind:
    _kinds[kind.slug] = kind
    return kind


def kind_called(slug: str) -> OccasionKind | None:
    return _kinds.get(slug)


def columns(rows: Any, slug: str, member: str, first: str = "", second: str = "") -> Any:
    """The same rows with COLUMNS, each of one type, so that the kinds' can be asked at once."""
    zero = Value(0)

    def number(name: str) -> Any:
        return Cast(F(name) if name else zero, BigIntegerField())

    return rows.annotate(
        o_kind=Value(slug), o_member=number(member), o_first=number(first), o_second=number(second)
    )


def find_together(user: User, of_team: bool, most: dict[str, int]) -> dict[str, list[Occasion]]:
    """Of each of these kinds: one query for all, and a few for what is found. A part of a UNION ALL
    keeps its order."""
    parts = [
        _kinds[slug].rows(user, of_team, None).values_list(*COLUMNS)[:number]
        for slug, number in most.items()
    ]
    rows: Iterable[Any] = parts[0] if len(parts) == 1 else parts[0].union(*parts[1:], all=True)
    found: dict[str, list[Found]] = defaultdict(list)
    for slug, *values in rows:
        found[slug].append(Found(*values))
    return {slug: _kinds[slug].fill(found[slug], user) if found[slug] else [] for slug in most}


def section(
    kind: OccasionKind,
    *,
    title: Any,
    hint: Any,
    empty: Any,
    place: int,
    is_due: bool = False,
    more: Callable[[User, bool], str] = lambda user, of_team: "",
) -> TodaySection:
    return TodaySection(
        slug=kind.slug,
        title=title,
        hint=hint,
        empty=empty,
        template="members/_today_occasion.html",
        rows=lambda user, of_team, most: kind.find(user, of_team, most + 1),
        together=find_together,
        line=lambda row: MailLine(str(row.member), row.what, row.note, row.address),
        place=place,
        is_due=is_due,
        most=FEW,
        more=more,
    )


def members_to_turn_to(user: User) -> MemberQuerySet:
    """Of the community, as far as this reader may see it; nobody who asked not to be contacted."""
    ours = Identity.objects.filter(member=OuterRef("pk"), is_us=True)
    found = Member.objects.visible_to(user).filter(user=None, is_bot=False, do_not_contact=False)
    return found.filter(~Exists(ours))


def taken_care_of(about: Q) -> Exists:
    """Somebody does, or did, or dismissed it, whoever may see that."""
    return Exists(FollowUp.objects.filter(about, member=OuterRef("pk")))
