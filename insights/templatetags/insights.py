"""What templates say of measures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import template

from insights import words
from insights.reports.values import Compared, Report, Value

register = template.Library()
SHADES = 4  # of a heat map, above none


@register.simple_tag
def measured(compared: Compared, value: Value) -> str:
    return words.measured(value.value, compared.measure.unit)


@register.filter
def cells(report: Report) -> Iterator[list[tuple[Any, int]]]:
    """The rows of its table: each cell as words, and its shade, 0 to SHADES."""
    most = max((n for row in report.table.rows for n in row[1:] if isinstance(n, int)), default=0)
    shaded = report.chart == "heat" and most > 0
    for row in report.table.rows:
        yield [
            (words.cell(value, unit), _shade(value, most) if shaded and unit else 0)
            for value, unit in zip(row, report.table.units, strict=True)
        ]


def _shade(value: int, most: int) -> int:
    return -(-value * SHADES // most)
