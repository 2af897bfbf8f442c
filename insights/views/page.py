"""Insights: measures and reports, the rows behind each number, and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from community_hub.lib import htmx, keyset, spreadsheet
from community_hub.lib.keyset import Order
from inbox.models import Source
from insights import periods, reports
from insights.reports.comparing import compare
from insights.selection import Selection, selected
from members.models import Stage, Tag
from team.http import AuthenticatedHttpRequest

PAGE = 50
MOST_CHOICES = 500
ORDERS = {"asks": Order("-asked_at"), "members": Order("-last_seen")}
RELATED = {"asks": ("member", "conversation__source", "replied_by"), "members": ()}


@require_GET
def insights(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The address: see selection.py."""
    chosen = selected(request.user, request.GET.dict())
    context = {
        "chosen": chosen,
        "measures": compare(reports.MEASURES, chosen.scope, chosen.period),
        "reports": [build(chosen.scope, chosen.period) for build in reports.REPORTS.values()],
        **_choices(request),
    }
    return htmx.respond(request, "insights/page.html", context, parts=("insights",))


@require_GET
def rows(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """What a number counts: `before` is the cursor of the last row above."""
    measure = reports.measure(key)
    if measure is None or measure.rows is None:
        raise Http404
    chosen = selected(request.user, request.GET.dict())
    found = measure.rows(chosen.scope, chosen.period)
    if related := RELATED[measure.row_kind]:
        found = found.select_related(*related)
    page = keyset.page(found, ORDERS[measure.row_kind], request.GET.get("before", ""), PAGE)
    context = {"chosen": chosen, "measure": measure, "page": page}
    return htmx.respond(request, "insights/rows.html", context, parts=("insight-rows",))


@require_GET
def file(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """A report, or "measures", as CSV."""
    chosen = selected(request.user, request.GET.dict())
    if key == "measures":
        lines = list(_measures(chosen))
    elif build := reports.REPORTS.get(key):
        table = build(chosen.scope, chosen.period).table
        lines = [table.columns, *table.rows]
    else:
        raise Http404
    name = f"{key}-{chosen.period.first}-{chosen.period.last}.csv"
    return HttpResponse(
        b"".join([spreadsheet.BOM, *map(spreadsheet.line, lines)]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# Below the views ---------------------------------------------------------------------------------


def _measures(chosen: Selection) -> Iterator[Sequence[Any]]:
    """Values as they are: durations in seconds, shares between 0 and 1."""
    yield (
        _("Measure"),
        _("Unit"),
        _("Value"),
        _("Counted"),
        _("Period before"),
        _("4-week median"),
    )
    for row in compare(reports.MEASURES, chosen.scope, chosen.period):
        values = (row.now.value, row.now.n, row.before.value, row.usual.value)
        yield (row.measure.title, row.measure.unit, *values)


def _choices(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    """For the filters."""
    sources = Source.objects.visible_to(request.user).order_by("name", "pk")
    tags = Tag.objects.visible_to(request.user).current().by_name()
    return {
        "sources": list(sources.values_list("pk", "name")[:MOST_CHOICES]),
        "tags": list(tags.values_list("pk", "name")[:MOST_CHOICES]),
        "stages": Stage.choices,
        "periods": periods.CHOICES.items(),
    }
