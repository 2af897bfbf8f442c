"""Background jobs: step by step, to the end, whatever happens in between."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from team import jobs
from team.models import BackgroundJob
from team.tasks import run_due_jobs, run_job

pytestmark = pytest.mark.django_db
COUNT = "test-count"


class Counter:
    """A job of five steps; `fails` of them raise first."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.fails = 0

    def __call__(self, job: BackgroundJob) -> bool:
        job.total = 5
        job.done += 1
        job.cursor = {"at": job.done}
        if self.fails:
            self.fails -= 1
            raise OSError("disk full")
        self.steps.append(job.done)
        return job.done < 5


@pytest.fixture
def counter(monkeypatch) -> Counter:
    made = Counter()
    monkeypatch.setattr(jobs, "_kinds", {COUNT: jobs.Kind(COUNT, "Counting", made)})
    return made


def test_it_runs_to_its_end_and_then_no_more(counter, bob) -> None:
    job = jobs.start(COUNT, "member:1", by=bob)
    assert jobs.unfinished("member:1") == job
    run_job(job.pk)
    job.refresh_from_db()
    assert counter.steps == [1, 2, 3, 4, 5]
    assert (job.done, job.total, job.percent) == (5, 5, 100)
    assert job.finished_at
    assert jobs.unfinished("member:1") is None
    run_job(job.pk)
    assert counter.steps == [1, 2, 3, 4, 5]


def test_one_turn_ends_after_its_time_and_the_rest_is_done_by_the_next(counter, bob) -> None:
    job = jobs.start(COUNT, "member:1", by=bob)
    jobs.run(job.pk, seconds=0)
    job.refresh_from_db()
    assert (counter.steps, job.percent, job.cursor) == ([1], 20, {"at": 1})
    jobs.run(job.pk)
    assert counter.steps == [1, 2, 3, 4, 5]


def test_what_fails_is_kept_is_seen_and_is_tried_again_later(counter, bob) -> None:
    job = jobs.start(COUNT, "member:1", by=bob)
    jobs.run(job.pk, seconds=0)
    counter.fails = 1
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.done, job.failures, job.last_error) == (1, 1, "OSError: disk full")
    assert jobs.due() == []
    jobs.run(job.pk)
    assert counter.steps == [1]
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=False):
        assert jobs.due() == [job.pk]
        jobs.run(job.pk)
    job.refresh_from_db()
    assert counter.steps == [1, 2, 3, 4, 5]
    assert (job.failures, job.last_error) == (0, "")


def test_the_same_job_begun_again_starts_from_the_first_step(counter, bob) -> None:
    job = jobs.start(COUNT, "member:1", by=bob)
    jobs.run(job.pk, seconds=0)
    again = jobs.start(COUNT, "member:1", by=bob)
    assert again.pk == job.pk
    jobs.run(again.pk)
    assert counter.steps == [1, 1, 2, 3, 4, 5]


def test_one_that_is_put_off_can_be_cancelled_until_it_begins(counter, bob) -> None:
    later = jobs.start(COUNT, "member:1", by=bob, delay=timedelta(minutes=1))
    run_due_jobs()
    jobs.run(later.pk)
    assert counter.steps == []
    assert jobs.cancel(COUNT, "member:1")
    begun = jobs.start(COUNT, "member:1", by=bob)
    jobs.run(begun.pk, seconds=0)
    assert not jobs.cancel(COUNT, "member:1")


def test_a_kind_that_this_version_does_not_know_waits_and_is_shown_by_its_name(bob) -> None:
    row = BackgroundJob.objects.create(
        kind="from-a-newer-version", about="member:1", by=bob, run_at=timezone.now()
    )
    jobs.run(row.pk)
    row.refresh_from_db()
    assert row.finished_at is None
    assert jobs.words_of(row) == "from-a-newer-version"


def test_it_is_shown_with_the_name_of_what_it_is_done_to(monkeypatch, bob) -> None:
    kind = jobs.Kind(COUNT, "Counting %(name)s", Counter())
    monkeypatch.setattr(jobs, "_kinds", {COUNT: kind})
    job = jobs.start(COUNT, "source:1", by=bob, name="100 % Forum")
    assert jobs.words_of(job) == "Counting 100 % Forum"
    job.name = ""  # begun by a version that kept no names
    assert jobs.words_of(job) == "Counting source:1"


def test_the_progress_is_seen_by_leads_and_by_whoever_began_it(
    client, counter, bob, carol, lena
) -> None:
    job = jobs.start(COUNT, "member:1", by=bob)
    jobs.run(job.pk, seconds=0)
    address = f"/jobs/{job.pk}/"
    for who, status in ((bob, 200), (lena, 200), (carol, 404)):
        client.force_login(who)
        assert client.get(address).status_code == status
    client.force_login(bob)
    shown = client.get(address).content.decode()
    assert "Counting" in shown
    assert 'value="20"' in shown
    assert "every 2s" in shown
    jobs.run(job.pk)
    assert "every 2s" not in client.get(address).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_the_same_step(monkeypatch) -> None:
    both = threading.Barrier(2, timeout=10)
    steps: list[int] = []

    def step(job: BackgroundJob) -> bool:
        steps.append(job.done)
        both.wait()  # the other is asking for the same job now
        both.wait()
        job.done += 1
        return job.done < 2

    monkeypatch.setattr(jobs, "_kinds", {COUNT: jobs.Kind(COUNT, "Counting", step)})
    job = jobs.start(COUNT, "member:1", by=None)

    def other_worker() -> None:
        try:
            jobs.run_step(job.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=other_worker)
    thread.start()
    both.wait()
    assert jobs.run_step(job.pk) is False
    both.wait()
    thread.join(10)
    job.refresh_from_db()
    assert (steps, job.done) == ([0], 1)
