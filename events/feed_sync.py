"""What was read of a calendar, into events: made, changed, cancelled and brought back.

An event is known by its uid and recurrence id, so that reading twice changes nothing. The calendar
says title, words, place and times, also of what somebody edited here; notes, tags, people and the
rest are the team's. An event that somebody deleted here stays deleted; a draft stays a draft.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from community_hub.lib import live

from .answers import Refused
from .checks import NotPossible
from .models import Attendance, Event, Feed, FeedEntry, Kind, State
from .verbs import editing

if TYPE_CHECKING:
    from .ical_reading import Entry, Reading

STEP = 500
FIELDS = (
    "title", "purpose", "starts_at", "ends_at", "timezone", "venue", "address", "link",
)  # fmt: skip
HEARD = ("sequence", "version", "changed_at")


@dataclass
class Result:
    """`changed`: with what each was before, by field, for an undo."""

    added: list[Event] = field(default_factory=list)
    changed: list[tuple[Event, dict[str, Any]]] = field(default_factory=list)
    cancelled: int = 0
    restored: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def apply(feed: Feed, reading: Reading, *, is_whole: bool, until: datetime) -> Result:
    """`is_whole`: what is not in it and would begin until then is cancelled. Two at once wait for
    each other; whatever fails leaves everything as it was."""
    with transaction.atomic():
        Feed.objects.select_for_update().get(pk=feed.pk)
        sync = _Sync(feed, timezone.now(), Result(skipped=Counter(reading.skipped)))
        sync.take(reading.entries)
        if is_whole and not reading.is_cut:
            sync.cancel_gone(reading, until)
        result = sync.result
        if result.added or result.changed or result.cancelled or result.restored:
            live.publish("team", "events", {})
    return result


@dataclass
class _Sync:
    feed: Feed
    now: datetime
    result: Result
    gone: set[int] = field(default_factory=set)  # ids of events that it had no more

    def take(self, entries: Iterable[Entry]) -> None:
        rows = list(entries)
        known = self._known({entry.uid for entry in rows})
        answered = self._answered(known.values())
        gone_before = FeedEntry.objects.filter(feed=self.feed, gone_at__isnull=False)
        self.gone = set(gone_before.values_list("event", flat=True))
        self._add([e for e in rows if e.key not in known and not e.is_cancelled])
        in_bulk, gone = list[Event](), list[Event]()
        for entry in rows:
            event = known.get(entry.key)
            if event is None:
                continue
            if event.feed != self.feed.key:
                self.result.skipped["other"] += 1
            elif event.removed_at is None:
                if self._change(event, entry, has_people=event.pk in answered):
                    in_bulk.append(event)
                if entry.is_cancelled:
                    gone.append(event)
                else:
                    self._bring_back(event)
        Event.objects.bulk_update(in_bulk, [*FIELDS, *HEARD], batch_size=STEP)
        self._cancel(gone)

    def cancel_gone(self, reading: Reading, until: datetime) -> None:
        """What begins later, or is over, is not in what was read, so nothing is said of it."""
        there = {entry.key for entry in reading.entries}
        coming = Event.objects.present().filter(
            feed=self.feed.key, state=State.PUBLISHED, starts_at__gt=self.now, starts_at__lt=until
        )
        self._cancel(
            event
            for event in coming
            if (event.uid, event.recurrence_id) not in there and event.uid not in reading.unread
        )

    def _known(self, uids: set[str]) -> dict[tuple[str, str], Event]:
        rows = Event.objects.filter(uid__in=uids)
        return {(row.uid, row.recurrence_id): row for row in rows}

    def _answered(self, events: Iterable[Event]) -> set[int]:
        """Those that people have answered to: they are told of changes, which the verbs see to."""
        ids = [row.pk for row in events if row.feed == self.feed.key]
        rows = Attendance.objects.filter(event__in=ids)
        return set(rows.values_list("event", flat=True).distinct())

    def _add(self, entries: list[Entry]) -> None:
        made = [
            Event(
                uid=entry.uid,
                recurrence_id=entry.recurrence_id,
                feed=self.feed.key,
                kind=Kind.ONLINE if entry.is_online else Kind.IN_PERSON,
                state=State.PUBLISHED,
                published_at=self.now,
                visibility=self.feed.visibility,
                created_by_id=self.feed.created_by_id,
                **entry.fields,
            )
            for entry in entries
        ]
        self.result.added = Event.objects.bulk_create(made, batch_size=STEP)
        links = [FeedEntry(feed=self.feed, event=event) for event in self.result.added]
        FeedEntry.objects.bulk_create(links, batch_size=STEP)

    def _change(self, event: Event, entry: Entry, *, has_people: bool) -> bool:
        """Whether the row is to be saved: where people come, it is by then."""
        differs = {
            name: value for name, value in entry.fields.items() if getattr(event, name) != value
        }
        if not differs:
            return False
        before = {name: getattr(event, name) for name in differs}
        if has_people:
            try:
                editing.edit(event, by=None, **differs)
            except (NotPossible, Refused):
                self.result.skipped["refused"] += 1
                return False
            event.refresh_from_db()
        for name, value in differs.items():
            setattr(event, name, value)
        if not has_people:
            event.sequence += 1
            event.version += 1
            event.changed_at = self.now
        self.result.changed.append((event, before))
        return not has_people

    def _cancel(self, events: Iterable[Event]) -> None:
        """Those that are still to come. Drafts stay as they are."""
        rows = [row for row in events if row.state == State.PUBLISHED and row.starts_at > self.now]
        answered = self._answered(rows)
        for row in rows:
            if row.pk in answered:
                editing.cancel(row, by=None)
        alone = [row.pk for row in rows if row.pk not in answered]
        Event.objects.filter(pk__in=alone).update(
            state=State.CANCELLED,
            cancelled_at=self.now,
            changed_at=self.now,
            sequence=F("sequence") + 1,
            version=F("version") + 1,
        )
        FeedEntry.objects.filter(event__in=rows).update(gone_at=self.now)
        self.result.cancelled += len(rows)

    def _bring_back(self, event: Event) -> None:
        """What was cancelled because the calendar had it no more, and for nothing else."""
        if event.pk not in self.gone:
            return
        if event.state == State.CANCELLED:
            editing.publish(event, by=None)
            self.result.restored += 1
        FeedEntry.objects.filter(event=event).update(gone_at=None)
