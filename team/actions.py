"""The registry of verbs: who may do something, how it is undone, how the audit trail says it.

A verb is a function of `verbs.py` (or a package `verbs/`) of its app, registered with `@verb`. It
takes the rows it changes and the keyword `by`, refuses by itself whoever has not the right, writes
one Action for each row it changed, all of one group, and returns them as `Changes`. Views, bulk
actions, rules and the API call the same function; none of them checks the right a second time.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import update_wrapper
from itertools import groupby
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from .models import Action, User
from .verb_entry import Details, Right, StillUndoable, Undo, Verb

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

P = ParamSpec("P")
R = TypeVar("R")

_registry: dict[tuple[str, str], Verb] = {}


class GuardedVerb(Generic[P, R]):
    """The function of a verb, which refuses whoever has not the right with PermissionDenied."""

    def __init__(self, entry: Verb, function: Callable[P, R]) -> None:
        self.entry = entry
        self._function = function
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        by = kwargs["by"]
        if by is not None and not isinstance(by, User):
            raise TypeError(f"{self.entry.name}: `by` is a User or None")
        self.require(by)
        return self._function(*args, **kwargs)

    def require(self, by: User | None) -> None:
        """For a view that shows a form before the verb is called. Raises PermissionDenied."""
        if not self.entry.allows(by):
            raise PermissionDenied


def verb(
    name: str,
    *,
    on: str,
    right: Right | None,
    words: str | _StrPromise,
    undo: Undo | None = None,
    lead_may_undo: bool = False,
    details: Details | None = None,
    still_undoable: StillUndoable | None = None,
    undone: str | _StrPromise = "",
) -> Callable[[Callable[P, R]], GuardedVerb[P, R]]:
    """Register a function as the verb `name` on the model `on`. Its keyword `by` is who acts."""

    def register(function: Callable[P, R]) -> GuardedVerb[P, R]:
        entry = Verb(name, on, right, words, undo, lead_may_undo, details, still_undoable, undone)
        if _registry.setdefault((on, name), entry) is not entry:
            raise ValueError(f"{on} has a verb {name} already")
        return GuardedVerb(entry, function)

    return register


def find(action: Action) -> Verb | None:
    """None for a verb of an app, or of a version, that is not there any more."""
    return _registry.get((action.object_type, action.verb))


def all_verbs() -> list[Verb]:
    return sorted(_registry.values(), key=lambda entry: (entry.on, entry.name))


@dataclass(frozen=True)
class Changes:
    """What one call changed: the actions of one group. False where nothing was changed."""

    group: uuid.UUID = field(default_factory=uuid.uuid4)
    actions: list[Action] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.actions)

    def __len__(self) -> int:
        return len(self.actions)

    @property
    def undo_url(self) -> str:
        """Where a POST undoes all of it; "" where nothing was changed."""
        return reverse("undo", args=[self.group]) if self.actions else ""

    def undo(self, *, by: User) -> int:
        return undo(self.group, by=by) if self.actions else 0


def record(
    name: str,
    rows: Iterable[models.Model],
    *,
    by: User | None,
    before: Callable[[Any], dict[str, Any]] | dict[str, Any] | None = None,
    after: Callable[[Any], dict[str, Any]] | dict[str, Any] | None = None,
    group: uuid.UUID | None = None,
) -> Changes:
    """Write one Action for each row, in one statement. `before` and `after` are JSON values by
    field, the same for all rows or made for each. KeyError for a verb that is not registered."""
    changes = prepare(name, rows, by=by, before=before, after=after, group=group)
    Action.objects.bulk_create(changes.actions)
    return changes


def prepare(
    name: str,
    rows: Iterable[models.Model],
    *,
    by: User | None,
    before: Callable[[Any], dict[str, Any]] | dict[str, Any] | None = None,
    after: Callable[[Any], dict[str, Any]] | dict[str, Any] | None = None,
    group: uuid.UUID | None = None,
) -> Changes:
    """As `record`, not saved: for a verb that saves those of several in one statement."""
    changes = Changes(group) if group else Changes()
    for row in rows:
        entry = _registry[row._meta.label_lower, name]
        changes.actions.append(
            Action(
                by=by,
                verb=entry.name,
                object_type=entry.on,
                object_id=row.pk,
                before=before(row) if callable(before) else before or {},
                after=after(row) if callable(after) else after or {},
                group=changes.group,
            )
        )
    return changes


def undo(group: uuid.UUID, *, by: User) -> int:
    """Undo the actions of a group that nobody changed since; how many were undone.

    Newest first, one statement's worth of rows at a time: a verb's `undo` takes all its actions.
    What `by` may not see, may not do any more, or did not do stays as it is. Nothing is undone
    where the group has an action that cannot be undone any more.
    """
    with transaction.atomic():
        waiting = Action.objects.filter(group=group, undone_at__isnull=True)
        rows = list(waiting.select_for_update().order_by("-pk"))
        if len(undoable(rows)) < len(rows):
            return 0
        return len(undo_actions(rows, by=by))


def too_late(groups: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of which a part cannot be undone any more, and so nothing is."""
    limited = models.Q()
    for entry in _registry.values():
        if entry.still_undoable:
            limited |= models.Q(object_type=entry.on, verb=entry.name)
    if not limited:
        return set()
    waiting = Action.objects.filter(limited, group__in=list(groups), undone_at__isnull=True)
    rows = list(waiting)
    still = undoable(rows)
    return {row.group for row in rows if row.pk not in still}


def undoable(rows: Iterable[Action]) -> set[int]:
    """The ids of those that no verb says it is too late for; each verb is asked once."""
    found: set[int] = set()
    batches: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for row in rows:
        batches[row.object_type, row.verb].append(row)
    for batch in batches.values():
        entry = find(batch[0])
        if entry and entry.still_undoable:
            found.update(entry.still_undoable(batch))
        else:
            found.update(row.pk for row in batch)
    return found


def undo_actions(rows: Iterable[Action], *, by: User, undone_by: User | None = None) -> set[int]:
    """The ids of those that were undone; in the caller's transaction. `undone_by`: whose doing it
    is, where that is not whose rights count."""
    done: set[int] = set()
    for _key, batch in groupby(rows, key=lambda row: (row.object_type, row.verb)):
        done.update(_undo_batch(list(batch), by))
    Action.objects.filter(pk__in=done).update(undone_at=timezone.now(), undone_by=undone_by or by)
    return done


def _undo_batch(batch: list[Action], by: User) -> Collection[int]:
    entry = find(batch[0])
    allowed = [row for row in batch if entry and entry.allows_undo(row, by)]
    if entry is None or entry.undo is None or not allowed:
        return ()
    model: Any = apps.get_model(entry.on)
    wanted = [row.object_id for row in allowed]
    seen = set(model.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", flat=True))
    return entry.undo([row for row in allowed if row.object_id in seen], by)


def one_by_one(undo_one: Callable[[Action, User], bool]) -> Undo:
    """An `undo` for verbs that are called on one row at a time."""

    def undo_all(actions: Sequence[Action], by: User) -> set[int]:
        return {action.pk for action in actions if undo_one(action, by)}

    return undo_all


def _put_back(action: Action, by: User) -> bool:
    model: Any = apps.get_model(action.object_type)
    unchanged = model.objects.filter(pk=action.object_id, **action.after)
    try:
        with transaction.atomic():
            return bool(unchanged.update(**action.before))
    except IntegrityError:
        return False


# For a verb whose `before` and `after` are fields of the row: not where somebody changed one of
# them since, or gave what must be unique to another row.
put_fields_back = one_by_one(_put_back)
