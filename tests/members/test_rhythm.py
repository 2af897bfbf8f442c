"""How often a member is active, when they go quiet and when they are back."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from members import derived, log
from members.models import ActivityKind, Member, Rhythm
from members.rhythm import rhythm_of
from members.rhythm_days import RhythmValues, rhythm_on
from tests.make import make_identity, make_line, make_member, make_source, make_user

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def by_hand(today: int, history: list[int]) -> RhythmValues:
    """docs/relationships.md, day by day."""

    def quiet(day: int, days: list[int]) -> bool:
        seen = [each for each in days if day - 180 < each <= day]
        if len(seen) < 5:
            return False
        return day - seen[-1] > max(14, 3 * middle(seen))

    def middle(seen: list[int]) -> float:
        gaps = sorted(seen[n + 1] - seen[n] for n in range(len(seen) - 1))
        half = len(gaps) // 2
        return gaps[half] if len(gaps) % 2 else (gaps[half - 1] + gaps[half]) / 2

    days = sorted({day for day in history if day <= today})
    if not days:
        return RhythmValues()
    seen = [day for day in days if today - 180 < day]
    back = None
    for before, day in itertools.pairwise(days):
        known = [each for each in days if each <= before]
        between = range(before + 1, day)
        if day > today - 180 and any(quiet(each, known) for each in between):
            back = day
    return RhythmValues(
        active_days=len(seen),
        median_gap=float(middle(seen)) if len(seen) > 1 else None,
        last_active=days[-1],
        quiet_since=days[-1] if quiet(today, days) else None,
        came_back=back,
    )


def history(chance: random.Random, today: int) -> list[int]:
    """Some write daily, some yearly; all pause now and then."""
    usual, day, days = chance.choice([1, 2, 6, 20, 50]), today - chance.choice([60, 400, 900]), []
    while day < today + 3:
        days.append(day)
        pause = chance.choice([1, 1, 1, 1, 1, 4, 12, 40])
        day += chance.randint(1, usual * 2) * pause
    return days[: chance.randint(1, len(days))]


@pytest.mark.parametrize("seed", range(4))
def test_a_rhythm_is_what_its_definition_says_day_by_day(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        today = chance.randint(730_000, 740_000)
        days = history(chance, today)
        found = rhythm_on(today, sorted(set(days)))
        wanted = by_hand(today, days)
        assert found == RhythmValues(**{**vars(wanted), "due": found.due}), (today, days)
        # and nothing changes before the day it is worked out anew
        due = found.due or today + 400
        known = [day for day in days if day <= today]
        for later in {due - 1, chance.randint(today, max(today, due - 1))} - {today - 1}:
            same = by_hand(later, known)
            assert same == RhythmValues(**{**vars(found), "due": None}), (today, later, days)


def active_on(member: Member, *days_ago: int, scope: str = "") -> None:
    for ago in days_ago:
        make_line(member, ActivityKind.MESSAGE, occurred_at=NOW - timedelta(days=ago), scope=scope)


@pytest.fixture
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


WEEKLY = (55, 49, 43, 37, 31)  # every six days, and nothing for 31


@pytest.mark.django_db
def test_who_writes_weekly_is_quiet_after_three_weeks_and_back_when_they_write(now, olga) -> None:
    ines = make_member()
    active_on(ines, *WEEKLY)
    derived.update()
    said = rhythm_of(ines, olga)
    assert said
    assert said.words == "writes about every 6 days; quiet for 31"
    assert Rhythm.objects.quiet().get().quiet_since == date(2026, 5, 30)
    active_on(ines, 0)
    derived.update()
    row = Rhythm.objects.get()
    assert (row.quiet_since, row.came_back_on) == (None, date(2026, 6, 30))
    said = rhythm_of(ines, olga)
    assert said
    assert said.words == "writes about every 6 days; back since 30 June"


@pytest.mark.django_db
def test_a_day_that_passes_is_enough_to_go_quiet(now) -> None:
    ines, other = make_member(), make_member()
    active_on(ines, 42, 36, 30, 24, 18)
    active_on(other, 1)
    derived.update()
    derived.update()  # the second run looks once more at what the first had found
    assert not Rhythm.objects.quiet()
    now.move_to(NOW + timedelta(days=1), tick=False)
    assert derived.update() == 1  # who was not due was not looked at
    assert Rhythm.objects.quiet().get().member == ines


@pytest.mark.django_db
def test_teammates_bots_and_our_own_accounts_have_no_rhythm(now, bob) -> None:
    staff, bot, ours = make_member(user=bob), make_member(is_bot=True), make_member()
    make_identity(ours, is_us=True)
    for member in (staff, bot, ours):
        active_on(member, *WEEKLY)
    derived.update()
    assert not Rhythm.objects.exists()
    assert rhythm_of(staff, make_user()) is None


@pytest.mark.django_db
def test_days_are_the_hubs_and_counted_anew_in_another_timezone(now) -> None:
    from team.models import Hub

    ines = make_member()
    late = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    for moment in (late, late + timedelta(hours=2)):
        make_line(ines, ActivityKind.MESSAGE, occurred_at=moment)
    derived.update()
    assert Rhythm.objects.get().active_days == 2
    Hub.objects.create(pk=1, name="Polyphon", timezone="Europe/Berlin")
    derived.update()
    assert Rhythm.objects.get().active_days == 1


@pytest.mark.django_db
def test_what_is_taken_back_counts_no_more(now) -> None:
    ines = make_member()
    active_on(ines, *WEEKLY)
    derived.update()
    derived.update()
    key = ines.activities.latest("occurred_at").key
    log.say_deleted([key])
    derived.update()
    assert not Rhythm.objects.quiet()
    assert Rhythm.objects.get().active_days == 4


@pytest.mark.django_db
def test_what_was_said_in_a_hidden_source_is_in_nobody_elses_rhythm(now, bob, lena) -> None:
    closed = make_source(restricted=True)
    ines = make_member()
    account = make_identity(ines)
    from members import sightings

    sightings.record([(account.pk, scope, NOW) for scope in (closed.scope, "source:0")])
    active_on(ines, *WEEKLY[:3], scope=closed.scope)
    active_on(ines, *WEEKLY[3:])
    derived.update()
    seen, partly = rhythm_of(ines, lena), rhythm_of(ines, bob)
    assert seen
    assert seen.words == "writes about every 6 days; quiet for 31"
    assert partly
    assert partly.words == "active on 2 days of the last 180"
    assert [row.pk for row in Rhythm.objects.visible_to(lena).quiet()] == [ines.pk]
    assert not Rhythm.objects.visible_to(bob)


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 10_000])
def test_a_cadence_is_at_least_a_day(days: int) -> None:
    with pytest.raises(IntegrityError):
        Rhythm.objects.create(member=make_member(), cadence_days=days)


@pytest.mark.django_db
def test_what_people_set_survives_a_rebuild(now) -> None:
    Rhythm.objects.create(member=make_member(), cadence_days=30, contact_due_on=date(2026, 7, 4))
    derived.rebuild()
    assert Rhythm.objects.get().cadence_days == 30
