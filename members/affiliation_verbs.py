"""What is written down of where a member is or was: added, changed, ended, removed, undone."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.text import typed_line
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from . import organisation_verbs, organisation_words
from .follow_ups import today
from .loose_days import LooseDay
from .models import Affiliation, Member, Organisation, Precision
from .models.organisation import LONGEST_ROLE

ON = "members.member"


class AffiliationRefused(ValueError):
    """One that can't be so: a sentence, and the field of a form that it is about."""

    def __init__(self, said: str, field: str) -> None:
        super().__init__(said)
        self.field = field


@one_by_one
def _undo_affiliate(action: Action, by: User) -> bool:
    """Not where somebody changed it since. With an organisation that it made."""
    after = dict(action.after)
    pk, made = after.pop("affiliation"), after.pop("made")
    mine = Affiliation.objects.filter(pk=pk, removed_at__isnull=True, **after)
    if not mine.update(removed_at=timezone.now()):
        return False
    if made:
        organisation_verbs.remove_unused(made)
    return True


@verb(
    "affiliate",
    on=ON,
    right="can_edit_members",
    words=_("added an organisation to %(object)s"),
    undo=_undo_affiliate,
    lead_may_undo=True,
    details=organisation_words.affiliations,
)
def affiliate(
    member: Member,
    organisation: str,
    *,
    by: User,
    role: str = "",
    since: LooseDay | None = None,
    until: LooseDay | None = None,
) -> Changes:
    """At the organisation of this name, which is made where there is none. ValueError where that
    is no name, AffiliationRefused where it ends before it begins or is there already."""
    fields = _fields(role, since, until)
    with transaction.atomic():
        there, made = Organisation.found_or_made(organisation)
        try:
            with transaction.atomic():
                row = Affiliation.objects.create(member=member, organisation=there, **fields)
        except IntegrityError:
            raise _there_already() from None
        after = {"affiliation": row.pk, "made": there.pk if made else 0, **_as_json(fields)}
        return actions.record("affiliate", [member], by=by, after=after)


@one_by_one
def _undo_change(action: Action, by: User) -> bool:
    """Not where somebody changed it since, or added the same again."""
    before, after = dict(action.before), dict(action.after)
    row = Affiliation.objects.filter(pk=after.pop("affiliation"), **after)
    try:
        with transaction.atomic():
            return bool(row.update(**before))
    except IntegrityError:
        return False


@verb(
    "reaffiliate",
    on=ON,
    right="can_edit_members",
    words=_("changed an organisation of %(object)s"),
    undo=_undo_change,
    lead_may_undo=True,
    details=organisation_words.affiliations,
)
def change(
    affiliation: Affiliation,
    *,
    by: User,
    role: str,
    since: LooseDay | None,
    until: LooseDay | None,
) -> Changes:
    """No Changes where nothing differs. AffiliationRefused as for affiliate()."""
    return _change("reaffiliate", affiliation, _fields(role, since, until), by)


@verb(
    "end-affiliation",
    on=ON,
    right="can_edit_members",
    words=_("ended an organisation of %(object)s"),
    undo=_undo_change,
    lead_may_undo=True,
    details=organisation_words.affiliations,
)
def end(affiliation: Affiliation, *, by: User) -> Changes:
    """Today, by the hub's day. AffiliationRefused where it has not begun."""
    day = today()
    if affiliation.since and affiliation.since > day:
        raise AffiliationRefused(_now("It hasn’t begun yet. Change its dates instead."), "until")
    if not affiliation.is_current_on(day):
        return Changes()
    fields = {"until": day, "until_precision": Precision.DAY.value}
    return _change("end-affiliation", affiliation, fields, by)


@verb(
    "unaffiliate",
    on=ON,
    right="can_edit_members",
    words=_("removed an organisation from %(object)s"),
    undo=_undo_change,
    lead_may_undo=True,
    details=organisation_words.affiliations,
)
def remove(affiliation: Affiliation, *, by: User) -> Changes:
    """As if it had never been; for who left there is end()."""
    return _change("unaffiliate", affiliation, {"removed_at": timezone.now()}, by)


# Below the verbs ---------------------------------------------------------------------------------


def _change(name: str, affiliation: Affiliation, fields: dict[str, Any], by: User) -> Changes:
    """Nothing, where somebody has removed it."""
    with transaction.atomic():
        there = Affiliation.objects.filter(pk=affiliation.pk, removed_at__isnull=True)
        locked = there.select_for_update().first()
        if locked is None:
            return Changes()
        after = {field: value for field, value in fields.items() if getattr(locked, field) != value}
        if not after:
            return Changes()
        before = {field: getattr(locked, field) for field in after}
        try:
            with transaction.atomic():
                Affiliation.objects.filter(pk=locked.pk).update(**after)
        except IntegrityError:
            raise _there_already() from None
        return actions.record(
            name,
            [Member(pk=locked.member_id)],
            by=by,
            before=_as_json(before),
            after={"affiliation": locked.pk, **_as_json(after)},
        )


def _fields(role: str, since: LooseDay | None, until: LooseDay | None) -> dict[str, Any]:
    """As the columns have them. AffiliationRefused where it would end before it begins."""
    if since and until and until.last < since.first:
        raise AffiliationRefused(_now("It can’t end before it began."), "until")
    return {
        "role": typed_line(role, LONGEST_ROLE),
        "since": since.first if since else None,
        "since_precision": (since.precision if since else Precision.DAY).value,
        "until": until.last if until else None,
        "until_precision": (until.precision if until else Precision.DAY).value,
    }


def _as_json(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in fields.items()
    }


def _there_already() -> AffiliationRefused:
    return AffiliationRefused(_now("That’s there already, for the same time."), "organisation")
