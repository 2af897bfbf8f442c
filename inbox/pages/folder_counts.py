"""How many rows the folders have, beside their names: capped, all in one query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat

from community_hub.lib import compiled_sql
from community_hub.lib.keyset import CAP
from inbox.models import Conversation, Source
from inbox.pages.folders import FOLDERS, MINE
from members.models import FollowUp
from team.models import User


def counts(user: User, sources: Sequence[Source], *, due_by: date | None = None) -> dict[str, int]:
    """How many rows each counted folder has, and how many wait in each source, in one query. With
    `due_by`, a day of the hub, also as "today" what its user has to do: follow-ups and promises
    that are due by then, and replies owed.

    Never more than CAP are counted in a folder, nor CAP a source in all of them.

    `sources`: all that the user may see.
    """
    nothing = {folder.slug: 0 for folder in FOLDERS.values() if folder.counted}
    if not sources and not due_by:
        return nothing
    values: dict[str, int | date] = {
        f"source_{number}": source.pk for number, source in enumerate(sources)
    }
    if due_by:
        values["due_by"] = due_by
    role = user.role

    def counted(user: int, due_by: date | None = None, **sources: int) -> QuerySet[Any, str]:
        return counted_rows(user, role, due_by, sources)

    key = ("counts", len(sources), CAP, role if due_by else "")
    found = Counter(compiled_sql.rows(key, counted, user=user.pk, **values))
    found["today"] = found.pop("due", 0) + found[MINE.slug]
    return nothing | found


def counted_rows(
    user: int, role: str, due_by: date | None, sources: dict[str, int]
) -> QuerySet[Any, str]:
    """The slug of a folder for each row of it, up to CAP; "due" for each follow-up."""
    due = []
    if due_by:
        seen_by = FollowUp.objects.visible_to(User(pk=user, role=role))
        mine = seen_by.open().filter(owner=user).due_by(due_by).order_by()
        due = [mine.annotate(folder=Value("due")).values_list("folder", flat=True)[:CAP]]
    if not sources:
        return due[0]
    seen, me = Conversation.objects.filter(source__in=sources.values()), User(pk=user)
    capped = [
        folder.select(seen, me)
        .order_by()
        .annotate(folder=Value(folder.slug))
        .values_list("folder", flat=True)[:CAP]
        for folder in FOLDERS.values()
        if folder.counted
    ]
    waiting = seen.needs_reply().order_by()
    by_source = waiting.annotate(
        folder=Concat(Value("source-"), Cast("source_id", CharField()))
    ).values_list("folder", flat=True)[: CAP * len(sources)]
    return capped[0].union(*capped[1:], *due, by_source, all=True)
