"""Who is this, how long have we known them, who of us knows them, what to know before writing.

Reads only. `load_profile` serves the pane beside a conversation and the member's own page;
everything in it is bounded, and everything is what `user` may read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from community_hub.lib import compiled_sql
from members import affiliations, day_of_year, follow_ups, hooks, interests
from members.affiliations import MemberAffiliations
from members.avatars import first_avatar_path, wants_pictures
from members.bonds import Colleague, who_knows
from members.encounters import with_people_told
from members.glance import Glance, read_glance
from members.hooks import GlanceLine
from members.models import Activity, FollowUp, Identity, Member, Sighting, Stage
from members.models.scopes import hidden_scopes
from members.rhythm import OF_ACCOUNTS, MemberRhythm, rhythm_of
from team.models import User

MOST_IDENTITIES = 30
STEPS = {stage: number for number, stage in enumerate(Stage.values)}  # outsider 0, champion 4


@dataclass(frozen=True)
class Profile:
    """`lately`: as many of the newest lines as were asked for."""

    member: Member
    identities: list[Identity]
    lately: list[Activity]
    colleagues: list[Colleague]
    follow_ups: list[FollowUp]  # open ones, the soonest first
    glance: Glance
    organisations: MemberAffiliations
    further: Sequence[GlanceLine] = ()  # of higher apps: their next event
    rhythm: MemberRhythm | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    avatar: str = ""  # its path; "" where there is none, or this reader wants no pictures
    birthday_soon: str = ""  # “in 5 days”; "" where it is not

    @property
    def notes(self) -> list[Activity]:
        return self.glance.notes

    @property
    def steps(self) -> int:
        return STEPS[self.member.stage]

    @property
    def here_since(self) -> datetime | None:
        return self.first_seen

    @property
    def local_time(self) -> datetime | None:
        """Their clock now, where somebody wrote their timezone down. Naive: a template would turn
        an aware one into the reader's own time."""
        if not self.member.timezone:
            return None
        try:
            zone = ZoneInfo(self.member.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            return None
        return timezone.now().astimezone(zone).replace(tzinfo=None)

    @property
    def birthday(self) -> str:
        """“12 March”."""
        return day_of_year.words(self.member.birthday) if self.member.birthday else ""

    @property
    def interests(self) -> list[tuple[str, str]]:
        """Each with where everybody with it is listed."""
        return [(word, interests.address_of(word)) for word in self.member.interests]

    @property
    def rhythm_words(self) -> str:
        return self.rhythm.words if self.rhythm else ""

    @property
    def is_going_quiet(self) -> bool:
        return self.rhythm is not None and self.rhythm.quiet_since is not None

    @property
    def lost_timezone(self) -> str:
        """The timezone that somebody wrote down, where there is none of this name any more."""
        return self.member.timezone if self.member.timezone and not self.local_time else ""


def load_profile(member: Member, user: User, *, lines: int) -> Profile:
    """With the newest lines, one more than `lines` in `glance` where there are more. Four queries;
    two more where lines tell of encounters, and two where they have no account."""
    identities = identities_for(member, user)
    first_seen, last_seen = dates_for(member, identities)
    glance = read_glance(member, user, lines)
    return Profile(
        member=member,
        identities=identities,
        lately=list(with_people_told(glance.newest[:lines], user)),
        colleagues=who_knows(member, user),
        follow_ups=follow_ups.open_about(member, user),
        glance=glance,
        organisations=affiliations.affiliations_of(member, user, identities),
        further=further_lines(member, identities),
        rhythm=rhythm_of(member, user, identities),
        first_seen=first_seen,
        last_seen=last_seen,
        avatar=first_avatar_path(identities) if wants_pictures(user) else "",
        birthday_soon=day_of_year.countdown(member.birthday, follow_ups.today_of(user))
        if member.birthday
        else "",
    )


def identities_for(member: Member, user: User) -> list[Identity]:
    """Those the reader may see. With `first_seen` and `last_seen` in sources they may see, and
    `is_hidden_elsewhere` where the member was seen in others too."""
    role = user.role
    if hidden_scopes(user) is None:
        return compiled_sql.rows(
            ("accounts of a member", role),
            lambda member: found_identities(Member(pk=member), User(role=role)),
            member=member.pk,
        )
    return compiled_sql.rows(
        ("accounts of a member", role),
        lambda member, user: found_identities(Member(pk=member), User(pk=user, role=role)),
        member=member.pk,
        user=user.pk,
    )


def found_identities(member: Member, user: User) -> QuerySet[Identity]:
    found = Identity.objects.visible_to(user).filter(member=member).order_by("network", "id")
    found = found.annotate(**OF_ACCOUNTS, **affiliations.OF_ACCOUNTS)
    found = found.annotate(**hooks.glance_columns(OuterRef("member")))
    hidden = hidden_scopes(user)
    if hidden is not None:
        own = Sighting.objects.filter(identity=OuterRef("pk")).exclude(scope__in=hidden)
        first, last = own.order_by("first_seen"), own.order_by("-last_seen")
        anywhere = Sighting.objects.filter(identity__member=member, scope__in=hidden)
        found = found.annotate(
            first_seen=Subquery(first.values("first_seen")[:1]),
            last_seen=Subquery(last.values("last_seen")[:1]),
            is_hidden_elsewhere=Exists(anywhere),
        )
    return found[:MOST_IDENTITIES]


def further_lines(member: Member, identities: Sequence[Any]) -> list[GlanceLine]:
    """Of higher apps, such as their next event: read with the member for their page, else with
    their accounts; one query where there is neither."""
    read = [row for row in (member, *identities[:1]) if hooks.has_glance_columns(row)]
    if read or not hooks.glance_facts:
        return hooks.glance_lines(read[0]) if read else []

    def found(member: int) -> QuerySet[Member]:
        rows = Member.objects.filter(pk=member)
        return rows.annotate(**hooks.glance_columns(OuterRef("pk")))

    rows = compiled_sql.rows(("further facts of a member",), found, member=member.pk)
    return hooks.glance_lines(rows[0]) if rows else []


def dates_for(
    member: Member, identities: list[Identity]
) -> tuple[datetime | None, datetime | None]:
    """First and last seen, as far as the reader's sources tell."""
    if not any(getattr(each, "is_hidden_elsewhere", False) for each in identities):
        return member.first_seen, member.last_seen
    firsts = filter(None, (getattr(each, "first_seen", None) for each in identities))
    lasts = filter(None, (getattr(each, "last_seen", None) for each in identities))
    return min(firsts, default=None), max(lasts, default=None)
