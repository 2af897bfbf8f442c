"""A scheduled job that never ends: a worker's time limit ends it, and System health says so."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.db import connection

from community_hub import celery
from community_hub.lib import schedule
from community_hub.lib.schedule import Job, Run

ROOT = Path(__file__).resolve().parents[2]
ASKED_AFTER, KILLED_AFTER = 2, 4  # seconds
JOBS = {
    name: Job(name, name, timedelta(minutes=1), None, timedelta(seconds=KILLED_AFTER))
    for name in ("tests.begins", "tests.waits", "tests.ignores_its_end", "tests.ends")
}
PROGRAM = """
import signal, sys, time
from datetime import timedelta
import django
django.setup()
from celery.exceptions import SoftTimeLimitExceeded
from community_hub.celery import app
from community_hub.lib.schedule import scheduled

app.conf.task_soft_time_limit, app.conf.task_time_limit = map(float, sys.argv[1:])
limits = dict(
    every=timedelta(minutes=1), timeout=timedelta(seconds=float(sys.argv[2])), label="A job"
)

@scheduled(name="tests.begins", **limits)
def begins():
    pass

@scheduled(name="tests.waits", **limits)
def waits():
    time.sleep(1000)

@scheduled(name="tests.ignores_its_end", **limits)
def ignores_its_end():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as if it were in a library that is not Python
    while True:
        try:
            time.sleep(1000)
        except SoftTimeLimitExceeded:
            pass

@scheduled(name="tests.ends", **limits)
def ends():
    pass

app.Worker(hostname="limited@here", queues=["limited"], pool="prefork", concurrency=1,
           loglevel="INFO", without_gossip=True, without_mingle=True).start()
"""


@pytest.fixture
def worker(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psutil.Process]:
    """With one process, which has done a job: what a first one loads counts against no limit."""
    celery.app.loader.import_default_modules()  # else the apps' jobs may come while it is patched
    monkeypatch.setattr(schedule, "_jobs", JOBS)
    url = urlsplit(os.environ["DATABASE_URL"])
    url = url._replace(path=f"/{connection.settings_dict['NAME']}")
    with (tmp_path / "worker.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(ASKED_AFTER), str(KILLED_AFTER)],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": url.geturl(),
                "DJANGO_SETTINGS_MODULE": "community_hub.settings",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        start("tests.begins")
        until(lambda run: run.succeeded_at is not None, "tests.begins")
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def until(so: Callable[[Run], bool], name: str) -> Run:
    """Its run once that is so. Only a worker that does nothing at all makes it wait to the end."""
    for _ in range(2400):
        run = next(run for run in schedule.runs() if run.job.name == name)
        if so(run):
            return run
        time.sleep(0.1)
    pytest.fail(f"After four minutes: {run}")


def start(name: str, **limits: float) -> None:
    celery.app.send_task(name, queue="limited", **limits)


def test_a_job_that_never_ends_is_asked_to_and_its_error_shows(
    worker: psutil.Process, alice, client
) -> None:
    start("tests.waits", time_limit=100)  # asked alone: time enough to write its error down
    run = until(lambda run: bool(run.error), "tests.waits")
    assert run.error.startswith("SoftTimeLimitExceeded")
    assert not run.is_well
    client.force_login(alice)
    assert "SoftTimeLimitExceeded" in client.get("/system/").text


def test_a_job_that_does_not_heed_that_is_killed_and_shows_as_unfinished(
    worker: psutil.Process, alice, client
) -> None:
    (busy,) = worker.children()
    start("tests.ignores_its_end")
    gone, _ = psutil.wait_procs([busy], timeout=240)
    assert gone, "the time limit ended nothing"
    run = until(lambda run: run.never_ended, "tests.ignores_its_end")
    assert not run.is_well
    client.force_login(alice)
    assert "Didn’t finish" in client.get("/system/").text
    start("tests.ends", time_limit=100)  # and the worker goes on
    assert until(lambda run: run.succeeded_at is not None, "tests.ends").is_well
