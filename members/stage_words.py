"""Why a member has a stage, in the words of the log's line about it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Stage

BETWEEN = " · "  # the new stage and the reason, in the summary of a line


def summary(stage: str, why: str = "") -> str:
    """Of the line that tells of a change."""
    became = {
        Stage.OUTSIDER: _("Became an outsider"),
        Stage.VISITOR: _("Became a visitor"),
        Stage.PARTICIPANT: _("Became a participant"),
        Stage.CONTRIBUTOR: _("Became a contributor"),
        Stage.CHAMPION: _("Became a champion"),
    }[Stage(stage)]
    return f"{became}{BETWEEN}{why}" if why else became


def reason_in(summary: str) -> str:
    return summary.partition(BETWEEN)[2]


def activity(nth: int, did: str, days: int) -> str:
    """“10th activity: answered “MIDI clock drifts””; “3rd activity, on 2 days: …”."""
    said = _("%(nth)s activity") % {"nth": ordinal(nth)}
    if days > 1:
        said = _("%(nth)s activity, on %(days)d days") % {"nth": ordinal(nth), "days": days}
    return f"{said}: {did}" if did else said


def credited(count: int) -> str:
    return _("%(nth)s answer credited") % {"nth": ordinal(count)}


def seen_first(did: str) -> str:
    return _("first seen: %(did)s") % {"did": did} if did else _("seen in one of your places")


def unseen() -> str:
    return _("not seen in your sources yet")


def not_enough(activities: int, days: int) -> str:
    if not activities:
        return _("no activity within %(days)d days") % {"days": days}
    said = ngettext(
        "%(n)d activity within %(days)d days", "%(n)d activities within %(days)d days", activities
    )
    return said % {"n": activities, "days": days}


def by_rule(activities: int, days: int) -> str:
    """Of a stage that a person gave back to the milestones."""
    return _("by milestones: %(why)s") % {"why": not_enough(activities, days)}


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th; a language without such endings translates all four alike."""
    if 10 < number % 100 < 14:
        return _("%(number)dth") % {"number": number}
    ending = {
        1: _("%(number)dst"),
        2: _("%(number)dnd"),
        3: _("%(number)drd"),
    }.get(number % 10, _("%(number)dth"))
    return ending % {"number": number}
