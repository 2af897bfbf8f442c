"""What a member did by coming to an event, in the words in which the reason of a stage says it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from community_hub.lib.text import number, shortened

from .models import Attendance, Kind

LONGEST = 100  # characters of a title


def of_attendances(keys: Sequence[str]) -> dict[str, str]:
    """By the keys of the log's lines about them; see members.hooks.deeds. A query where there are
    some."""
    ids = {
        number(parts[1]): key
        for key in keys
        if (parts := key.split(":"))[0] == "attendance" and len(parts) == 3
    }
    if not ids:
        return {}
    rows = Attendance.objects.filter(pk__in=ids).values_list("pk", "event__title", "event__kind")
    found = {}
    for pk, title, kind in rows:
        took_part, came = _("took part in “%(event)s”"), _("came to “%(event)s”")
        said = took_part if kind == Kind.CONTENT else came
        found[ids[pk]] = said % {"event": shortened(title, LONGEST)}
    return found
