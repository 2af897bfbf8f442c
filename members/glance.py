"""What the newest lines of the log say of a member at a glance: contact in either direction, since
when they are in their stage and why, and the newest notes. One query, with a page of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from team.models import User

from . import stage_words
from .log import rows_of_log
from .models import Activity, ActivityKind, Member
from .models.activity import ActivityQuerySet
from .models.member import is_any_of
from .timeline import with_titles

NOTES = 3
THEIRS = [ActivityKind.MESSAGE.value]  # a credit is theirs too, but nobody spoke with anybody
OURS = [kind.value for kind in ActivityKind if kind.is_contact]


@dataclass(frozen=True)
class Contact:
    """The last time in one direction. `is_theirs`: the member wrote."""

    line: Activity
    is_theirs: bool

    @property
    def at(self) -> datetime:
        return self.line.occurred_at

    @property
    def words(self) -> str:
        """“they wrote”, “Bo answered”, “call by Bo”."""
        kind, actor = self.line.kind, self.line.actor
        if self.is_theirs:
            return _("they wrote")
        who = actor.first_name if actor else _("the team")
        if kind == "reply":
            return _("%(who)s answered") % {"who": who}
        return _("%(what)s by %(who)s") % {"what": str(self.line.words).lower(), "who": who}


@dataclass(frozen=True)
class Glance:
    """`newest`: the lines that were asked for, and one more where there are more. `stage_line`: the
    last change of their stage."""

    newest: list[Activity]
    notes: list[Activity]
    theirs: Contact | None = None
    ours: Contact | None = None
    first_contact: datetime | None = None
    stage_line: Activity | None = None

    @property
    def last_contact(self) -> Contact | None:
        """In either direction."""
        both = [each for each in (self.theirs, self.ours) if each]
        return max(both, key=lambda each: (each.at, each.line.pk), default=None)

    @property
    def other_contact(self) -> Contact | None:
        """The last one in the other direction."""
        last = self.last_contact
        return next((each for each in (self.theirs, self.ours) if each and each is not last), None)

    @property
    def stage_why(self) -> str:
        """“10th activity: …” as the log has it; who set it, where somebody did."""
        line = self.stage_line
        if line is None:
            return ""
        if line.actor:
            return _("set by %(who)s") % {"who": line.actor}
        return stage_words.reason_in(line.summary)


def read_glance(member: Member, user: User, lines: int) -> Glance:
    """With one line more than `lines`, where there are more. One query."""
    return _glance_of(rows_of_log(lines_at_a_glance, member, user, lines), lines, member)


def lines_at_a_glance(readable: ActivityQuerySet, lines: int) -> ActivityQuerySet:
    """The newest lines, and below them those that tell of what a Glance says."""
    theirs, ours = readable.filter(kind__in=THEIRS), readable.filter(kind__in=OURS)
    first = readable.filter(kind__in=[*THEIRS, *OURS]).order_by("occurred_at", "pk")
    parts = (
        readable[: lines + 1],
        readable.filter(kind=ActivityKind.NOTE)[:NOTES],
        readable.filter(kind=ActivityKind.STAGE)[:1],
        theirs[:1],
        ours[:1],
        first[:1],
    )
    either = Q()
    for part in parts:
        either |= Q(is_any_of("pk", part.values("pk")))
    return with_titles(Activity.objects.filter(either).select_related("actor").newest_first())


def _glance_of(rows: Sequence[Any], lines: int, member: Member) -> Glance:
    """Of lines_at_a_glance(), the newest first. Where a later change of the stage is hidden from
    the reader, the line that they may see tells of another stage, and is left out."""
    became = stage_words.summary(member.stage)
    theirs = next((row for row in rows if row.kind in THEIRS), None)
    ours = next((row for row in rows if row.kind in OURS), None)
    contacts = [row.occurred_at for row in rows if row.kind in THEIRS or row.kind in OURS]
    return Glance(
        newest=list(rows[: lines + 1]),
        notes=[row for row in rows if row.kind == ActivityKind.NOTE][:NOTES],
        theirs=Contact(theirs, True) if theirs else None,
        ours=Contact(ours, False) if ours else None,
        first_contact=contacts[-1] if contacts else None,
        stage_line=next(
            (
                row
                for row in rows
                if row.kind == ActivityKind.STAGE and row.summary.startswith(became)
            ),
            None,
        ),
    )
