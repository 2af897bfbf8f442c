"""Reasons to turn to a member that nobody planned: somebody new, thanks that are due, somebody who
goes quiet. Each is found anew whenever it is looked for; what is done about one is a follow-up with
its key as the origin, so that two teammates never do the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from team.actions import Changes
from team.models import User

from .hooks import MailLine, TodaySection
from .models import FollowUp, FollowUpKind, Identity, Member
from .models.member import MemberQuerySet


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
    """`find`: given a user, whether it is about the whole team, and how many at most, the most
    pressing first. `of`: the one of a member, where there still is one. `owned`: it is given to
    somebody by making them the member's owner, put off by a date of its own, and never dismissed;
    see keep_in_touch."""

    slug: str
    find: Callable[[User, bool, int], list[Occasion]]
    of: Callable[[Member, User], Occasion | None]
    follow_up: FollowUpKind = FollowUpKind.FOLLOW_UP
    can_be_dismissed: bool = True
    done: Any = ""  # the word on the button
    settle: Callable[[Occasion, str, User], Changes] | None = None
    put_off: Callable[[Occasion, date, User], Changes] | None = None
    give: Callable[[Occasion, User, User], Changes] | None = None


@dataclass
class _Kinds:
    by_slug: dict[str, OccasionKind] = field(default_factory=dict)


_kinds = _Kinds()


def register(kind: OccasionKind) -> OccasionKind:
    _kinds.by_slug[kind.slug] = kind
    return kind


def kind_called(slug: str) -> OccasionKind | None:
    return _kinds.by_slug.get(slug)


FEW = 6  # rows: none of them is late, and the next comes when one is done


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


def taken_care_of(about: Q, member: str = "pk") -> Exists:
    """Somebody does, or did, or dismissed it, whoever may see that."""
    return Exists(FollowUp.objects.filter(about, member=OuterRef(member)))
