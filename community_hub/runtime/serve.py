"""The web server: `python -m community_hub.runtime.serve --port 8000 --workers 2`.

uvicorn's own --workers starts each process anew. Here the application is loaded once and then
forked, so that two workers start as fast as one and share what they do not change. A worker that
ends, or hangs (heartbeat.py), is replaced; all end with the first process, however that ends (on
Linux).
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass

import uvicorn

from community_hub.lib.counting_pool import CountingPool
from community_hub.runtime.children import Stop, collect, fork, stop_all, stop_by_signal
from community_hub.runtime.heartbeat import Pulse, Server
from community_hub.runtime.left_out import leave_out

BACKLOG = 512  # connections that may wait for a worker
LOOK_EVERY = 1.0  # seconds; also the pause before a worker that ended is replaced
SELDOM = (5_000, 5, 5)  # thresholds of the collector: objects more than before; usual: 700, 10, 10
SILENCE = 30  # looks without a heartbeat, after which a worker counts as hung
DUMP_SECONDS = 1.0  # for a hung worker to write down where its threads are
STOP_SECONDS = 8.0  # Docker gives ten


@dataclass
class Worker:
    """One place among the workers, and the process that has it now (0: none)."""

    listener: socket.socket
    pulse: Pulse
    pid: int = 0
    last: int = 0
    silent: int = 0

    def is_hung(self, limit: int) -> bool:
        """Asked once a look. Counts looks, not seconds: time when we stood still does not count."""
        now = self.pulse.read()
        self.silent = 0 if now != self.last else self.silent + 1
        self.last = now
        return self.silent >= limit


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    listeners = [listen(options.host, options.port) for _ in range(options.workers)]
    config, pool = load(options.host, options.port)
    run(config, pool, listeners)


def run(
    config: uvicorn.Config,
    pool: CountingPool,
    listeners: list[socket.socket],
    *,
    silence: int = SILENCE,
) -> None:
    """One worker a listener, until SIGTERM or SIGINT. `silence`: seconds after which a worker
    without a heartbeat is replaced."""
    stop_by_signal()
    workers = [Worker(listener, Pulse()) for listener in listeners]
    try:
        while True:
            collect(workers)
            for worker in workers:
                if not worker.pid:
                    start(worker, config, pool)
                elif worker.is_hung(silence):
                    end_hung(worker)
            time.sleep(LOOK_EVERY)
    except Stop:
        stop_all(workers, STOP_SECONDS)


def end_hung(worker: Worker) -> None:
    """The stacks of its threads go to the log, then it is killed; collect() notes that."""
    print(f"Worker {worker.pid} hangs; it is replaced.", file=sys.stderr, flush=True)
    os.kill(worker.pid, signal.SIGUSR1)
    time.sleep(DUMP_SECONDS)
    os.kill(worker.pid, signal.SIGKILL)


def listen(host: str, port: int) -> socket.socket:
    """A socket for one worker, and for whoever replaces it: what connects meanwhile waits there.

    Each has its own, among which the kernel deals out the connections. On a shared one the worker
    that wakes first takes all that wait, and the others idle.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends each part of an answer at once (TCP_NODELAY); without
    # it, the body waits 40 ms for the browser to acknowledge the head.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def load(host: str, port: int) -> tuple[uvicorn.Config, CountingPool]:
    """Import all that a request needs, and tell the collector to leave it alone: looking at an
    object would copy its page. Also returns the threads that pages run in."""
    leave_out()
    from django.urls import get_resolver

    from community_hub.asgi import application, pool
    from community_hub.runtime.warm_up import warm_up_web

    _ = get_resolver().url_patterns
    warm_up_web()
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        lifespan="off",
        access_log=False,
        proxy_headers=False,  # lib/forwarded.py decides whose are believed
        timeout_graceful_shutdown=2,
    )
    config.load()
    settle_collector()
    return config, pool


def settle_collector() -> None:
    """No request looks at what is loaded once, and one looks at its own objects seldom: it makes
    some thousands, of which nearly all are freed by their counts."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def start(worker: Worker, config: uvicorn.Config, pool: CountingPool) -> None:
    """Give the place a new process."""
    worker.last, worker.silent = worker.pulse.read(), 0

    def work() -> int:
        faulthandler.register(signal.SIGUSR1)
        Server(config, pool, worker.pulse).run(sockets=[worker.listener])
        return 0

    fork(worker, work)


if __name__ == "__main__":
    main()
