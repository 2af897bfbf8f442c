"""Stores everything incoming: one page of one source, in one transaction.

Set-based: a page of 100 items costs a fixed number of queries, not a multiple of 100. Items and
cursor are stored together, so a page is either all there or will come again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from community_hub.lib import compiled_sql, live, queue
from community_hub.lib.text import storable, storable_json
from inbox import bond_contributions
from inbox.connectors.base import (
    Incoming,
    Op,
    Page,
    Problem,
)
from inbox.connectors.ignored import Ignored
from inbox.ingest import matching, mentions, message_lines, rows, threads
from inbox.ingest.channels import heard, store_channels
from inbox.ingest.counters import Outcome, count_page
from inbox.ingest.items import PreparedItem, key, newest_of_each, prepare_item, raw_of
from inbox.ingest.lease import LeaseLost
from inbox.models import Conversation, Quarantined, Source
from members import sightings
from members.models import Stage
from members.resolve import ResolvedIdentity, key_of, resolve

log = structlog.get_logger(__name__)


def ingest(
    source: Source, page: Page, *, keep_cursor: bool = True, count_ignored: bool = True
) -> Outcome:
    """Store a page and its cursor. `keep_cursor` False for pages that re-read single messages;
    `count_ignored` False where most of them are known: the day's counts then have what changed.

    Raises OperationalError (deadlock, time-out, lost connection): nothing was stored then, and
    the page will come again.
    """
    now = timezone.now()
    with transaction.atomic():
        _without_waiting_for_the_disk()
        # One page of a source at a time; replies written meanwhile are not held up.
        locked = _locked(source)
        if keep_cursor and source.lease_token and locked.lease_token != source.lease_token:
            raise LeaseLost
        outcome = Outcome(ignored=Counter(page.ignored), bad=list(page.problems))
        ready, repeats = _ready(locked, page.items, now, outcome)
        outcome.ignored += Counter({Ignored.TWICE: repeats} if repeats else {})
        dates = [one.sent_at for one in ready]
        outcome.oldest, outcome.newest = min(dates, default=None), max(dates, default=None)
        outcome.add(_store_or_split(locked, ready, page.items, now))
        unexplained = (page.fetched or 0) - outcome.fetched
        if unexplained > 0:
            outcome.ignored[Ignored.UNEXPLAINED] += unexplained
        if not count_ignored:
            outcome.ignored.clear()
        _quarantine(locked, outcome.bad)
        cursor = page.cursor if keep_cursor else None
        count_page(locked, outcome, cursor=cursor, gap=page.gap, now=now)
        _tell(locked, outcome)
    return outcome


def _locked(source: Source) -> Source:
    """As it is now. Source.DoesNotExist where somebody deleted it."""

    def found(pk: int) -> QuerySet[Source]:
        return Source.objects.select_for_update(no_key=True).filter(pk=pk)

    for row in compiled_sql.rows("locked source", found, pk=source.pk):
        return row
    raise Source.DoesNotExist


def _without_waiting_for_the_disk() -> None:
    """A power cut may undo the last moments of ingest, whole pages with their cursors: those are
    asked for again, so nothing is lost by it, and a page is stored without waiting for a sync.

    https://www.postgresql.org/docs/current/wal-async-commit.html
    """
    with connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit to off")


def _ready(
    source: Source, items: Sequence[Incoming], now: datetime, outcome: Outcome
) -> tuple[list[PreparedItem], int]:
    unique, repeats = newest_of_each(item for item in items if item.op != Op.DELETE)
    ready: list[PreparedItem] = []
    for item in unique:
        try:
            ready.append(prepare_item(source, item, now))
        except Exception as error:  # whatever an item does, the rest of the page goes on
            log.exception("item quarantined", source=source.pk, external_id=item.external_id)
            outcome.bad.append(_problem(item, error))
    return ready, repeats


def _problem(item: Incoming, error: Exception) -> Problem:
    return Problem(
        message=f"{type(error).__name__}: {error}"[:2000],
        raw=raw_of(item),
        external_id=key(item.external_id),
        channel_id=item.channel_id,
    )


def _store_or_split(
    source: Source, ready: list[PreparedItem], items: Sequence[Incoming], now: datetime
) -> Outcome:
    """Store all; if the database refuses, halve until the culprit is alone, and quarantine it."""
    deleted = [key(item.external_id) for item in items if item.op == Op.DELETE]
    outcome = _store_halves(source, ready, now)
    if deleted:
        outcome.add(_mirror_deletions(source, deleted, now))
    return outcome


def _store_halves(source: Source, ready: list[PreparedItem], now: datetime) -> Outcome:
    if not ready:
        return Outcome()
    try:
        with transaction.atomic():
            return _store(source, ready, now)
    except DatabaseError as error:
        if isinstance(error, OperationalError) and not _is_too_large(error):
            raise
        if len(ready) == 1:
            log.exception("item quarantined", source=source.pk, external_id=ready[0].external_id)
            return Outcome(bad=[_problem(ready[0].item, error)])
        middle = len(ready) // 2
        outcome = _store_halves(source, ready[:middle], now)
        outcome.add(_store_halves(source, ready[middle:], now))
        return outcome


def _is_too_large(error: OperationalError) -> bool:
    """PostgreSQL's class 54, program limit exceeded: it would be refused the next time too."""
    return str(getattr(error.__cause__, "sqlstate", "")).startswith("54")


def _store(source: Source, ready: list[PreparedItem], now: datetime) -> Outcome:
    """The fixed number of queries. Everything is sorted by key before it is inserted."""
    outcome = Outcome()
    ready = sorted(ready, key=lambda one: (one.sent_at, one.external_id))
    channels, muted = store_channels(source, ready)
    ready, unheard = heard(source, ready, muted)
    outcome.ignored += unheard
    if not ready:
        return outcome
    stage = Stage.VISITOR if source.is_our_place else Stage.OUTSIDER
    people = resolve([one.author for one in ready if one.author], stage=stage)
    placement = threads.assign(source, ready, channels)
    outcome.conversations = matching.match_own(source, ready, placement.of)
    authors = _authors(ready, people)
    written = rows.upsert(source, ready, placement.of, authors, now)
    outcome.stored = len(written)
    unchanged = len(ready) - len(written)
    if unchanged:
        outcome.ignored[Ignored.UNCHANGED] = unchanged
    sightings.record(
        (author.identity_id, source.scope, one.sent_at)
        for one, author in zip(ready, authors, strict=True)
        if author
    )
    threads.describe(ready, placement, channels)
    _after_rows(source, ready, placement, authors, written, outcome)
    return outcome


def _after_rows(
    source: Source,
    ready: list[PreparedItem],
    placement: threads.Placement,
    authors: list[ResolvedIdentity | None],
    written: list[rows.Written],
    outcome: Outcome,
) -> None:
    ids = [row.id for row in written]
    touched = {row.conversation_id for row in written}
    linked = threads.link_parents(
        source,
        ids if placement.awaited or any(row.is_untied for row in written) else [],
        sorted(touched) if any(one.item.thread_ref for one in ready) else [],
    )
    asking = mentions.say_reply_to_team(sorted({*ids, *linked}))
    asking += [row.id for row in written if row.asks_now]
    message_lines.log_messages(written)
    newest = {placement.of[one.thread_id]: one.item for one in ready}
    rows.block_replies(newest, new=placement.made)
    left = {row.moved_from for row in written if row.moved_from}
    outcome.conversations |= touched | left | rows.conversations_of(linked)
    answered = Conversation.objects.recompute(outcome.conversations)
    if again := mentions.say_follow_up(answered):
        asking += [message for message, _conversation in again]
        Conversation.objects.recompute({conversation for _message, conversation in again})
    message_lines.log_team_replies([*(ids if _may_be_ours(authors, written) else []), *linked])
    if linked or left:
        bond_contributions.changed_in(rows.conversations_of([*ids, *linked]))
    outcome.newly_asked = mentions.wake(asking)


def _authors(
    ready: list[PreparedItem], people: dict[tuple[str, str], ResolvedIdentity]
) -> list[ResolvedIdentity | None]:
    return [people.get(key_of(one.author)) if one.author else None for one in ready]


def _may_be_ours(authors: list[ResolvedIdentity | None], written: list[rows.Written]) -> bool:
    """Whether any of a page's messages may be of the team: all are new, and by known others, on
    most pages."""
    return not all(row.inserted for row in written) or any(
        author is None or author.is_staff or author.is_us for author in authors
    )


def _mirror_deletions(source: Source, external_ids: list[str], now: datetime) -> Outcome:
    gone = rows.delete(source, external_ids, now)
    if gone:
        message_lines.say_deleted([row.id for row in gone])
        bond_contributions.changed_in({row.conversation_id for row in gone})
    outcome = Outcome(stored=len(gone), conversations={row.conversation_id for row in gone})
    missing = len(set(external_ids)) - len(gone)
    if missing:
        outcome.ignored[Ignored.NOT_KEPT] = missing
    repeats = len(external_ids) - len(set(external_ids))
    if repeats:
        outcome.ignored[Ignored.TWICE] = repeats
    Conversation.objects.recompute(outcome.conversations)
    return outcome


def _quarantine(source: Source, problems: Sequence[Problem]) -> None:
    Quarantined.objects.bulk_create(
        [
            Quarantined(
                source=source,
                external_id=key(problem.external_id),
                raw=storable_json(dict(problem.raw)),
                error=storable(problem.message),
            )
            for problem in problems
        ],
        ignore_conflicts=True,
    )


def _tell(source: Source, outcome: Outcome) -> None:
    """After the commit: publish what changed, notify who is assigned; nobody of a backfill."""
    if outcome.conversations:
        ids = sorted(outcome.conversations)
        live.publish([source.scope], "conversation", {"ids": ids})
    if source.is_backfilling:
        live.publish([source.scope], "sources", {"id": source.pk})
        return
    if outcome.newly_asked:
        for pk in rows.assigned(outcome.newly_asked):
            queue.enqueue("inbox.tasks.notify_assignee", pk)
