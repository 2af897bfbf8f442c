"""Whether and how fast those who ask are answered: from the asks, one row for each wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, FloatField, Func, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Ask
from insights.periods import Period
from insights.scope import Scope

from .by_period import counted, within
from .percentile import Percentile
from .values import Measure, Unit, Value

TARGET = timedelta(hours=24)  # in which an ask should be answered
OWED_AFTER = timedelta(hours=48)
UNANSWERED = Q(answered_at__isnull=True)
IN_TIME = Q(answered_at__isnull=False, answered_at__lte=F("asked_at") + TARGET)


class Seconds(Func):
    """Of an interval."""

    function = "extract"
    template = "%(function)s(epoch from %(expressions)s)"
    output_field = FloatField()


def took(field: str) -> Seconds:
    """From the mention until then, in seconds."""
    return Seconds(ExpressionWrapper(F(field) - F("asked_at"), output_field=FloatField()))


def _asked(scope: Scope, period: Period) -> QuerySet[Ask]:
    return scope.asks().filter(within("asked_at", period))


def _response(field: str, share: float) -> Callable[[Scope, Sequence[Period]], list[Value]]:
    def compute(scope: Scope, periods: Sequence[Period]) -> list[Value]:
        rows = scope.asks().filter(**{f"{field}__isnull": False})
        found = counted(
            rows, "asked_at", periods, value=Percentile(took(field), share), n=Count("pk")
        )
        return [Value(row.get("value"), row.get("n", 0)) for row in found]

    return compute


def _replied(field: str) -> Callable[[Scope, Period], QuerySet[Any]]:
    return lambda scope, period: _asked(scope, period).filter(**{f"{field}__isnull": False})


def _unanswered(scope: Scope, periods: Sequence[Period]) -> list[Value]:
    found = counted(
        scope.asks(), "asked_at", periods, value=Count("pk", filter=UNANSWERED), n=Count("pk")
    )
    return [Value(row.get("value", 0), row.get("n", 0)) for row in found]


def _answer_rate(scope: Scope, periods: Sequence[Period]) -> list[Value]:
    """Asks that are younger than the target and not answered yet are in neither number."""
    found = counted(
        scope.asks().filter(_decided()), "asked_at", periods,
        value=Count("pk", filter=IN_TIME), n=Count("pk"),
    )  # fmt: skip
    return [
        Value(row["value"] / row["n"] if row.get("n") else None, row.get("n", 0)) for row in found
    ]


def _decided() -> Q:
    return Q(answered_at__isnull=False) | Q(asked_at__lte=timezone.now() - TARGET)


def _owed_when(period: Period) -> Q:
    """Those that had waited for more than OWED_AFTER when the period ended, or wait so long now."""
    end = min(period.ends, timezone.now())
    unanswered = Q(team_replied_at__isnull=True) | Q(team_replied_at__gt=end)
    not_done = Q(closed_at__isnull=True) | Q(closed_at__gt=end)
    return unanswered & not_done & Q(asked_at__lte=end - OWED_AFTER)


def _owed(scope: Scope, periods: Sequence[Period]) -> list[Value]:
    first = min(min(period.ends for period in periods), timezone.now())
    still = Q(team_replied_at__isnull=True, closed_at__isnull=True)
    rows = scope.asks().filter(still | Q(team_replied_at__gt=first) | Q(closed_at__gt=first))
    counts = {f"n{n}": Count("pk", filter=_owed_when(period)) for n, period in enumerate(periods)}
    found = rows.aggregate(**counts)
    return [Value(found[f"n{n}"], found[f"n{n}"]) for n in range(len(periods))]


def _owed_rows(scope: Scope, period: Period) -> QuerySet[Ask]:
    return scope.asks().filter(_owed_when(period))


def _two_way(scope: Scope, periods: Sequence[Period]) -> list[Value]:
    """By the first ask of each conversation: one row for each of them."""
    found = counted(
        scope.asks().filter(is_first=True), "asked_at", periods,
        value=Count("pk", filter=Q(conversation__alternations__gte=2)), n=Count("pk"),
    )  # fmt: skip
    return [
        Value(row["value"] / row["n"] if row.get("n") else None, row.get("n", 0)) for row in found
    ]


def _first_asks(scope: Scope, period: Period) -> QuerySet[Ask]:
    return _asked(scope, period).filter(is_first=True, conversation__alternations__gte=2)


_HOW_ANSWERED = _(
    "From a mention by somebody who is not on the team to the first message after it by another "
    "person. Half of the mentions in the period that were answered took less. Bots, reactions and "
    "messages by the same person don’t count. Once answered or marked as done, the next mention in "
    "a conversation starts a new clock."
)
MEASURES = (
    Measure(
        key="team-response",
        title=_("First response by the team, median"),
        how=_(
            "From a mention by somebody who is not on the team to the team’s first reply, here or "
            "on the platform. Half of the mentions in the period that the team replied to took "
            "less. Once replied to or marked as done, the next mention in a conversation starts a "
            "new clock."
        ),
        unit=Unit.DURATION,
        compute=_response("team_replied_at", 0.5),
        better="lower",
        rows=_replied("team_replied_at"),
        is_health=True,
    ),
    Measure(
        key="team-response-90",
        title=_("First response by the team, 90th percentile"),
        how=_("As the median, but nine out of ten mentions that the team replied to took less."),
        unit=Unit.DURATION,
        compute=_response("team_replied_at", 0.9),
        better="lower",
        rows=_replied("team_replied_at"),
    ),
    Measure(
        key="any-response",
        title=_("First answer by anyone, median"),
        how=_HOW_ANSWERED,
        unit=Unit.DURATION,
        compute=_response("answered_at", 0.5),
        better="lower",
        rows=_replied("answered_at"),
    ),
    Measure(
        key="unanswered",
        title=_("Unanswered"),
        how=_("Mentions in the period that nobody else has written after."),
        unit=Unit.COUNT,
        compute=_unanswered,
        better="lower",
        rows=lambda scope, period: _asked(scope, period).filter(UNANSWERED),
    ),
    Measure(
        key="answer-rate",
        title=_("Answered within 24 hours"),
        how=_(
            "Of the mentions in the period, the share that somebody answered within 24 hours. "
            "Unanswered mentions of the last 24 hours are left out, as they still can be."
        ),
        unit=Unit.SHARE,
        compute=_answer_rate,
        better="higher",
        rows=lambda scope, period: _asked(scope, period).filter(_decided(), IN_TIME),
        is_health=True,
    ),
    Measure(
        key="owed",
        title=_("Replies owed"),
        how=_(
            "Mentions that had waited for the team for more than 48 hours at the end of the "
            "period, or now: neither replied to nor marked as done."
        ),
        unit=Unit.COUNT,
        compute=_owed,
        better="lower",
        rows=_owed_rows,
        is_health=True,
    ),
    Measure(
        key="two-way",
        title=_("Two-way conversations"),
        how=_(
            "Of the conversations whose first mention was in the period, the share in which the "
            "team and others took turns at least twice."
        ),
        unit=Unit.SHARE,
        compute=_two_way,
        better="higher",
        rows=_first_asks,
        is_health=True,
    ),
)
