"""Who can still get at a conversation. One that is given to somebody who cannot waits for nobody,
so it counts as nobody's; the name stays, as they may be switched on or admitted again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from inbox.models.source import Source
from team.models import Grant, User
from team.models.user import LEADS

if TYPE_CHECKING:
    from typing import Any


def who_can_work_on(sources: Iterable[int]) -> dict[int, set[int]]:
    """The ids of the users who may triage what comes from each of these sources."""
    able = dict(User.objects.who_can_triage().values_list("pk", "role"))
    named: dict[str, set[int]] = defaultdict(set)
    scopes = [f"source:{pk}" for pk in sources]
    for scope, user in Grant.objects.filter(scope__in=scopes).values_list("scope", "user"):
        named[scope].add(user)
    found = Source.objects.filter(pk__in=list(sources)).values_list("pk", "restricted")
    return {
        pk: {
            user
            for user, role in able.items()
            if not restricted or role in LEADS or user in named[f"source:{pk}"]
        }
        for pk, restricted in found
    }


def effectively_unassigned() -> Combinable:
    """Conversations without a name, or with one that cannot see them any more."""
    granted = Grant.objects.filter(user=OuterRef("assignee"), scope=_scope("source"))
    left_out = Q(source__restricted=True) & ~Q(assignee__role__in=LEADS) & ~Exists(granted)
    gone = ~Q(assignee__in=User.objects.who_can_triage())
    return Q(assignee__isnull=True) | gone | left_out


def hidden_scopes(user: User) -> QuerySet[Any, Any] | None:
    """Of the restricted sources this user may not see, as a subquery; None where there are none."""
    if user.can_see_every_source:
        return None
    closed = Source.objects.filter(restricted=True)
    granted = Grant.objects.filter(user=user, scope=_scope("pk"))
    return closed.exclude(Exists(granted)).annotate(as_scope=_own_scope()).values("as_scope")


def our_places() -> list[str]:
    """The scopes of the sources in which the team's own community is."""
    own = Source.objects.filter(is_our_place=True).order_by("pk").values_list("pk", flat=True)
    return [f"source:{pk}" for pk in own]


def _scope(column: str) -> Concat:
    return Concat(Value("source:"), Cast(OuterRef(column), CharField()))


def _own_scope() -> Concat:
    return Concat(Value("source:"), Cast(F("pk"), CharField()))
