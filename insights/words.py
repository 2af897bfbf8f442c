"""Values of measures as people read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .reports.values import Unit

MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds


def measured(value: float | None, unit: Unit | str) -> str:
    """ "4 h 10 min", "72 %", "1,204"; "–" where there was nothing to measure."""
    if value is None:
        return "–"
    if unit == Unit.DURATION:
        return duration(value)
    if unit == Unit.SHARE:
        return _("%(n)s %%") % {"n": round(value * 100)}
    return str(intcomma(round(value)))


def duration(seconds: float) -> str:
    """In its two largest units."""
    if seconds < MINUTE:
        return _("under a minute")
    if seconds < HOUR:
        return _("%(min)d min") % {"min": seconds // MINUTE}
    if seconds < DAY:
        whole = {"h": seconds // HOUR, "min": seconds % HOUR // MINUTE}
        return (_("%(h)d h %(min)d min") if whole["min"] else _("%(h)d h")) % whole
    whole = {"d": seconds // DAY, "h": seconds % DAY // HOUR}
    return (_("%(d)d d %(h)d h") if whole["h"] else _("%(d)d d")) % whole


def cell(value: Any, unit: Unit | str) -> Any:
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return measured(value, unit) if unit else value
