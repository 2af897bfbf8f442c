"""What runs by the clock runs once, and shows when it did not."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise

from community_hub import celery
from community_hub.lib import schedule
from community_hub.lib.schedule import Job, Run

pytestmark = pytest.mark.django_db
JOB = Job("tests.job", "A job", timedelta(minutes=1), None, timedelta(minutes=5))


@pytest.fixture(autouse=True)
def only_this_job(monkeypatch):
    celery.app.loader.import_default_modules()  # else the apps' jobs may come while it is patched
    monkeypatch.setattr(schedule, "_jobs", {JOB.name: JOB})


def last() -> Run:
    (found,) = schedule.runs()
    return found


def test_a_run_is_written_down_with_when_how_long_and_what_next() -> None:
    assert (last().started_at, last().next_at, last().is_well) == (None, None, True)
    assert schedule.run(JOB, lambda: None)
    run = last()
    assert run.started_at
    assert run.succeeded_at
    assert run.took is not None
    assert (run.error, run.is_running, run.is_well) == ("", False, True)
    assert run.next_at == run.started_at + JOB.every


def test_one_that_raises_shows_its_error_and_goes_on(caplog) -> None:
    def trips() -> None:
        raise ZeroDivisionError("no divisor")

    for minutes in (0, 1, 2):
        later = timezone.now() + timedelta(minutes=minutes)
        with time_machine.travel(later, tick=False), pytest.raises(ZeroDivisionError):
            schedule.run(JOB, trips)
    assert last().error == "ZeroDivisionError: no divisor"
    assert last().succeeded_at is None
    assert not last().is_well
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
        assert schedule.run(JOB, lambda: None)
        assert last().is_well


def test_one_that_its_worker_ends_says_so_in_words() -> None:
    """The hard time limit sends SIGTERM first, which billiard makes a SystemExit."""

    def is_ended() -> None:
        raise SystemExit(-241)

    with pytest.raises(SystemExit):
        schedule.run(JOB, is_ended)
    assert last().error == schedule.ENDED
    assert not last().is_well


def test_one_that_never_ends_is_not_started_twice_and_shows() -> None:
    assert schedule._claim(JOB)  # and its worker is killed
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert not schedule.run(JOB, lambda: pytest.fail("it is running"))
        assert last().is_running
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert last().never_ended
        assert schedule.run(JOB, lambda: None)
        assert not last().never_ended


def test_after_a_killed_worker_what_runs_by_the_second_goes_on_within_half_a_minute(
    monkeypatch,
) -> None:
    monkeypatch.undo()
    often = [job for job in schedule._jobs.values() if job.every <= timedelta(seconds=30)]
    assert "inbox.tasks.deliver_due" in {job.name for job in often}
    assert "community_hub.beat_heartbeat" in {job.name for job in often}
    for job in often:
        assert schedule._claim(job)  # and its worker is killed
    with time_machine.travel(timezone.now() + timedelta(seconds=25), tick=False):
        for job in often:
            assert schedule.run(job, lambda: None), job.name


def test_a_missed_one_shows() -> None:
    schedule.run(JOB, lambda: None)
    with time_machine.travel(timezone.now() + timedelta(minutes=1, seconds=30), tick=False):
        assert not last().is_missed
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=False):
        assert last().is_missed


@pytest.mark.parametrize(
    ("every", "at", "good", "missed"),
    [
        (timedelta(hours=1), None, timedelta(hours=1, minutes=5), timedelta(hours=1, minutes=7)),
        (timedelta(days=1), clock(3, 20), timedelta(hours=26), timedelta(hours=27)),
    ],
)
def test_a_missed_one_shows_within_a_tenth_of_its_period(
    monkeypatch, every, at, good, missed
) -> None:
    job = Job("tests.job", "A job", every, at, timedelta(minutes=5))
    monkeypatch.setattr(schedule, "_jobs", {job.name: job})
    begin = datetime(2026, 11, 20, 3, 20, 1, tzinfo=UTC)
    with time_machine.travel(begin, tick=False):
        schedule.run(job, lambda: None)
    with time_machine.travel(begin + good, tick=False):
        assert not last().is_missed
    with time_machine.travel(begin + missed, tick=False):
        assert last().is_missed


@pytest.mark.parametrize(
    ("every", "at", "good", "missed"),
    [
        (timedelta(minutes=1), None, timedelta(seconds=100), timedelta(seconds=130)),
        (timedelta(days=1), clock(3, 20), timedelta(hours=9), timedelta(hours=11)),
    ],
)
def test_one_that_never_started_is_missed_from_when_it_was_first_seen(
    monkeypatch, every, at, good, missed
) -> None:
    never = Job("tests.never", "Never", every, at, timedelta(minutes=5))
    monkeypatch.setattr(schedule, "_jobs", {JOB.name: JOB, never.name: never})
    begin = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
    with time_machine.travel(begin, tick=False):
        schedule.run(JOB, lambda: None)  # a worker sees the schedule
    with time_machine.travel(begin + good, tick=False):
        assert not never_ran().is_missed
    with time_machine.travel(begin + missed, tick=False):
        assert never_ran().is_missed
        assert not never_ran().is_well
        assert schedule.run(never, lambda: None)
        assert never_ran().is_well


def test_a_hub_whose_worker_never_ran_shows_all_as_missed() -> None:
    assert last().is_well  # whoever looks writes down when
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=False):
        assert last().is_missed


def never_ran() -> Run:
    return next(run for run in schedule.runs() if run.job.name == "tests.never")


def test_one_of_every_day_is_due_tomorrow(monkeypatch) -> None:
    daily = Job("tests.job", "A daily job", timedelta(days=1), clock(3, 20), timedelta(minutes=5))
    monkeypatch.setattr(schedule, "_jobs", {daily.name: daily})
    schedule.run(daily, lambda: None)
    tomorrow = timezone.now().date() + timedelta(days=1)
    assert last().next_at == datetime.combine(tomorrow, clock(3, 20), tzinfo=timezone.now().tzinfo)


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_run_it_once() -> None:
    ran: list[int] = []
    start = threading.Barrier(6)

    def beat(number: int) -> None:
        start.wait(10)
        try:
            schedule.run(JOB, lambda: ran.append(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=beat, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ran) == 1


def test_a_direct_call_is_a_plain_call_and_names_are_taken_once() -> None:
    said: list[str] = []
    other = {"every": timedelta(minutes=1), "name": "tests.other", "label": "Another job"}
    task = schedule.scheduled(**other)(lambda: said.append("ran"))
    task()
    task()
    assert said == ["ran", "ran"]
    with pytest.raises(ValueError, match="already"):
        schedule.scheduled(**other)(print)


def test_beat_knows_every_job_of_the_apps(monkeypatch) -> None:
    monkeypatch.undo()
    celery.app.loader.import_default_modules()
    names = set(celery.app.conf.beat_schedule)
    assert {"inbox.tasks.pull_due_sources", "team.tasks.mail_notifications"} <= names
    assert {run.job.name for run in schedule.runs()} >= names


def test_every_job_has_a_translated_label_which_the_manual_names(monkeypatch) -> None:
    monkeypatch.undo()
    jobs = [run.job for run in schedule.runs()]
    manual = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text()
    assert len(jobs) > 9
    for job in jobs:
        assert isinstance(job.label, Promise), job.name
        assert " " in str(job.label), job.name
        assert "_" not in str(job.label), job.name
        assert f"| {job.label} | `{job.name}` |" in manual
    assert len({str(job.label) for job in jobs}) == len(jobs)
