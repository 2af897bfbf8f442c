"""A web worker that hangs is replaced; one that is only busy is not."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from community_hub.lib.counting_pool import CountingPool
from community_hub.runtime import serve
from tests.start.running import free_port

ROOT = Path(__file__).resolve().parents[2]
SILENCE = 4
PROGRAM = """
import asyncio, os, sys, threading, time
import uvicorn
from community_hub.lib.counting_pool import CountingPool
from community_hub.lib.wsgi_pages import Pages
from community_hub.runtime import serve

def page(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/for-ever":
        threading.Event().wait()
    if path == "/slow":
        time.sleep(1)
    start_response("200 OK", [])
    return [str(os.getpid()).encode()]

pool = CountingPool(2)
pages = Pages(page, pool)

async def application(scope, receive, send):
    if scope["path"] == "/loop":
        time.sleep(1000)
    await pages(scope, receive, send)

port, silence = map(int, sys.argv[1:])
config = uvicorn.Config(application, lifespan="off", log_level="warning",
                        timeout_graceful_shutdown=1)
serve.run(config, pool, [serve.listen("127.0.0.1", port)], silence=silence)
"""


class Web:
    """A web server with one worker and two threads."""

    def __init__(self, log: Path) -> None:
        port = free_port()
        self.log = log
        self.url = f"http://127.0.0.1:{port}"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(port), str(SILENCE)],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def worker(self, seconds: float = 10, *, other_than: int = 0) -> int:
        """The id of the process that answers a page."""
        until = time.monotonic() + seconds
        while True:
            try:
                if (pid := int(httpx.get(self.url, timeout=1).text)) != other_than:
                    return pid
            except httpx.HTTPError:
                pass
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def ask(self, path: str) -> None:
        """Without waiting for an answer."""

        def get() -> None:
            with pytest.raises(httpx.HTTPError):
                httpx.get(self.url + path, timeout=1)

        threading.Thread(target=get, daemon=True).start()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    web = Web(tmp_path / "web.log")
    yield web
    workers = psutil.Process(web.process.pid).children()
    web.process.terminate()
    assert web.process.wait(15) == 0
    assert not psutil.wait_procs(workers, timeout=0)[1]


def test_a_worker_that_stands_still_is_replaced(web: Web) -> None:
    first = web.worker()
    os.kill(first, signal.SIGSTOP)
    assert web.worker(SILENCE + 10, other_than=first)
    assert not psutil.pid_exists(first)


@pytest.mark.parametrize(
    ("path", "place", "times"), [("/for-ever", "wait", 2), ("/loop", "application", 1)]
)
def test_a_worker_whose_threads_or_loop_are_stuck_is_replaced(
    web: Web, path: str, place: str, times: int
) -> None:
    """Both threads, or the one loop: whatever comes then waits, and meets the next worker."""
    first = web.worker()
    for _ in range(times):
        web.ask(path)
    assert web.worker(SILENCE + 10, other_than=first)
    said = web.log.read_text()
    assert f"Worker {first} hangs" in said
    assert f"in {place}" in said, "the stacks of its threads are missing"


def test_a_worker_with_many_slow_requests_is_left_alone(web: Web) -> None:
    first = web.worker()
    begun = time.monotonic()
    answers: list[Any] = []
    clients = [
        threading.Thread(
            target=lambda: answers.append(httpx.get(f"{web.url}/slow", timeout=60).text)
        )
        for _ in range(SILENCE * 4)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join(60)
    assert time.monotonic() - begun > SILENCE + 2
    assert answers == [str(first)] * len(clients)


def test_stopping_does_not_wait_for_a_worker_that_hangs(web: Web) -> None:
    os.kill(web.worker(), signal.SIGSTOP)  # the fixture stops it, and gives it 15 s


def test_who_leaves_the_queue_is_no_sign_that_threads_get_on() -> None:
    release = threading.Event()
    with CountingPool(1) as pool:
        pool.submit(release.wait)
        assert pool.submit(print).cancel()
        assert pool.ended == 0
        release.set()
    assert pool.ended == 1


def test_time_in_which_nobody_looked_is_no_silence() -> None:
    with socket.socket() as listener:
        worker = serve.Worker(listener, serve.Pulse())
        assert [worker.is_hung(3) for _ in range(4)] == [False, False, True, True]
        worker.pulse.advance()
        assert not worker.is_hung(3)


def test_the_pages_of_the_hub_run_in_threads_that_are_watched() -> None:
    from community_hub import asgi

    assert asgi.pages.pool is asgi.pool
    assert isinstance(asgi.pool, CountingPool)
