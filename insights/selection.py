"""What somebody asked to see: a period and what it is limited to, as the address has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.query import Mistake
from community_hub.lib.text import number, storable
from inbox.models import Channel, Source
from members.models import Stage, Tag
from team import hours
from team.models import User

from . import periods
from .periods import Period, PeriodError
from .scope import Scope

LONGEST_QUERY = 2_000  # characters


@dataclass(frozen=True)
class Selection:
    """`error`: why something of it could not be understood; it is left out then. `period_name`:
    one of periods.CHOICES."""

    period: Period
    period_name: str
    scope: Scope
    error: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)  # as it stands in the form

    @property
    def address(self) -> str:
        """The query of an address, with fixed bounds: it shows the same on any day."""
        scope = self.scope
        values = {
            **self.period.query,
            "source": scope.source,
            "channel": scope.channel,
            "tag": scope.tag,
            "stage": scope.stage,
            "q": scope.query,
            "mine": "1" if scope.mine else "",
        }
        return urlencode({name: value for name, value in values.items() if value})


def selected(user: User, values: Mapping[str, str]) -> Selection:
    """From an address. Nothing that the reader may not see can be chosen."""
    zone = hours.zone_of_hub(user)
    today = timezone.now().astimezone(zone).date()
    error = ""
    try:
        period = periods.chosen(values, today, zone)
    except PeriodError as problem:
        error, period = str(problem), periods.chosen({}, today, zone)
    query = storable(values.get("q", "")).strip()
    if len(query) > LONGEST_QUERY:
        error, query = _("This query is too long."), ""
    scope = Scope(
        user=user,
        source=_known(Source.objects.visible_to(user), values.get("source")),
        channel=_known(
            Channel.objects.filter(source__in=Source.objects.visible_to(user)),
            values.get("channel"),
        ),
        tag=_known(Tag.objects.visible_to(user).current(), values.get("tag")),
        stage=values.get("stage", "") if values.get("stage") in Stage.values else "",
        query=query,
        mine=values.get("mine") == "1",
    )
    try:
        scope.check()
    except Mistake as mistake:
        error, scope = str(mistake), scope.without_query()
    is_custom = bool(values.get("from") or values.get("to"))
    name = "custom" if is_custom else values.get("period") or periods.USUAL
    return Selection(
        period, name if name in periods.CHOICES else periods.USUAL, scope, error,
        {"q": query, "from": values.get("from", ""), "to": values.get("to", "")},
    )  # fmt: skip


def _known(rows: object, given: str | None) -> int | None:
    pk = number(given)
    return pk if pk and rows.filter(pk=pk).exists() else None  # type: ignore[attr-defined]
