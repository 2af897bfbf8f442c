"""Who took part in what the team made: a post, a video, an AMA, a newsletter. It counts as
attended: by hand, or because they wrote in a conversation that it is tied to."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events import answers, attendance_log
from events.checks import NotPossible
from events.models import Answer, Attendance, Event, EventLink, Origin
from members import hooks
from members.models import Member
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from .attending import ON

MOST_LINKS = 200
MOST_AT_ONCE = 5_000


@one_by_one
def _undo_take_part(action: Action, by: User) -> bool:
    """Not where it was taken back since."""
    at = datetime.fromisoformat(action.after["at"])
    found = Attendance.objects.select_for_update(of=("self",)).select_related("event")
    row = found.filter(pk=action.object_id, checked_in_at=at).first()
    if row is None:
        return False
    attendance_log.remove_came([row], action.after["raised"])
    if action.before:
        row.checked_in_at, row.checked_in_by = None, None
        row.save(update_fields=["checked_in_at", "checked_in_by"])
    else:
        row.delete()
    answers.publish(row.event)
    return True


@verb("take-part", on=ON, right="can_edit_events", words=_("noted that %(object)s took part"),
      undo=_undo_take_part, lead_may_undo=True)  # fmt: skip
def take_part(
    event: Event, when: Mapping[int, datetime], *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """`when`: by the id of a member, at most MOST_AT_ONCE. Whoever is noted already changes
    nothing. Raises NotPossible for what is no content, or not out yet, and for teammates."""
    check(event, when)
    with transaction.atomic():
        locked = answers.lock(event.pk)
        known = Attendance.objects.filter(event=locked, member__in=when)
        there = {row.member_id: row for row in known}
        new = [
            Attendance(event=locked, member_id=pk, answer=Answer.GOING, origin=Origin.CONTENT)
            for pk in sorted(when)
            if pk not in there
        ]
        old = [row for row in there.values() if row.checked_in_at is None]
        for row in (*new, *old):
            row.checked_in_at, row.checked_in_by = when[row.member_id], by
        Attendance.objects.bulk_create(new)
        Attendance.objects.bulk_update(old, ["checked_in_at", "checked_in_by"])
        rows = [*new, *sorted(old, key=lambda row: row.pk)]
        raised: dict[int, list[Any]] = defaultdict(list)
        for move in attendance_log.write_came(locked, rows, actor_id=by.pk):
            raised[move["member"]].append(move)
        answers.publish(locked)
        before = {row.pk: {"answer": str(row.answer)} for row in old}
        after = {
            row.pk: {"at": when[row.member_id].isoformat(), "raised": raised[row.member_id]}
            for row in rows
        }
        return actions.record(
            "take-part", rows, by=by, group=group,
            before=lambda row: before.get(row.pk, {}), after=lambda row: after[row.pk],
        )  # fmt: skip


def take_part_by_hand(event: Event, members: Iterable[Member], *, by: User) -> Changes:
    """When it came out. NotPossible where nobody is named."""
    when = {member.pk: event.starts_at for member in members}
    if not when:
        raise NotPossible(_now("Say who took part."))
    return take_part(event, when, by=by)


def take_part_by_conversations(event: Event, *, by: User) -> Changes:
    """Everybody who wrote in the conversations that it is tied to, as far as `by` sees both: when
    they did first, but not before it came out. No Changes where all are noted."""
    return take_part(event, authors_at(event, by), by=by)


def authors_at(event: Event, user: User) -> dict[int, datetime]:
    """By member, when they took part by what they wrote."""
    links = EventLink.objects.visible_to(user).present().filter(event=event).order_by("pk")
    wrote = hooks.who_wrote_in(user, links.values_list("key", flat=True)[:MOST_LINKS])
    when: dict[int, datetime] = {}
    for found in wrote.values():
        for member, at in found.items():
            when[member] = max(event.starts_at, min(at, when.get(member, at)))
    return dict(list(when.items())[:MOST_AT_ONCE])


def check(event: Event, members: Iterable[int]) -> None:
    if not event.is_content:
        raise NotPossible(_now("Who came to an event is checked in there."))
    if event.state_now not in ("published", "over") or event.starts_at > timezone.now():
        raise NotPossible(_now("“%(event)s” isn’t out yet.") % {"event": event})
    staff = Member.objects.filter(pk__in=list(members)).exclude(user=None, is_bot=False)
    names = [str(member) for member in staff.order_by("name", "pk")[:5]]
    if names:
        said = ngettext(
            "%(names)s is a teammate or a bot. Leave them out.",
            "%(names)s are teammates or bots. Leave them out.",
            len(names),
        )
        raise NotPossible(said % {"names": ", ".join(names)})
