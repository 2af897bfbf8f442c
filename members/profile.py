"""Who is this, how long have we known them, who of us knows them, what to know before writing.

Reads only. `load_profile` serves the pane beside a conversation and the member's own page;
everything in it is bounded, and everything is what `user` may read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from community_hub.lib import compiled_sql, keyset
from members import follow_ups
from members.avatars import first_avatar_path, wants_pictures
from members.bonds import Colleague, who_knows
from members.encounters import with_people_told
from members.log import timeline
from members.models import Activity, ActivityKind, FollowUp, Identity, Member, Sighting, Stage
from members.models.activity import NEWEST_FIRST, ActivityQuerySet
from members.models.member import CONTACTS as CONTACT_KINDS
from members.models.member import is_any_of
from members.models.scopes import hidden_scopes
from team.models import User

MOST_IDENTITIES = 30
NOTES = 3
MOST_LINES = 300
STEPS = {stage: number for number, stage in enumerate(Stage.values)}  # outsider 0, champion 4


@dataclass(frozen=True)
class Profile:
    """`older` is the cursor before which more lines can be read; "" at the beginning."""

    member: Member
    identities: list[Identity]
    notes: list[Activity]
    lately: list[Activity]
    colleagues: list[Colleague]
    follow_ups: list[FollowUp]  # open ones, the soonest first
    older: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    last_contact_at: datetime | None = None
    avatar: str = ""  # its path; "" where there is none, or this reader wants no pictures

    @property
    def shown_until(self) -> str:
        """The cursor of the last line that is shown."""
        return NEWEST_FIRST.cursor_of(self.lately[-1]) if self.lately else ""

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


def load_profile(
    member: Member, user: User, *, lines: int, before: str = "", until: str = ""
) -> Profile:
    """Four queries, or six where the log is not shown from its newest line.

    The log: the newest lines; those before a cursor; or all down to `until`, brought up to date.
    """
    identities = identities_for(member, user)
    first_seen, last_seen, last_contact = dates_for(member, identities, user)
    shown, older, notes = lines_of(member, user, lines, before, until)
    return Profile(
        member=member,
        identities=identities,
        notes=notes,
        lately=list(with_people_told(shown, user)),
        colleagues=who_knows(member, user),
        follow_ups=follow_ups.open_about(member, user),
        older=older,
        first_seen=first_seen,
        last_seen=last_seen,
        last_contact_at=last_contact,
        avatar=first_avatar_path(identities) if wants_pictures(user) else "",
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


def dates_for(
    member: Member, identities: list[Identity], user: User
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """First and last seen, last contact, as far as the reader's sources tell."""
    if not any(getattr(each, "is_hidden_elsewhere", False) for each in identities):
        return member.first_seen, member.last_seen, member.last_contact_at
    firsts = filter(None, (getattr(each, "first_seen", None) for each in identities))
    lasts = filter(None, (getattr(each, "last_seen", None) for each in identities))
    readable = timeline(member, user).order_by()
    contact = readable.filter(kind__in=CONTACT_KINDS).aggregate(last=Max("occurred_at"))
    return min(firsts, default=None), max(lasts, default=None), contact["last"]


def lines_of(
    member: Member, user: User, lines: int, before: str, until: str
) -> tuple[list[Activity], str, list[Activity]]:
    """The lines, the cursor for what is older, and the newest notes."""
    if keyset.parse_cursor(until) or before:
        return *older_page_of(member, user, lines, before, until), _of_log(notes_in, member, user)
    rows = _of_log(newest_and_notes, member, user, lines)
    first = keyset.listing(rows[: lines + 1], NEWEST_FIRST, "", lines)
    return first.rows, first.more, [row for row in rows if row.kind == ActivityKind.NOTE][:NOTES]


def older_page_of(
    member: Member, user: User, lines: int, before: str, until: str
) -> tuple[list[Activity], str]:
    """The lines, and the cursor for what is older."""
    readable = timeline(member, user)
    named = readable.select_related("actor")
    if not keyset.parse_cursor(until):
        page = keyset.page(named, NEWEST_FIRST, before, lines)
        return page.rows, page.more
    shown = list(named.filter(NEWEST_FIRST.until(until))[:MOST_LINES])
    end = NEWEST_FIRST.cursor_of(shown[-1]) if shown else ""
    return shown, end if end and readable.filter(NEWEST_FIRST.after(end)).exists() else ""


def newest_and_notes(readable: ActivityQuerySet, lines: int) -> ActivityQuerySet:
    """The newest lines, and below them the newest notes where those are older."""
    newest, notes = readable[: lines + 1], readable.filter(kind=ActivityKind.NOTE)[:NOTES]
    either = Q(is_any_of("pk", newest.values("pk"))) | Q(is_any_of("pk", notes.values("pk")))
    return Activity.objects.filter(either).select_related("actor").newest_first()


def notes_in(readable: ActivityQuerySet) -> ActivityQuerySet:
    return readable.filter(kind=ActivityKind.NOTE).select_related("actor")[:NOTES]


def _of_log(
    what: Callable[..., QuerySet[Any, Any]], member: Member, user: User, *key: int
) -> list[Any]:
    """`what` of the lines about a member that a reader may see. `key`: what it takes besides."""
    role = user.role
    return compiled_sql.rows(
        (what.__name__, role, *key),
        lambda member, user: what(timeline(Member(pk=member), User(pk=user, role=role)), *key),
        member=member.pk,
        user=user.pk,
    )
