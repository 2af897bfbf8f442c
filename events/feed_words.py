"""What is said of a calendar that is imported: why entries were left out, why it was not read."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

# By the names that ical_lines.py and ical_reading.py count by.
REASONS = {
    "line": _("Lines that can’t be read"),
    "long-line": _("Lines that are too long"),
    "no-uid": _("Events without an ID"),
    "date": _("Events without a date that can be read"),
    "ends-before": _("Events that end before they start"),
    "too-long": _("Events that are longer than 31 days"),
    "zone": _("Events in an unknown timezone"),
    "rule": _("Series whose repetition can’t be read"),
    "often": _("Series that repeat more than once a day"),
    "never": _("Series that never take place"),
    "twice": _("Events that are listed twice"),
    "event": _("Events that can’t be read"),
    "other": _("Events that are here already, made in the hub or from another calendar"),
    "refused": _("Changes that people’s answers don’t allow"),
}
NOT_A_CALENDAR = _("There’s no calendar in iCal format. Check the address.")
NOT_A_FILE = _("This file isn’t a calendar in iCal format.")
TOO_SLOW = _("The calendar is too complicated to be read in time.")
TOO_LARGE = _("The calendar is too large. Up to %(most)s MB can be read.")
EMPTY = _("The calendar is empty. If it’s still empty next time, its coming events are cancelled.")
UNREACHABLE = _("The calendar can’t be reached: %(why)s")


def reasons(skipped: Mapping[str, int]) -> list[tuple[str, int]]:
    """In words, the most frequent first."""
    rows = sorted(skipped.items(), key=lambda row: -row[1])
    return [(str(REASONS.get(name, name)), n) for name, n in rows]
