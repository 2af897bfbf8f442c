"""The fields of a conversation that triage sets, for many rows in one statement each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from inbox.models import Conversation

Fields = dict[str, Any]  # JSON values by name: state, snoozed_until, handled_up_to, assignee_id


def lock(pks: Iterable[int]) -> dict[int, Conversation]:
    rows = Conversation.objects.filter(pk__in=list(pks)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True)}


def may_wait_otherwise(row: Conversation, new: Fields) -> bool:
    """Of these fields the kept ones depend on `handled_up_to` alone, and raising it can only end
    a wait."""
    handled = new.get("handled_up_to", row.handled_up_to)
    if handled > row.handled_up_to:
        return row.waiting_since is not None
    return bool(handled < row.handled_up_to)


def bring_up_to_date(given: Conversation, row: Conversation) -> None:
    for field in Conversation._meta.concrete_fields:
        setattr(given, field.attname, getattr(row, field.attname))


_WRITE = """
update inbox_conversation c set
    state = coalesce(w.state, c.state),
    snoozed_until = case when w.sets_snooze then w.snoozed_until else c.snoozed_until end,
    handled_up_to = coalesce(w.handled_up_to, c.handled_up_to),
    assignee_id = case when w.sets_assignee then w.assignee_id else c.assignee_id end
from unnest(%s::bigint[], %s::text[], %s::bool[], %s::timestamptz[], %s::bigint[], %s::bool[],
            %s::bigint[])
    as w(id, state, sets_snooze, snoozed_until, handled_up_to, sets_assignee, assignee_id)
where c.id = w.id
"""


def write(fields: Mapping[int, Fields]) -> None:
    """Set these fields of these rows, in one statement. What a row does not name stays."""
    if not fields:
        return
    rows = [
        (
            pk,
            new.get("state"),
            "snoozed_until" in new,
            parse_datetime(new["snoozed_until"]) if new.get("snoozed_until") else None,
            new.get("handled_up_to"),
            "assignee_id" in new,
            new.get("assignee_id"),
        )
        for pk, new in fields.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])


def plain(row: Conversation, name: str) -> Any:
    value = getattr(row, name)
    return value.isoformat() if isinstance(value, datetime) else value


def is_still(row: Conversation, name: str, value: Any) -> bool:
    """A moment may have been written down with another offset than the database gives."""
    if name == "snoozed_until" and value:
        return bool(row.snoozed_until == parse_datetime(value))
    return bool(plain(row, name) == value)
