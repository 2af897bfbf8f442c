"""What is done with a member's size and address for gifts: kept with their consent, renewed,
deleted, and deleted by itself once the time they agreed to is over.

Each change is a new row, and actions name rows: the audit trail, which nobody can change, never
holds an address. What was replaced or deleted waits for an undo, a day long, and is then erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import structlog
from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.crypto import is_locked
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from .follow_up_verbs import NotPossible
from .follow_ups import today
from .models import GiftDetails, Member
from .models.gift import MOST_MONTHS

log = structlog.get_logger(__name__)
ON = "members.member"
UNDO = timedelta(days=1)  # so long, what was replaced or deleted can come back
STEP = 500


@dataclass(frozen=True)
class Gift:
    """What is to be kept. `address` is never shown where this is: not in logs, not in tracebacks.
    `agreed_where`: where, or in which words, they agreed, on `agreed_on`, for `months`."""

    size: str
    address: str = field(repr=False)
    agreed_on: date
    agreed_where: str
    months: int

    @property
    def kept_until(self) -> date:
        return self.agreed_on + relativedelta(months=self.months)


def _still_there(batch: Sequence[Action]) -> set[int]:
    """Those whose earlier row has not been erased yet."""
    wanted = {action.pk: action.before.get("gift_details") for action in batch}
    rows = GiftDetails.objects.filter(pk__in=[pk for pk in wanted.values() if pk])
    there = set(rows.values_list("pk", flat=True))
    return {action for action, pk in wanted.items() if pk is None or pk in there}


@one_by_one
def _undo(action: Action, by: User) -> bool:
    """Not where somebody wrote down something else since, or the earlier one has expired."""
    made, earlier = action.after.get("gift_details"), action.before.get("gift_details")
    _lock(action.object_id)
    rows = GiftDetails.objects.filter(member=action.object_id)
    current = rows.current().values_list("pk", flat=True).first()
    if current != made:
        return False
    if earlier and not rows.filter(pk=earlier, kept_until__gte=today()).exists():
        return False
    rows.filter(pk=made).update(removed_at=timezone.now())
    rows.filter(pk=earlier).update(removed_at=None)
    return True


@verb(
    "keep-gift-details",
    on=ON,
    right="can_edit_members",
    words=_("wrote down what gifts for %(object)s need"),
    undo=_undo,
    lead_may_undo=True,
    still_undoable=_still_there,
)
def keep(member: Member, gift: Gift, *, by: User) -> Changes:
    """In the place of what was there. Raises NotPossible with a sentence."""
    check(member, gift)
    with transaction.atomic():
        _lock(member.pk)
        before = GiftDetails.objects.current().filter(member=member).first()
        if before and _is_same(before, gift):
            return Changes()
        if before:
            GiftDetails.objects.filter(pk=before.pk).update(removed_at=timezone.now())
        made = GiftDetails.objects.create(
            member=member,
            size=gift.size,
            sealed={"address": gift.address} if gift.address else {},
            has_address=bool(gift.address),
            agreed_on=gift.agreed_on,
            agreed_where=gift.agreed_where,
            months=gift.months,
            kept_until=gift.kept_until,
            by=by,
        )
        return actions.record(
            "keep-gift-details", [member], by=by,
            before={"gift_details": before.pk if before else None},
            after={"gift_details": made.pk},
        )  # fmt: skip


@verb(
    "delete-gift-details",
    on=ON,
    right="can_edit_members",
    words=_("deleted what was kept for gifts for %(object)s"),
    undo=_undo,
    lead_may_undo=True,
    still_undoable=_still_there,
)
def delete(member: Member, *, by: User) -> Changes:
    """Gone from every page; erased a day later, until when an undo brings it back."""
    with transaction.atomic():
        _lock(member.pk)
        row = GiftDetails.objects.current().filter(member=member).first()
        if row is None:
            return Changes()
        GiftDetails.objects.filter(pk=row.pk).update(removed_at=timezone.now())
        return actions.record(
            "delete-gift-details", [member], by=by, before={"gift_details": row.pk}
        )


@verb(
    "expire-gift-details",
    on=ON,
    right="can_edit_members",
    words=_(
        "deleted what was kept for gifts for %(object)s, since the time they agreed to is over"
    ),
)
def expire(members: Sequence[Member], *, by: User | None) -> Changes:
    """Of those members for whom it is over, for good."""
    over = GiftDetails.objects.filter(member__in=members, kept_until__lt=today())
    with transaction.atomic():
        rows = list(over.select_for_update().order_by("pk").values_list("pk", "member_id"))
        if not rows:
            return Changes()
        pks = {member for _pk, member in rows}
        GiftDetails.objects.filter(pk__in=[pk for pk, _member in rows]).delete()
        return actions.record(
            "expire-gift-details", [each for each in members if each.pk in pks], by=by
        )


def delete_what_is_over() -> int:
    """Of how many members something had expired. Also erases, without a word in the trail, what was
    replaced or deleted so long ago that no undo brings it back."""
    old = GiftDetails.objects.filter(removed_at__lt=timezone.now() - UNDO)
    erased, _rows = old.delete()
    expired = 0
    over = Q(gift_details__kept_until__lt=today())
    while members := list(Member.objects.filter(over).distinct().order_by("pk")[:STEP]):
        expired += len(expire(members, by=None))
    if erased or expired:
        log.info("gift details deleted", members_expired=expired, rows_erased=erased)
    return expired


# What is refused ----------------------------------------------------------------------------------


def check(member: Member, gift: Gift) -> None:
    """Raises NotPossible."""
    if member.user_id or member.is_bot:
        raise NotPossible(_now("This is kept of members only, not of teammates or bots."))
    if not gift.size and not gift.address:
        raise NotPossible(_now("Enter a size or an address."))
    if not gift.agreed_where:
        raise NotPossible(_now("Say where or how they agreed."))
    if not 1 <= gift.months <= MOST_MONTHS:
        raise NotPossible(_now("It can be kept for up to %(n)d months.") % {"n": MOST_MONTHS})
    if gift.agreed_on > today():
        raise NotPossible(_now("That’s in the future. Write it down once they have agreed."))
    if gift.kept_until < today():
        raise NotPossible(_now("What they agreed to then is over by now. Ask them again."))


# Below the verbs ----------------------------------------------------------------------------------


def _lock(member: int) -> None:
    """One change of a member's at a time."""
    list(Member.objects.select_for_update(no_key=True).filter(pk=member).values_list("pk"))


def _is_same(row: GiftDetails, gift: Gift) -> bool:
    values: dict[str, Any] = {
        "size": gift.size,
        "agreed_on": gift.agreed_on,
        "agreed_where": gift.agreed_where,
        "months": gift.months,
    }
    same = all(getattr(row, name) == value for name, value in values.items())
    return same and not is_locked(row.sealed) and row.address == gift.address
