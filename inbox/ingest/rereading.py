"""Messages read again: the edits and deletions that no list of a platform shows.

A page that somebody has open asks for its conversation itself. A job asks for what nobody has open:
what waits, and what was answered within 14 days, the oldest check first. Which those are, and one
conversation read again, is here; that it happens every minute is in inbox/tasks.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from inbox.connectors.base import AuthExpired, ConnectorError, Rate, RateLimited
from inbox.connectors.registry import ConnectorUnavailable
from inbox.ingest.open_connectors import lent
from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Source, SourceState

log = structlog.get_logger(__name__)

CHECK_EVERY = timedelta(minutes=20)  # of what nobody has open
ANSWERED_WITHIN = timedelta(days=14)
AT_LEAST_APART = timedelta(minutes=2)  # two readings of one conversation, whoever asks
NEWEST, OLDER = 30, 30  # messages of a conversation that are asked for at once
LONGEST_HOLD = timedelta(minutes=15)
# Of a platform that tells how much it allows, more are read a minute where many wait: so many that
# a round takes this long. _spare() sees to it that a third of the allowance stays.
ROUND = timedelta(minutes=40)
MOST_A_MINUTE = 30
TOLD_SECONDS = 3600.0  # as long as nothing else is heard
SPREAD_SECONDS = 50.0  # over which the readings of a minute are spread
SLOW_A_MINUTE = 5  # for an hour after a platform asked a re-reading to wait: it allows less there


def due(source: Source, now: datetime) -> list[int]:
    """Conversations to read again this minute, the oldest check first; none where the platform has
    nothing to tell, asked us to wait, or cannot be reached.

    One place is kept for what was answered: many that wait never keep those from being checked.
    """
    most = rereads_a_minute(source)
    if not most or source.failures or is_held(source):
        return []
    most = rereads_now(source, watched_in(source, now).count())

    def oldest_checks(among: QuerySet[Conversation]) -> list[int]:
        rows = among.filter(not_checked_lately(now))
        rows = rows.order_by(F("checked_at").asc(nulls_first=True), "pk")
        return list(rows.values_list("pk", flat=True)[:most])

    waiting = oldest_checks(waiting_in(source))
    answered = oldest_checks(answered_in(source, now))
    kept = waiting[: most - 1] if answered else waiting
    return [*kept, *answered, *waiting[len(kept) :]][:most]


def waiting_in(source: Source) -> QuerySet[Conversation]:
    return Conversation.objects.filter(source=source, waiting_since__isnull=False)


def answered_in(source: Source, now: datetime) -> QuerySet[Conversation]:
    """Answered lately, and nobody waits there now."""
    return Conversation.objects.filter(
        source=source, waiting_since__isnull=True, last_reply_at__gte=now - ANSWERED_WITHIN
    )


def watched_in(source: Source, now: datetime) -> QuerySet[Conversation]:
    return waiting_in(source) | answered_in(source, now)


def not_checked_lately(now: datetime) -> Q:
    return Q(checked_at__isnull=True) | Q(checked_at__lt=now - CHECK_EVERY)


def rereads_a_minute(source: Source) -> int:
    """0 where there is nothing to gain, or the platform's package is gone."""
    try:
        capabilities = source.connector_class.capabilities
    except ConnectorUnavailable:
        return 0
    tells = capabilities.sees_edits or capabilities.sees_deletes
    return capabilities.rereads_a_minute if tells else 0


def rereads_now(source: Source, watched: int) -> int:
    """How many of so many conversations are read a minute."""
    least = rereads_a_minute(source)
    if cache.get(_slowed(source)):
        return min(least, SLOW_A_MINUTE)
    if not least or not cache.get(_told(source)):
        return least
    wanted = -(-watched // int(ROUND.total_seconds() // 60))
    return max(least, min(wanted, MOST_A_MINUTE))


def reread(pk: int) -> None:
    """Ask for a conversation's messages again and store what changed. Two at once ask once."""
    conversation = Conversation.objects.select_related("source").filter(pk=pk).first()
    if conversation is None or conversation.source.state != SourceState.ACTIVE:
        return
    source = conversation.source
    if is_held(source) or not rereads_a_minute(source):
        return
    now = timezone.now()
    if not _claim(conversation, now):
        return
    try:
        _read(conversation)
    except ConnectorError as error:
        log.info("not read again", conversation=pk, kind=type(error).__name__, error=str(error))
        if isinstance(error, RateLimited | AuthExpired):
            # These hold for the whole source; of the rest its next pull decides.
            source.record_failure(error)
            if isinstance(error, RateLimited):
                cache.set(_slowed(source), True, TOLD_SECONDS)
            mine = Conversation.objects.filter(pk=pk, checked_at=now)
            mine.update(checked_at=conversation.checked_at)
        return
    Source.objects.filter(pk=source.pk).update(reread_at=now)


def _claim(conversation: Conversation, now: datetime) -> bool:
    """A try counts as a check: one conversation that can't be read must not hold up the others."""
    free = Q(checked_at__isnull=True) | Q(checked_at__lt=now - AT_LEAST_APART)
    return bool(Conversation.objects.filter(free, pk=conversation.pk).update(checked_at=now))


def _read(conversation: Conversation) -> None:
    """Raises ConnectorError, once what was read before it is stored."""
    source = conversation.source
    ids = _messages(conversation)
    if not ids:
        return
    with lent(source) as connector:
        page = connector.fetch(ids)
    ingest(source, page, keep_cursor=False, count_ignored=False)
    if page.rate:
        _spare(source, page.rate)
    if page.stopped_by:
        raise page.stopped_by


def _messages(conversation: Conversation) -> list[str]:
    """The newest, and of the older ones some by chance: each gets its turn, and nothing needs to be
    kept of which have been read."""
    known = conversation.messages.filter(external_id__isnull=False, deleted_at__isnull=True)
    ids = known.order_by("-sent_at", "-id").values_list("external_id", flat=True)
    newest = list(ids[:NEWEST])
    older = known.exclude(external_id__in=newest).order_by("?")[:OLDER]
    return [str(each) for each in (*newest, *older.values_list("external_id", flat=True))]


# A third of the platform's allowance stays for what is new and for replies ------------------------


def is_held(source: Source) -> bool:
    held_until: datetime | None = cache.get(_hold(source))
    held = held_until is not None and held_until > timezone.now()
    return held or source.waits_until is not None


def _spare(source: Source, rate: Rate) -> None:
    cache.set(_told(source), True, TOLD_SECONDS)
    if rate.resets_at and rate.remaining * 3 < rate.limit:
        until = min(rate.resets_at, timezone.now() + LONGEST_HOLD)
        cache.set(_hold(source), until, LONGEST_HOLD.total_seconds())


def _told(source: Source) -> str:
    return f"rereading-told:{source.pk}"


def _slowed(source: Source) -> str:
    return f"rereading-slowed:{source.pk}"


def _hold(source: Source) -> str:
    return f"rereading-held:{source.pk}"
