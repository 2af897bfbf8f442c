"""Outreach: people whom the team met elsewhere before they came to one of its own places.

How far each has come is read from what happened, never set by hand: seen elsewhere; spoken with (a
reply of ours, or a meeting); replied (they wrote again where we had answered, or were met); joined
(seen in a place of ours, or at an event of ours, later than elsewhere); returned (on a later day).
Only the furthest step counts. What is kept of it (members.outreach_pass) holds for whoever was seen
in no source that is hidden from the reader; for others it is worked out from what the reader may
see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Greatest, Least, TruncDate
from django.db.models.lookups import GreaterThan, IsNull, LessThan
from django.utils.translation import gettext_lazy as _

from team import hours

from . import hooks
from .models import Activity, ActivityKind, Identity, Outreach, Sighting, Step
from .models.member import CONTACTS
from .models.scopes import hidden_scopes

if TYPE_CHECKING:
    from team.models import User

MET = [kind for kind in CONTACTS if kind != ActivityKind.REPLY.value]


EXPLAINED = {
    Step.SEEN: _("They wrote somewhere else; nobody of us has answered."),
    Step.SPOKEN_WITH: _("One of us answered or met them; they haven’t written back."),
    Step.REPLIED: _("They wrote back, or you met."),
    Step.JOINED: _("They came to one of your places or events."),
    Step.RETURNED: _("They came back to it on another day."),
}


@dataclass(frozen=True)
class Facts:
    """Conditions on members, as far as a reader's sources tell."""

    is_outsider_first: Q
    spoken_with: Q
    replied: Q
    joined: Q
    returned: Q


def at_step(step: Step, user: User) -> Q:
    """A condition on members: this far, and no further."""
    kept = Outreach.objects.visible_to(user).filter(step=step)
    found = Q(pk__in=kept.values("member_id"))
    hidden = hidden_scopes(user)
    if hidden is None:
        return found
    seen = Sighting.objects.filter(identity__member=OuterRef("pk"), scope__in=hidden)
    return found | (Q(Exists(seen)) & _by_facts(step, facts_for(user)))


def _by_facts(step: Step, facts: Facts) -> Q:
    here = {
        Step.SEEN: ~facts.joined & ~facts.spoken_with,
        Step.SPOKEN_WITH: ~facts.joined & facts.spoken_with & ~facts.replied,
        Step.REPLIED: ~facts.joined & facts.spoken_with & facts.replied,
        Step.JOINED: facts.joined & ~facts.returned,
        Step.RETURNED: facts.joined & facts.returned,
    }[step]
    return _is_of_community() & facts.is_outsider_first & here


def facts_for(user: User) -> Facts:
    places = hooks.scopes_of_our_places()
    seen = _sightings(user)
    ours = seen.filter(scope__in=places)
    lines = Activity.objects.visible_to(user).present().filter(member=OuterRef("pk"))
    came = lines.filter(kind=ActivityKind.ATTENDED.value)
    first_ours = Least(_first(ours), _moment(came.order_by("occurred_at")))
    last_ours = Greatest(_last(ours), _moment(came.order_by("-occurred_at")))
    return Facts(
        is_outsider_first=Q(IsNull(first_ours, True))
        | Q(LessThan(_first(seen.exclude(scope__in=places)), first_ours)),
        spoken_with=_spoken_with(lines, user),
        replied=Q(Exists(lines.filter(kind__in=MET))) | Q(Exists(_answers(lines))),
        joined=Q(IsNull(first_ours, False)),
        returned=Q(GreaterThan(_day(last_ours), _day(first_ours))),
    )


def _is_of_community() -> Q:
    us = Identity.objects.filter(member=OuterRef("pk"), is_us=True)
    return Q(~Exists(us), user__isnull=True, is_bot=False)


def _sightings(user: User) -> QuerySet[Sighting]:
    seen = Sighting.objects.filter(identity__member=OuterRef("pk"))
    hidden = hidden_scopes(user)
    return seen if hidden is None else seen.exclude(scope__in=hidden)


def _first(seen: QuerySet[Sighting]) -> Subquery:
    return Subquery(seen.order_by("first_seen").values("first_seen")[:1])


def _last(seen: QuerySet[Sighting]) -> Subquery:
    return Subquery(seen.order_by("-last_seen").values("last_seen")[:1])


def _moment(lines: QuerySet[Activity]) -> Subquery:
    return Subquery(lines.values("occurred_at")[:1])


def _day(moment: Least | Greatest) -> TruncDate:
    """Of the hub's own days."""
    return TruncDate(moment, tzinfo=hours.of_hub().zone)


def _spoken_with(lines: QuerySet[Activity], user: User) -> Q:
    kept = Q(last_contact_at__isnull=False)
    if hidden_scopes(user) is None:
        return kept
    return kept & Q(Exists(lines.filter(kind__in=CONTACTS)))


def _answers(lines: QuerySet[Activity]) -> QuerySet[Activity]:
    """What they wrote in a conversation after a reply of ours to them there."""
    theirs = lines.filter(kind=ActivityKind.MESSAGE.value).annotate(place=_conversation("link"))
    before = Activity.objects.present().filter(
        member=OuterRef("member"),
        kind=ActivityKind.REPLY.value,
        occurred_at__lt=OuterRef("occurred_at"),
    )
    before = before.annotate(place=_conversation("link")).filter(place=OuterRef("place"))
    return theirs.filter(Exists(before))


def _conversation(link: str) -> Any:
    """A line's link without its "#message-42"."""
    return Func(F(link), Value("#"), Value(1), function="split_part", output_field=TextField())
