"""The check-in of one event: who may come, who is there, as whoever stands at the door sees it.

A teammate sees the members they may see. A helper with a link sees those whom its maker may see:
names, what they said and as what they come; never an e-mail address, a note or an account.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Collate, Lower, LTrim
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib import keyset
from community_hub.lib.hues import hue
from community_hub.lib.keyset import Listing, Order
from community_hub.lib.paths import path
from community_hub.lib.search_text import SearchText, search_text
from members.by_name import members_called
from members.models.scopes import with_hidden_scopes_read
from team import hours
from team.models import User

from .models import Answer, Attendance, DoorLink, Event, Part, Scan
from .models.attendance import ALPHABET, AttendanceQuerySet

ROWS = 50
MOST_KEPT = 10_000  # people that a phone keeps for when there is no connection
MOST_CHANGES = 500  # in one answer; of more, everybody is read anew
CODE = re.compile(rf"(?:HUB:(?P<event>\d{{1,18}}):)?(?P<code>[{ALPHABET}]{{8}})", re.ASCII)
_ADDRESS = re.compile(r"(?<=\S)@\S+\.\S+")
BY_NAME = Order("by_name", is_text=True)
PLACE = Collate(Lower(LTrim(SearchText("member__name"))), "C")  # as members.models.member.BY_NAME


@dataclass(frozen=True)
class Tally:
    """`here` of `expected`: people on the list; those who are there although they said no count as
    well. `guests`: whom those who are there said they bring. `listed`: whatever they answered."""

    here: int
    expected: int
    guests: int
    listed: int


@dataclass(frozen=True)
class Desk:
    """`user`: as whom the list is read. `link`: of a helper, None for a teammate. `base`: the
    address of the page."""

    event: Event
    user: User
    base: str
    link: DoorLink | None = None

    @classmethod
    def of_team(cls, event: Event, user: User) -> Desk:
        return cls(event, with_hidden_scopes_read(user), path("check-in", event.pk))

    @classmethod
    def of_link(cls, link: DoorLink, token: str) -> Desk:
        reader = with_hidden_scopes_read(link.created_by)
        return cls(link.event, reader, path("door", token), link)

    @property
    def by(self) -> User | None:
        return None if self.link else self.user

    @property
    def helper(self) -> str:
        return self.link.name if self.link else ""

    @property
    def who(self) -> str:
        """Whose scans a phone keeps; another's are not sent as ours."""
        return f"door:{self.link.pk}" if self.link else f"user:{self.user.pk}"

    @property
    def zone(self) -> tzinfo:
        return hours.zone(self.event.timezone)

    @property
    def is_open(self) -> bool:
        return self.event.state_now in ("published", "over")

    def attendances(self) -> AttendanceQuerySet:
        return Attendance.objects.visible_to(self.user).filter(event=self.event)

    def name_of(self, name: str) -> str:
        """As it is shown: of a helper's, never an e-mail address."""
        shown = _ADDRESS.sub("", name).strip() if self.link else name
        return shown or _("Unnamed member")


def qr_text(attendance: Attendance) -> str:
    """What the QR code of a personal page holds."""
    return f"HUB:{attendance.event_id}:{attendance.code}"


def code_in(typed: str, event: Event) -> str:
    """The code that was typed or scanned; "" where it is none, or one of another event."""
    found = CODE.fullmatch("".join(typed.upper().split()).replace("-", ""))
    if not found or (found["event"] and int(found["event"]) != event.pk):
        return ""
    return found["code"]


def count(event: Event) -> Tally:
    here = Q(checked_in_at__isnull=False)
    found = Attendance.objects.filter(event=event).aggregate(
        here=Count("pk", filter=here),
        expected=Count("pk", filter=here | Q(answer=Answer.GOING)),
        guests=Sum("guests", filter=here),
        listed=Count("pk"),
    )
    return Tally(**{**found, "guests": found["guests"] or 0})


def listing(desk: Desk, typed: str = "", cursor: str = "") -> Listing[Attendance]:
    """By name, with what `noted` adds. Without words, whoever did not decline; with words, or a
    code, everybody whose name has words that begin so. One query."""
    rows = _shown(desk.attendances())
    if code := code_in(typed, desk.event):
        found = rows.filter(code=code)
    elif words := typed.split():
        found = rows.filter(member__in=members_called(words))
    else:
        found = rows.exclude(answer=Answer.DECLINED, checked_in_at__isnull=True)
    return keyset.page(found, BY_NAME, cursor, ROWS, filters={"q": typed})


def everybody(desk: Desk) -> list[list[Any]]:
    """For a phone: [id, name, code, what is said of them, seconds when they came or 0, whether they
    declined, the hue of their face], by name."""
    rows = _shown(desk.attendances()).order_by("pk")
    fields = (
        "pk", "member_name", "code", "answer", "role", "guests", "is_first", "checked_in_at",
    )  # fmt: skip
    words = cache(note_of)  # there are few
    found = [
        [
            pk,
            shown := desk.name_of(name),
            code,
            words(answer, role, guests, is_first),
            int(at.timestamp()) if at else 0,
            int(answer == Answer.DECLINED),
            hue(shown),
        ]
        for pk, name, code, answer, role, guests, is_first, at in rows.values_list(*fields)[
            :MOST_KEPT
        ]
    ]
    # here, as PLACE of thousands would take the database ten times as long
    return sorted(found, key=lambda each: (search_text(each[1]).lower().lstrip(), each[0]))


def changes(desk: Desk, since: datetime) -> list[tuple[int, int]] | None:
    """Whoever was checked in or taken back since: ids, and seconds when they came or 0. None where
    there were too many."""
    lately = Scan.objects.filter(event=desk.event, received_at__gte=since)
    pks = set(lately.order_by().values_list("attendance", flat=True)[: MOST_CHANGES + 1])
    if len(pks) > MOST_CHANGES:
        return None
    rows = desk.attendances().filter(pk__in=pks - {None}).values_list("pk", "checked_in_at")
    return [(pk, int(at.timestamp()) if at else 0) for pk, at in rows]


def note_of(answer: str, role: str, guests: int, is_first: bool) -> str:
    """What whoever stands at the door should know: "speaker, 2 guests"."""
    said = {
        Answer.MAYBE: _("said maybe"),
        Answer.WAITING: _("on the waiting list"),
        Answer.INVITED: _("invited, has not replied"),
        Answer.DECLINED: _("said no"),
    }
    parts = [
        "" if role == Part.ATTENDEE else str(Part(role).label).lower(),
        said.get(Answer(answer), ""),
        ngettext("%(n)d guest", "%(n)d guests", guests) % {"n": guests} if guests else "",
        _("first time: say hello") if is_first else "",
    ]
    return ", ".join(filter(None, parts))


def noted(desk: Desk, rows: Iterable[Attendance]) -> list[dict[str, Any]]:
    """What a page shows of each."""
    shown: Sequence[Any] = list(rows)
    return [
        {
            "pk": row.pk,
            "name": desk.name_of(row.member_name),
            "note": note_of(row.answer, row.role, row.guests, row.is_first),
            "at": clock(desk, row.checked_in_at),
        }
        for row in shown
    ]


def clock(desk: Desk, at: datetime | None) -> str:
    """Where the event takes place: "14:02"."""
    return at.astimezone(desk.zone).strftime("%H:%M") if at else ""


def used(link: DoorLink) -> None:
    """Once a minute is often enough."""
    now = timezone.now()
    if link.last_used_at is None or (now - link.last_used_at).total_seconds() > 60:
        DoorLink.objects.filter(pk=link.pk).update(last_used_at=now)


def _shown(rows: AttendanceQuerySet) -> Any:
    before = Attendance.objects.filter(
        member=OuterRef("member"), checked_in_at__isnull=False
    ).exclude(event=OuterRef("event"))
    return rows.annotate(member_name=F("member__name"), by_name=PLACE, is_first=~Exists(before))
