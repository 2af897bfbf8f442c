"""What a member's page and the pane beside a conversation say of events: the next one they go to,
and the last one they came to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject, Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from community_hub.lib.paths import path
from members.hooks import GlanceFacts, GlanceLine

from .models import Answer, Attendance, Kind, Part, State

COMING = [Answer.GOING.value, Answer.MAYBE.value, Answer.WAITING.value]


def columns(member: Any) -> dict[str, Any]:
    """`event_next` and `event_last`, of one object or none."""
    theirs = Attendance.objects.filter(member=member, event__removed_at__isnull=True)
    coming = theirs.filter(event__state=State.PUBLISHED, event__ends_at__gt=Now())
    coming = coming.filter(answer__in=COMING, checked_in_at__isnull=True)
    return {
        "event_next": _one_of(coming.order_by("event__starts_at", "pk")),
        "event_last": _one_of(theirs.came().order_by("-event__starts_at", "-pk")),
    }


def _one_of(rows: QuerySet[Attendance]) -> ArraySubquery:
    facts = JSONObject(
        pk="event_id", title="event__title", kind="event__kind", at="event__starts_at",
        answer="answer", role="role",
    )  # fmt: skip
    return ArraySubquery(rows.values(json=facts)[:1])


def lines(found: dict[str, list[dict[str, Any]]]) -> list[GlanceLine]:
    shown = [
        _line(row, _("Next event"), _answer_words(row["answer"])) for row in found["event_next"]
    ]
    for row in found["event_last"]:
        took_part = row["kind"] == Kind.CONTENT
        shown.append(_line(row, _("Last took part in") if took_part else _("Last event"), ""))
    return shown


def _line(row: dict[str, Any], label: str, said: str) -> GlanceLine:
    at = timezone.localtime(datetime.fromisoformat(row["at"]))
    role = "" if row["role"] == Part.ATTENDEE else str(Part(row["role"]).label).lower()
    note = " · ".join(filter(None, (date_format(at, "j F Y"), said, role)))
    return GlanceLine(label, row["title"], path("event", row["pk"]), note)


def _answer_words(answer: str) -> str:
    known = {Answer.MAYBE.value: _("maybe"), Answer.WAITING.value: _("waiting list")}
    return known.get(answer, _("going"))


FACTS = GlanceFacts(("event_next", "event_last"), columns, lines)
