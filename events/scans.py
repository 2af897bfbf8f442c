"""What phones at the door send: who came, who was taken back, who walked in. Sent twice it is one.

Phones may be without a connection for an hour, so each says when it was done. Whether somebody is
there is worked out from all that is known of them, in the order of these times and not in that of
arrival: the last word decides, and they came when it was first said since they were taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.text import TooLong, number, storable, typed_line

from . import answers, desk
from .answers import Refused
from .desk import Desk
from .models import Attendance, Event, Scan, ScanKind
from .models.door_link import LONGEST_HELPER
from .models.scan import LONGEST_NONCE
from .verbs import attending

MOST = 100  # in one request
MOST_WALK_INS = 1000  # by one door link
LONGEST_NAME = 200
EARLY = timedelta(days=1)  # before the event, or before now where that is earlier
SKEW = timedelta(minutes=1)  # a phone's clock that is further off is put right


@dataclass(frozen=True)
class Answered:
    """Of one scan: "in", "out" or "refused", and why. `attendance`: 0 where it is of nobody."""

    nonce: str
    state: str
    attendance: int = 0
    name: str = ""
    at: int = 0
    said: str = ""


def take(at: Desk, items: Sequence[Any], *, phone_now: datetime | None = None) -> list[Answered]:
    """Each with `nonce`, `kind` (in, out, walk-in), `attendance` or `code` or `name`, and `at` (ms
    since 1970, by the phone; now without). An item that makes no sense is refused by itself.
    `phone_now`: what the phone's clock said when it sent them."""
    received = timezone.now()
    off = received - phone_now if phone_now else timedelta()
    off = off if abs(off) > SKEW else timedelta()
    with transaction.atomic():
        event = answers.lock(at.event.pk)
        times = [_time_of(item, event, received, off, place) for place, item in enumerate(items)]
        done = [
            _take_one(at, event, item, when, received)
            for item, when in sorted(zip(items, times, strict=True), key=lambda each: each[1])
        ]
        if at.link and items:
            desk.used(at.link)
    return done


def answer_of(at: Desk, scan: Scan) -> Answered:
    """What is so by now."""
    if scan.refused:
        return Answered(scan.nonce, "refused", said=scan.refused)
    row = at.attendances().select_related("member").filter(pk=scan.attendance_id or 0).first()
    if row is None:
        return Answered(scan.nonce, "refused", said=_not_there())
    name, came = at.name_of(row.member.name), row.checked_in_at
    if came:
        said = _("%(name)s is here.") if scan.kind != ScanKind.OUT else _("%(name)s is still here.")
        said = said % {"name": name}
        return Answered(scan.nonce, "in", row.pk, name, int(came.timestamp()), said)
    return Answered(scan.nonce, "out", row.pk, name, 0, _("%(name)s: taken back.") % {"name": name})


def said_of(at: Desk, nonce: str) -> Answered | None:
    """For a page that follows a form."""
    nonce = storable(nonce)[:LONGEST_NONCE]
    scan = Scan.objects.filter(event=at.event, nonce=nonce).first() if nonce else None
    return answer_of(at, scan) if scan else None


# Below ------------------------------------------------------------------------------------------


def _take_one(at: Desk, event: Event, item: Any, when: datetime, received: datetime) -> Answered:
    given: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
    nonce, kind = given.get("nonce"), given.get("kind")
    if not isinstance(nonce, str) or not 8 <= len(nonce) <= LONGEST_NONCE or not nonce.isascii():
        return Answered(str(nonce)[:LONGEST_NONCE], "refused", said=_("This can’t be read."))
    if not nonce.isprintable() or kind not in ScanKind.values:
        return Answered(nonce, "refused", said=_("This can’t be read."))
    before = Scan.objects.filter(event=event, nonce=nonce).first()
    if before:
        return answer_of(at, before)
    scan = Scan(
        event=event, nonce=nonce, kind=kind, at=when, received_at=received,
        by=at.by, door=at.link, helper=at.helper,
    )  # fmt: skip
    try:
        _apply(at, event, scan, given)
    except (Refused, TooLong) as refusal:
        scan.attendance, scan.refused = None, str(refusal)[:200]
        scan.save()
    return answer_of(at, scan)


def _apply(at: Desk, event: Event, scan: Scan, given: Mapping[str, Any]) -> None:
    """Raises Refused, and TooLong for a name."""
    if event.state_now not in ("published", "over"):
        raise Refused(answers.closed_words(event))
    if scan.kind == ScanKind.WALK_IN:
        name = _name_of(at, given)
        scan.attendance = attending.add_walk_in(
            event, name, by=at.by, helper=at.helper, at=scan.at, is_scan=True
        )
        scan.save()
        return
    scan.attendance = _attendance_of(at, given)
    scan.save()
    settle(scan.attendance)


def settle(row: Attendance) -> None:
    """As all that is known of them says, whatever order it came in. The event is locked."""
    known = list(Scan.objects.filter(attendance=row, refused="").select_related("by"))
    row = Attendance.objects.select_related("checked_in_by").get(pk=row.pk)
    if row.checked_in_at and not any(_is_of(scan, row) for scan in known):
        known.append(_as_scan(row))  # by an import
    known.sort(key=lambda scan: scan.place)
    came: Scan | None = None
    for scan in known:
        came = None if scan.kind == ScanKind.OUT else came or scan
    if came:
        attending.check_in(row, **_who(came), at=came.at, is_scan=True)
    elif known:
        attending.take_back_check_in(row, **_who(known[-1]), is_scan=True)


def _who(scan: Scan) -> dict[str, Any]:
    """Whoever has lost the right since is named like a helper."""
    by = scan.by
    if by is None or (by.is_active and by.can_edit_events):
        return {"by": by, "helper": scan.helper}
    return {"by": None, "helper": by.name[:LONGEST_HELPER]}


def _is_of(scan: Scan, row: Attendance) -> bool:
    return scan.kind != ScanKind.OUT and scan.at == row.checked_in_at


def _as_scan(row: Attendance) -> Scan:
    at = row.checked_in_at or row.created_at
    return Scan(kind=ScanKind.IN, at=at, by=row.checked_in_by, helper=row.helper)


def _attendance_of(at: Desk, given: Mapping[str, Any]) -> Attendance:
    rows = at.attendances()
    if code := str(given.get("code") or ""):
        read = desk.code_in(code[:100], at.event)
        row = rows.filter(code=read).first() if read else None
        if row is None:
            raise Refused(_("Nobody on this list has this code."))
        return row
    pk = number(str(given.get("attendance") or ""))
    row = rows.filter(pk=pk).first() if pk else None
    if row is None:
        raise Refused(_not_there())
    return row


def _name_of(at: Desk, given: Mapping[str, Any]) -> str:
    name = given.get("name")
    name = typed_line(name, LONGEST_NAME) if isinstance(name, str) else ""
    if not name:
        raise Refused(_("Enter a name."))
    if at.link:
        theirs = Scan.objects.filter(door=at.link, kind=ScanKind.WALK_IN)
        if theirs.count() >= MOST_WALK_INS:
            raise Refused(_("Too many walk-ins by one link. Ask the team for another one."))
    return name


def _time_of(item: Any, event: Event, received: datetime, off: timedelta, place: int) -> datetime:
    """Within bounds; those at a bound keep the order in which the phone has them."""
    earliest = min(event.starts_at, received) - EARLY
    said = moment(item.get("at") if isinstance(item, Mapping) else None)
    if said is None:
        return received
    said += off
    if earliest <= said <= received:
        return said
    return min(max(said, earliest), received) + timedelta(microseconds=place)


def moment(ms: Any) -> datetime | None:
    """None where it is no time near ours."""
    if isinstance(ms, bool) or not isinstance(ms, int | float):
        return None
    if not 0 < ms < 4e12:  # the year 2096
        return None
    return datetime.fromtimestamp(ms / 1000, UTC)


def _not_there() -> str:
    return _("They are not on this list any more.")
