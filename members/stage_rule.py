"""The stage that the rule gives: reached by milestones, as soon as the log has the lines for it;
lowered by review() alone. Whoever a person has pinned, and every champion, is left alone.

What is theirs counts (messages, credits, events attended; see ActivityKind.is_theirs) within the
last days that the milestones say, by its own date. Everything is set-based: SQL finds who moves,
and only for those is anything else read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from community_hub.lib import prepared_sql
from team import hours

from . import hooks, log, stage_sql, stage_words
from .log import Line
from .models import ActivityKind, Member, Milestones, Stage

STEP = 1000  # members
THEIRS = [kind.value for kind in ActivityKind if kind.is_theirs]
RANK = {stage: rank for rank, stage in enumerate(Stage.values)}
LOWER = [Stage.OUTSIDER.value, Stage.VISITOR.value, Stage.PARTICIPANT.value]


class Standing(NamedTuple):
    """`by_rule`: the stage that the rule gives for `activities` within `days`."""

    member: int
    stage: str
    by_rule: str
    activities: int
    days: int


class _Reached(NamedTuple):
    """By which line: the `nth` that counts, with which it was so many days and credits."""

    member: int
    before: str
    after: str
    nth: int
    days: int
    credits: int
    is_credit: bool
    key: str
    at: datetime
    scope: str
    where: str
    link: str
    changed_at: datetime | None  # of the newest line about their stage, which says `said`
    said: str

    @property
    def is_said(self) -> bool:
        """After drop() they only get back what the log tells already."""
        return self.said.startswith(stage_words.summary(self.after))


@dataclass(frozen=True)
class Move:
    """One member's change of stage, and the line that tells of it."""

    member: int
    before: str
    after: str
    line: Line | None  # None where the log says so already

    def as_json(self) -> dict[str, Any]:
        fields = {"member": self.member, "before": self.before, "after": self.after}
        return {**fields, "key": self.line.key if self.line else ""}


# Up: at once --------------------------------------------------------------------------------------


def promote(members: Iterable[int]) -> list[Move]:
    """Raise those who have reached the next milestone, each with a line; in the transaction that
    wrote the lines for it. One statement where nobody has."""
    ids = prepared_sql.as_array(sorted(set(members)))
    rising = _select(stage_sql.RISING, ids=ids, lower=LOWER)
    return _rise(_in_our_places([pk for (pk,) in rising])) if rising else []


def take_back(move: dict[str, Any]) -> None:
    """Of promote(), as as_json() wrote it: what it was for did not happen. Whoever was moved since
    stays, and so does whoever has reached it otherwise, with that reason."""
    raised = Member.objects.filter(pk=move["member"], stage=move["after"], stage_pinned=False)
    if raised.update(stage=move["before"]):
        log.remove([move["key"]])
        promote([move["member"]])


def _rise(members: Sequence[int]) -> list[Move]:
    ids = prepared_sql.as_array(members)
    found = [_Reached(*row) for row in _select(stage_sql.REACHED, ids=ids)]
    reached = [row for row in found if RANK[row.after] > RANK[row.before]]
    did = hooks.what_was_done(row.key for row in reached)
    return _move(
        Move(
            row.member,
            row.before,
            row.after,
            None if row.is_said else _line_up(row, did.get(row.key, "")),
        )
        for row in reached
    )


def _in_our_places(members: list[int]) -> list[int]:
    """Without those who were seen in places of others alone."""
    outside = {pk for (pk,) in _select(stage_sql.OUTSIDE, ids=prepared_sql.as_array(members))}
    return [pk for pk in members if pk not in outside]


def _line_up(row: _Reached, did: str) -> Line:
    """Dated when it was reached, so that what is imported later tells of then; but never before
    the change above which it stands."""
    at = row.at
    if row.changed_at and row.changed_at >= at:
        at = row.changed_at + timedelta(milliseconds=1)
    if row.after == Stage.VISITOR:
        why = stage_words.seen_first(did)
    elif row.is_credit:
        why = stage_words.credited(row.credits)
    else:
        days = row.days if row.after == Stage.PARTICIPANT else 1
        why = stage_words.activity(row.nth, did, days)
    return Line(
        member_id=row.member,
        kind=ActivityKind.STAGE,
        occurred_at=at,
        summary=stage_words.summary(row.after, why),
        key=f"stage:{row.member}:{row.after}:{row.key}"[:120],
        scope=row.scope,
        where=row.where,
        link=row.link,
    )


# Down, and all of it: by a job, or when the milestones were changed -------------------------------


def review() -> None:
    """Every member to the stage that the rule gives; once more changes nothing."""
    _checked, last = settle(0)
    while last:
        _checked, last = settle(last)


@transaction.atomic
def settle(after: int) -> tuple[int, int]:
    """The next STEP members by id: how many they were, and the id of the last; 0 at the end."""
    found = Member.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    ids = list(found[:STEP])
    settle_members(ids)
    return len(ids), ids[-1] if len(ids) == STEP else 0


def review_when_due() -> None:
    """Once in each month of the hub. Milestones that nobody has changed get their row by it."""
    day = hours.of_hub().local().date()
    last = Milestones.current().reviewed_on
    if last and (last.year, last.month) == (day.year, day.month):
        return
    review()
    Milestones.objects.update_or_create(pk=1, defaults={"reviewed_on": day})


def drop() -> None:
    """As if no milestone had been reached: review() gives all of it back, and logs nothing twice.
    What a person set stays."""
    by_rule = Member.objects.filter(stage_pinned=False).exclude(stage=Stage.CHAMPION)
    by_rule.filter(last_seen__isnull=True).update(stage=Stage.OUTSIDER)
    by_rule.filter(last_seen__isnull=False).update(stage=Stage.VISITOR)


def settle_members(members: Sequence[int]) -> list[Move]:
    """These members to the stage that the rule gives, up or down."""
    differ = [row for row in standings(members) if row.stage != row.by_rule]
    higher = [row.member for row in differ if RANK[row.by_rule] > RANK[row.stage]]
    moves = _rise(higher) if higher else []
    return moves + _move(_fall(row) for row in differ if RANK[row.by_rule] < RANK[row.stage])


def standings(members: Sequence[int]) -> list[Standing]:
    """Of those whom the rule may move."""
    ids = prepared_sql.as_array(members)
    return [Standing(*row) for row in _select(stage_sql.STANDINGS, ids=ids)]


def standing_of(member: Member) -> Standing | None:
    """Also of who is pinned; None for whoever has no stage."""
    rows = _select(stage_sql.UNPINNED, ids=prepared_sql.as_array([member.pk]))
    return Standing(*rows[0]) if rows else None


def would_move(given: Milestones) -> list[Standing]:
    """With these milestones in the place of those that hold: whoever would have another stage."""
    numbers = {name: getattr(given, name) for name in stage_sql.NUMBERS}
    return [Standing(*row) for row in _select(stage_sql.WOULD_MOVE, **numbers)]


def _fall(row: Standing) -> Move:
    now = timezone.now()
    is_unseen = row.by_rule == Stage.OUTSIDER
    why = stage_words.unseen() if is_unseen else stage_words.not_enough(row.activities, row.days)
    line = Line(
        member_id=row.member,
        kind=ActivityKind.STAGE,
        occurred_at=now,
        summary=stage_words.summary(row.by_rule, why),
        key=f"stage:{row.member}:{row.by_rule}:{now:%Y-%m-%dT%H:%M}",
        scope="",
    )
    return Move(row.member, row.stage, row.by_rule, line)


# Below --------------------------------------------------------------------------------------------


def _move(moves: Iterable[Move]) -> list[Move]:
    """Whoever was changed or pinned meanwhile stays. Two statements."""
    wanted = {move.member: move for move in moves}
    if not wanted:
        return []
    moved = _select(
        stage_sql.MOVE,
        ids=list(wanted),
        before=[move.before for move in wanted.values()],
        after=[move.after for move in wanted.values()],
    )
    done = [wanted[pk] for (pk,) in moved]
    log.log_many(move.line for move in done if move.line)
    return done


def _select(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    if statement is not stage_sql.MOVE:
        values |= {"zone": zone_name(), "theirs": THEIRS, "now": timezone.now()}
    if "%(places)s" in statement:
        values["places"] = hooks.scopes_of_our_places()
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def zone_name() -> str:
    """The hub's timezone as the database knows it: that may lack one that Python has."""
    name = str(hours.of_hub().zone)
    return name if _is_known_to_database(name) else "UTC"


@lru_cache(maxsize=20)
def _is_known_to_database(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select 1 from pg_timezone_names where name = %s)", [name])
        return bool(cursor.fetchone()[0])
