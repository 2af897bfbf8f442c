"""How a source fares, in words a person would say, and what to do about it. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.connectors.base import Connector
from inbox.connectors.ignored import words
from inbox.models import Delivery, Source, SourceDay, SourceState
from team import hours

WEEK = 7
WAITING = ("held", "queued", "sending")
GRACE = timedelta(minutes=2)  # so far behind, a source still counts as up to date


@dataclass(frozen=True)
class SourceStatus:
    """`tone`: good, late, bad or idle. The words never leave it to the colour alone."""

    tone: str
    icon: str
    words: str
    advice: str = ""


@dataclass(frozen=True)
class Totals:
    """fetched = stored + ignored + quarantined. `why` they were ignored, most often first."""

    fetched: int = 0
    stored: int = 0
    ignored: int = 0
    quarantined: int = 0
    why: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, days: Iterable[SourceDay]) -> Totals:
        days = list(days)
        why: Counter[str] = Counter()
        for day in days:
            for code, count in day.ignored_why.items():
                why[words(code)] += count
        return cls(
            fetched=sum(day.fetched for day in days),
            stored=sum(day.stored for day in days),
            ignored=sum(day.ignored for day in days),
            quarantined=sum(day.quarantined for day in days),
            why=why.most_common(),
        )


@dataclass
class Report:
    """One source as the pages show it."""

    source: Source
    today: Totals = field(default_factory=Totals)
    week: Totals = field(default_factory=Totals)
    waiting: int = 0  # replies not sent yet

    @cached_property
    def connector_class(self) -> type[Connector] | None:
        """None when the package that brought the platform is gone."""
        try:
            return self.source.connector_class
        except LookupError:
            return None

    @property
    def is_installed(self) -> bool:
        return self.connector_class is not None

    @property
    def platform(self) -> str:
        return str(self.connector_class.label) if self.connector_class else self.source.kind

    @cached_property
    def status(self) -> SourceStatus:
        return status_of(self)

    @property
    def last_success_words(self) -> str:
        last = self.source.last_success_at
        return _("%(span)s ago") % {"span": span(timezone.now() - last)} if last else _("not yet")

    @property
    def lag(self) -> timedelta | None:
        """By how much the hub may be behind the platform; None before the first success."""
        last = self.source.last_success_at
        if last is None:
            return None
        rest = self.connector_class.capabilities.min_poll_interval if self.connector_class else 0
        return max(timezone.now() - last - timedelta(seconds=rest), timedelta())

    @property
    def lag_words(self) -> str:
        if self.source.is_backfilling and self.source.backfill_count:
            return _("catching up")
        if self.lag is None:
            return _("nothing synced yet")
        working = self.source.state == SourceState.ACTIVE and not self.source.failures
        if self.lag < GRACE and working:
            return _("up to date")
        if self.lag < timedelta(minutes=1):
            return _("less than a minute behind")
        return _("%(span)s behind") % {"span": span(self.lag)}

    @property
    def gap_words(self) -> str:
        """Such as: 24 November, 09:10 to 09:40. Nothing for a gap of long ago."""
        begins, ends = self.source.gap_from, self.source.gap_until
        if not (begins and ends) or timezone.now() - ends > timedelta(days=WEEK):
            return ""
        return _("%(from)s to %(until)s") % {"from": clock(begins), "until": clock(ends)}

    @property
    def next_pull_words(self) -> str:
        due = self.source.next_pull_at
        if self.source.state == SourceState.DELETING:
            return _("never")
        if self.source.state in (SourceState.RECONNECT, SourceState.DISCONNECTED):
            return _("once it is reconnected")
        if self.source.state == SourceState.PAUSED:
            return _("once it is resumed")
        if self.source.is_leased:
            return _("syncing now")
        if due is None or due <= timezone.now():
            return _("any moment")
        return _("in %(span)s, at %(time)s") % {
            "span": span(due - timezone.now()),
            "time": clock(due),
        }


def reports(sources: Iterable[Source]) -> list[Report]:
    """Three queries, however many sources."""
    found = {source.pk: Report(source) for source in sources}
    today = hours.of_hub().local().date()  # days are kept in the hub's timezone
    first = today - timedelta(days=WEEK - 1)
    days: dict[int, list[SourceDay]] = defaultdict(list)
    for day in SourceDay.objects.filter(source__in=found, day__gte=first):
        days[day.source_id].append(day)
    for pk, week in days.items():
        found[pk].week = Totals.of(week)
        found[pk].today = Totals.of(day for day in week if day.day == today)
    held = Delivery.objects.filter(state__in=WAITING, message__source__in=found).order_by()
    for pk, count in held.values_list("message__source").annotate(Count("pk")):
        found[pk].waiting = count
    return list(found.values())


def status_of(report: Report) -> SourceStatus:
    source = report.source
    if report.connector_class is None:
        return SourceStatus(
            "bad",
            "plug",
            _("Connector not installed"),
            _("Reinstall the package that provides “%(kind)s”. Nothing is lost.")
            % {"kind": source.kind},
        )
    if source.state == SourceState.DELETING:
        return SourceStatus("idle", "trash-2", _("Being deleted"))
    if source.state == SourceState.DISCONNECTED:
        return SourceStatus(
            "idle",
            "unplug",
            _("Disconnected"),
            _("Its conversations can be read, but nobody can reply. Reconnect it to continue."),
        )
    if source.state == SourceState.RECONNECT:
        return SourceStatus(
            "bad",
            "key-round",
            _("Signed out"),
            _("Reconnect it. Syncing continues where it stopped, and waiting replies are sent."),
        )
    if source.state == SourceState.PAUSED:
        return stopped(source)
    return active(report)


def stopped(source: Source) -> SourceStatus:
    if source.pause_reason == "error":
        return SourceStatus(
            "bad",
            "triangle-alert",
            _("Stopped by an error"),
            _("Fix the error, then resume or reconnect. Syncing continues where it stopped."),
        )
    if source.pause_reason == "budget":
        return SourceStatus(
            "late",
            "hourglass",
            _("Paused: API quota used up"),
            _("Resume it when the quota renews. Replies are still sent."),
        )
    return SourceStatus("idle", "pause", _("Paused"), _("Resume it to sync what was missed."))


def active(report: Report) -> SourceStatus:
    source, now = report.source, timezone.now()
    if source.limited_until and source.limited_until > now:
        return SourceStatus(
            "late",
            "hourglass",
            limited(report),
            _("Nothing to do. Syncing continues automatically."),
        )
    if source.failures:
        count = source.failures
        words = ngettext("Failed once", "Failed %(n)s times in a row", count) % {"n": count}
        again = _("The hub keeps retrying. If it continues, check whether the site is up.")
        return SourceStatus(source.health, "triangle-alert", words, again)
    if source.is_overdue:
        return SourceStatus(
            "bad",
            "clock-alert",
            _("The worker isn’t running"),
            _("Sources aren’t being synced. Ask whoever runs this hub to check /healthz."),
        )
    if source.is_backfilling and source.backfill_count:
        return SourceStatus("good", "history", _("Importing history"))
    if source.last_success_at is None:
        return SourceStatus("idle", "hourglass", _("Waiting for the first sync"))
    return SourceStatus("good", "circle-check", _("Working"))


def limited(report: Report) -> str:
    """Such as: Paused by the forum until 14:32; 2 replies waiting."""
    assert report.source.limited_until
    assert report.connector_class
    place = str(report.connector_class.place) or report.platform
    words = _("Paused by %(place)s until %(time)s") % {
        "place": place,
        "time": clock(report.source.limited_until),
    }
    if not report.waiting:
        return words
    waiting = ngettext("%(n)s reply waiting", "%(n)s replies waiting", report.waiting)
    return f"{words}; {waiting % {'n': report.waiting}}"


def span(length: timedelta) -> str:
    """Its largest unit: 40 s, 3 min, 2 h, 5 d."""
    seconds = max(int(length.total_seconds()), 0)
    for unit, text in ((86_400, _("%(n)s d")), (3600, _("%(n)s h")), (60, _("%(n)s min"))):
        if seconds >= unit:
            return text % {"n": seconds // unit}
    return _("%(n)s s") % {"n": seconds}


def clock(moment: datetime) -> str:
    """14:32; with its date where that is another day."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return date_format(local, "H:i")
    return f"{date_format(local, 'j F')}, {date_format(local, 'H:i')}"
