"""The audit trail as a list: who did what to what, newest first. Reads only."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Exists, Model, OuterRef
from django.utils.dateparse import parse_date
from django.utils.text import Truncator

from community_hub.lib import keyset
from community_hub.lib.keyset import Order
from community_hub.lib.text import number

from . import actions, hours
from .models import Action, User
from .trail_nouns import noun_of

if TYPE_CHECKING:
    from django.http import QueryDict

    from .models.action import ActionQuerySet
    from .verb_entry import Sentence, Verb

PAGE = 50
EARLIEST, LATEST = date(1970, 1, 1), date(9000, 1, 1)
Key = tuple[str, int]  # "inbox.conversation" and an id
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
            rows = rows.filter(at__gte=hours.of_hub().midnight(self.since))
        if self.until:
            rows = rows.filter(at__lt=hours.of_hub().midnight(self.until + timedelta(days=1)))
        return rows


@dataclass(frozen=True)
class Entry:
    """One call of a verb: its first action, on how many rows, and whether `user` may undo it."""

    action: Action
    words: str  # "assigned Where is my parcel? to Lena Okafor"
    url: str
    more: int
    can_undo: bool


@dataclass(frozen=True)
class Trail:
    entries: list[Entry]
    older: str  # the cursor of the next page; "" at the end


def page(user: User, filters: Filters, *, before: str = "", size: int = PAGE) -> Trail:
    """Entries before the action `before`: a few queries for each kind of object and each verb,
    however many rows there are."""
    rows = filters.apply(Action.objects.visible_to(user))
    earlier = rows.filter(group=OuterRef("group"), pk__lt=OuterRef("pk"))
    firsts = rows.filter(~Exists(earlier)).select_related("by", "undone_by")
    page = keyset.page(firsts, Order("-id"), before, size)
    shown = page.rows
    found = _objects(shown, user)
    unseen = _unseen(shown, found, user)
    told = _told([action for action in shown if _key(action) in found])
    sizes = _sizes(rows, shown)
    too_late = actions.too_late({action.group for action in shown})
    entries = [
        Entry(
            action=action,
            words=_words(action, found.get(_key(action)), unseen, told),
            url=_address(found.get(_key(action))),
            more=sizes.get((action.group, action.verb), 1) - 1,
            can_undo=(
                _key(action) in found and action.group not in too_late and _can_undo(action, user)
            ),
        )
        for action in shown
    ]
    return Trail(entries, page.more)


def verbs() -> list[tuple[str, str]]:
    """(value, words) of every verb, for the filter; those of equal words say on what."""
    every = actions.all_verbs()
    sentences = [(verb, _sentence(verb, noun_of(verb.on).of("…"))) for verb in every]
    times = Counter(words for _verb, words in sentences)
    found = [
        (f"{verb.on} {verb.name}", f"{words} ({_kind(verb)})" if times[words] > 1 else words)
        for verb, words in sentences
    ]
    return sorted(found, key=lambda pair: pair[1])


# Below -------------------------------------------------------------------------------------------


def _day(text: str) -> date | None:
    """A day of the hub's; one before or after every action is brought near, so that a day more or
    an hour less is a date too."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return min(max(day, EARLIEST), LATEST) if day else None


def _key(action: Action) -> Key:
    return action.object_type, action.object_id


def _objects(page: list[Action], user: User) -> dict[Key, Model]:
    """What the actions are about, as far as the reader may see it."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for action in page:
        if actions.find(action):
            wanted[action.object_type].add(action.object_id)
    found: dict[Key, Model] = {}
    for label, pks in wanted.items():
        model: Any = apps.get_model(label)
        for row in model.objects.visible_to(user).filter(pk__in=pks):
            found[label, row.pk] = row
    return found


@dataclass(frozen=True)
class _Unseen:
    """Of what the reader does not find: what is there, but not for them; and the names of what is
    gone, as far as they were written down and the reader may know them."""

    hidden: set[Key]
    names: dict[Key, str]

    def called(self, action: Action) -> str:
        noun, key = noun_of(action.object_type), _key(action)
        if key in self.hidden:
            return str(noun.hidden)
        if key not in self.names:
            return str(noun.gone)
        name = _shortened(self.names[key])
        return noun.of(name) if action.verb == "delete" else noun.of_gone(name)


def _unseen(page: list[Action], found: dict[Key, Model], user: User) -> _Unseen:
    """The names that were written down when something was deleted (a source) are for those who see
    every source: who may see it is not known any more."""
    missing: dict[str, set[int]] = defaultdict(set)
    for action in page:
        if actions.find(action) and _key(action) not in found:
            missing[action.object_type].add(action.object_id)
    hidden: set[Key] = set()
    for label, pks in missing.items():
        model: Any = apps.get_model(label)
        there = model.objects.filter(pk__in=pks).values_list("pk", flat=True)
        hidden.update((label, pk) for pk in there)
    if not missing or not user.can_see_every_source:
        return _Unseen(hidden, {})
    kept = Action.objects.filter(
        verb="delete", undone_at=None, after__has_key="name",
        object_type__in=missing, object_id__in={pk for pks in missing.values() for pk in pks},
    )  # fmt: skip
    return _Unseen(hidden, {_key(action): action.after["name"] for action in kept})


def _told(shown: list[Action]) -> dict[int, Sentence]:
    """What verbs say of their actions, each verb asked once for all of the page."""
    batches: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for action in shown:
        batches[action.object_type, action.verb].append(action)
    told: dict[int, Sentence] = {}
    for batch in batches.values():
        verb = actions.find(batch[0])
        if verb and verb.details:
            told.update(verb.details(batch))
    return told


def _sizes(rows: ActionQuerySet, page: list[Action]) -> dict[tuple[uuid.UUID, str], int]:
    """On how many rows each verb of a group was called: a reply that also took its conversation
    over was one reply."""
    groups = rows.filter(group__in=[action.group for action in page]).order_by()
    counted = groups.values_list("group", "verb").annotate(n=Count("pk"))
    return {(group, verb): n for group, verb, n in counted}


def _words(action: Action, row: Model | None, unseen: _Unseen, told: dict[int, Sentence]) -> str:
    called = (
        unseen.called(action)
        if row is None
        else noun_of(action.object_type).of(_shortened(str(row)))
    )
    if sentence := told.get(action.pk):
        return sentence.words % {**sentence.facts, "object": called}
    verb = actions.find(action)
    return _sentence(verb, called) if verb else f"{action.verb}: {called}"


def _shortened(name: str) -> str:
    return Truncator(name).chars(LONGEST_NAME)


def _address(row: Model | None) -> str:
    if getattr(row, "removed_at", None):  # it has no page while it can only be undone
        return ""
    address = getattr(row, "get_absolute_url", None)
    return address() if address else ""


def _can_undo(action: Action, user: User) -> bool:
    verb = actions.find(action)
    return bool(verb and action.undone_at is None and verb.allows_undo(action, user))


def _kind(verb: Verb) -> str:
    """Such as: conversation."""
    return str(apps.get_model(verb.on)._meta.verbose_name)


def _sentence(verb: Verb, called: str) -> str:
    return str(verb.words).replace("%(object)s", called)
