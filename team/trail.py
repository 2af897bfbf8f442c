"""The audit trail as a list: who did what to what, newest first. Reads only."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Exists, Model, OuterRef
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from community_hub.lib import keyset
from community_hub.lib.keyset import Order
from community_hub.lib.text import number

from . import actions
from .models import Action, User

if TYPE_CHECKING:
    from django.http import QueryDict

    from .actions import Verb
    from .models.action import ActionQuerySet

PAGE = 50
LONGEST_NAME = 100  # characters of what an action was done to


@dataclass(frozen=True)
class Filters:
    """What the reader narrows the trail to; as it stands in the address."""

    by: int = 0
    verb: str = ""  # "inbox.conversation close"
    since: date | None = None
    until: date | None = None  # that day is in it

    @classmethod
    def parse(cls, query: QueryDict) -> Filters:
        """What cannot be read is left out."""
        return cls(
            by=number(query.get("by")),
            verb=query.get("verb", "")[:100],
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
        )

    def apply(self, rows: ActionQuerySet) -> ActionQuerySet:
        if self.by:
            rows = rows.filter(by=self.by)
        if self.verb:
            on, _sep, name = self.verb.partition(" ")
            rows = rows.filter(object_type=on, verb=name)
        if self.since:
            rows = rows.filter(at__gte=_midnight(self.since))
        if self.until:
            rows = rows.filter(at__lt=_midnight(self.until + timedelta(days=1)))
        return rows


@dataclass(frozen=True)
class Entry:
    """One call of a verb: its first action, on how many rows, and whether `user` may undo it."""

    action: Action
    words: str  # "marked %(object)s as done" with the name filled in
    url: str
    more: int
    can_undo: bool


@dataclass(frozen=True)
class Trail:
    entries: list[Entry]
    older: str  # the cursor of the next page; "" at the end


def read(user: User, filters: Filters, *, before: str = "", size: int = PAGE) -> Trail:
    """Entries before the action `before`: two queries, and one more for each kind of object."""
    rows = filters.apply(Action.objects.visible_to(user))
    earlier = rows.filter(group=OuterRef("group"), pk__lt=OuterRef("pk"))
    firsts = rows.filter(~Exists(earlier)).select_related("by")
    page = keyset.page(firsts, Order("-id"), before, size)
    shown = page.rows
    named = _objects(shown, user)
    sizes = _sizes(rows, shown)
    entries = [
        _entry(action, named.get((action.object_type, action.object_id)), sizes, user)
        for action in shown
    ]
    return Trail(entries, page.more)


def verbs() -> list[tuple[str, str]]:
    """(value, words) of every verb, for the filter."""
    found = [(f"{verb.on} {verb.name}", _sentence(verb, "…")) for verb in actions.all_verbs()]
    return sorted(found, key=lambda pair: pair[1])


# Below -------------------------------------------------------------------------------------------


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    try:
        return timezone.make_aware(datetime.combine(day, time.min))
    except OverflowError:
        return timezone.now()


def _objects(page: list[Action], user: User) -> dict[tuple[str, int], Model]:
    """What the actions are about, as far as the reader may see it."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for action in page:
        if actions.find(action):
            wanted[action.object_type].add(action.object_id)
    found: dict[tuple[str, int], Model] = {}
    for label, pks in wanted.items():
        model: Any = apps.get_model(label)
        for row in model.objects.visible_to(user).filter(pk__in=pks):
            found[label, row.pk] = row
    return found


def _sizes(rows: ActionQuerySet, page: list[Action]) -> dict[uuid.UUID, int]:
    groups = rows.filter(group__in=[action.group for action in page]).order_by()
    return dict(groups.values_list("group").annotate(n=Count("pk")))


def _entry(action: Action, row: Model | None, sizes: dict[uuid.UUID, int], user: User) -> Entry:
    verb = actions.find(action)
    name = Truncator(row).chars(LONGEST_NAME) if row else _("something that is gone")
    address = getattr(row, "get_absolute_url", None)
    return Entry(
        action=action,
        words=_sentence(verb, name) if verb else f"{action.verb}: {name}",
        url=address() if address else "",
        more=sizes.get(action.group, 1) - 1,
        can_undo=bool(verb and row and action.undone_at is None and verb.allows_undo(action, user)),
    )


def _sentence(verb: Verb, name: str) -> str:
    return str(verb.words).replace("%(object)s", name)
