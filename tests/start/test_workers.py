"""The workers that one process forks, which is beat: each is started again alone, all stop
together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import yaml
from celery import Celery, current_app
from django.db import connection
from django.utils import timezone

from community_hub.lib import live
from community_hub.runtime import workers
from community_hub.runtime.beat import BEGIN_AGAIN, Beat
from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest
from inbox.models import Message
from tests.make import make_source
from tests.start.running import free_port

ROOT = Path(__file__).resolve().parents[2]
SIGNS = (*workers.WORKERS, "beat")


class Launcher:
    """`python -m community_hub.runtime.workers`, with the test's own Redis and database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        self.began = time.time()
        database = urlsplit(os.environ["DATABASE_URL"])
        database = database._replace(path=f"/{connection.settings_dict['NAME']}")
        with (self.folder / "workers.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "community_hub.runtime.workers", "--log", str(self.folder)],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": database.geturl(), "HUB_VAR": str(self.folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def parts(self) -> dict[str, psutil.Process]:
        found = {p.name(): p for p in psutil.Process(self.process.pid).children()}
        return {name: found[f"hub-{name}"] for name in workers.WORKERS if f"hub-{name}" in found}

    def said(self) -> str:
        return "\n".join(log.read_text() for log in sorted(self.folder.glob("*.log")))

    def until_alive(self, name: str, since: float, seconds: float = 40) -> None:
        """Until its sign of life is newer than `since`."""
        until = time.monotonic() + seconds
        while float(live.client().get(f"{live.namespace()}:heartbeat:{name}") or 0) < since:
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)


@pytest.fixture
def launcher(transactional_db: None, tmp_path: Path) -> Iterator[Launcher]:
    launcher = Launcher(tmp_path)
    yield launcher
    everything = psutil.Process(launcher.process.pid).children(recursive=True)
    launcher.process.terminate()
    assert launcher.process.wait(20) == 0, launcher.said()
    assert not psutil.wait_procs(everything, timeout=2)[1]


def test_each_part_gives_a_sign_of_life_and_comes_back_alone_when_it_is_killed(
    launcher: Launcher,
) -> None:
    for name in SIGNS:
        launcher.until_alive(name, launcher.began)
    before = launcher.parts()
    assert set(before) == set(workers.WORKERS)
    for victim in workers.WORKERS:
        killed = time.time()
        before[victim].kill()
        launcher.until_alive(victim, killed + 1)
    after = launcher.parts()
    assert set(after) == set(workers.WORKERS)
    launcher.until_alive("beat", time.time())
    for victim in workers.WORKERS:
        assert after[victim] != before[victim]
    assert len(after["worker"].children()) == workers.WORKERS["worker"]["concurrency"]


class HangingFeed:
    """A site whose first answer waits until `go_on` is set; `begun`: it was asked."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.server = LocalServer(self.answer)

    def answer(self, asked: ReceivedRequest) -> Answer:
        if not self.begun.is_set():
            self.begun.set()
            self.go_on.wait(120)
        item = "<item><guid>1</guid><title>Hello</title></item>"
        return Answer(f"<rss version='2.0'><channel><title>A site</title>{item}</channel></rss>")


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[HangingFeed]:
    feed = HangingFeed()
    with feed.server:
        monkeypatch.setenv("HTTP_ALLOWED_ORIGINS", feed.server.url)
        yield feed
        feed.go_on.set()


def test_a_worker_that_is_killed_in_the_middle_of_a_pull_costs_less_than_45_seconds(
    hanging: HangingFeed, launcher: Launcher
) -> None:
    source = make_source(
        kind="feed",
        network="feed:site",
        config={"url": f"{hanging.server.url}/rss"},
        cursor={"since": (timezone.now() - timedelta(days=1)).isoformat()},
        next_pull_at=timezone.now(),
    )
    assert hanging.begun.wait(60), launcher.said()
    source.refresh_from_db()
    assert source.is_leased
    killed = time.monotonic()
    worker = launcher.parts()["worker"]
    for process in (*worker.children(recursive=True), worker):
        process.kill()
    hanging.go_on.set()
    while source.last_success_at is None:
        assert time.monotonic() - killed < 45, launcher.said()
        time.sleep(0.2)
        source.refresh_from_db()
    assert Message.objects.get().source == source
    assert (source.failures, source.last_error) == (0, "")


def test_what_none_of_them_changes_is_in_memory_once(launcher: Launcher) -> None:
    for name in SIGNS:
        launcher.until_alive(name, launcher.began)
    first = psutil.Process(launcher.process.pid)
    used = [one.memory_full_info() for one in (first, *first.children(recursive=True))]
    assert sum(one.pss for one in used) < 0.5 * sum(one.rss for one in used)


def test_killing_the_first_process_ends_the_others(launcher: Launcher) -> None:
    for name in SIGNS:
        launcher.until_alive(name, launcher.began)
    everything = psutil.Process(launcher.process.pid).children(recursive=True)
    assert len(everything) == 5
    launcher.process.send_signal(signal.SIGKILL)
    assert not psutil.wait_procs(everything, timeout=15)[1]
    launcher.process.wait()
    launcher.start()
    launcher.until_alive("worker", launcher.began)


def test_the_first_process_outlives_a_redis_that_is_away_and_sends_once_it_is_back(
    tmp_path: Path,
) -> None:
    address = f"redis://127.0.0.1:{free_port()}/0"
    app = a_celery(address, tmp_path / "schedule")
    beat = Beat(app, "tests.sign_of_life")
    begun = time.monotonic()
    assert 0 < beat.tick() <= BEGIN_AGAIN
    assert time.monotonic() - begun < 3  # it has children to look after
    assert 0 < beat.tick() <= BEGIN_AGAIN
    app.conf.broker_url = "memory://"
    beat.next = 0
    beat.tick()
    assert waiting(app) == 1
    beat.close()


def test_what_is_due_is_sent_once_and_remembered_by_the_next_start(tmp_path: Path) -> None:
    app = a_celery("memory://", tmp_path / "schedule")
    beat = Beat(app, "tests.sign_of_life")
    until = time.monotonic() + 1.5  # the job runs every second
    while time.monotonic() < until:
        time.sleep(beat.tick())
    beat.close()
    assert waiting(app) == 1 + 1  # the sign of life, and the job
    assert list(tmp_path.glob("schedule*"))


def a_celery(broker: str, schedule: Path) -> Celery:
    app = Celery(broker=broker, set_as_current=False)
    app.conf.broker_transport_options = current_app.conf.broker_transport_options
    app.conf.beat_schedule_filename = str(schedule)
    app.conf.task_default_queue = schedule.parent.name  # memory:// is the same for all apps
    app.conf.beat_schedule = {"job": {"task": "tests.job", "schedule": 1.0}}
    for name in ("tests.sign_of_life", "tests.job"):
        app.task(name=name)(nothing)
    return app


def nothing() -> None:
    """What the tasks would do."""


def waiting(app: Celery) -> int:
    with app.connection_for_read() as connection:
        return connection.default_channel.queue_declare(
            app.conf.task_default_queue, passive=True
        ).message_count


def test_compose_starts_the_workers_that_up_starts() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name, options in workers.WORKERS.items():
        words = services[name]["command"]
        said = dict(pairwise(words))
        assert said["-n"] == f"{name}@%h"
        assert [said["-Q"]] == options["queues"]
        assert said.get("-P", "prefork") == options["pool"]
        assert int(said.get("-c", "1")) == options["concurrency"]
    assert "beat" in services["beat"]["command"]
