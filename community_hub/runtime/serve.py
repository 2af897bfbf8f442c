"""The web server: `python -m community_hub.runtime.serve --port 8000 --workers 2`.

uvicorn's own --workers starts each process anew. Here the application is loaded once and then
forked, so that two workers start as fast as one and share what they do not change. A worker that
ends is replaced; all end with the first process, however that ends (on Linux).
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import socket
import time
from types import FrameType

import uvicorn

from community_hub.runtime.servers import end_with_parent

BACKLOG = 512  # connections that may wait for a worker
PAUSE = 1.0  # seconds before a worker that ended is replaced, so that a broken one does not spin


class Stop(Exception):
    """Somebody asked us to stop."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    free = [listen(options.host, options.port) for _ in range(options.workers)]
    config = load(options.host, options.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    workers: dict[int, socket.socket] = {}
    try:
        while True:
            while free:
                listener = free.pop()
                workers[fork(config, listener)] = listener
            free.append(workers.pop(os.wait()[0]))
            time.sleep(PAUSE)
    except Stop:
        for pid in workers:
            os.kill(pid, signal.SIGTERM)
        for pid in workers:
            os.waitpid(pid, 0)


def stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise Stop


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


def load(host: str, port: int) -> uvicorn.Config:
    """Import all that a request needs, and tell the collector to leave it alone: looking at an
    object would copy its page."""
    from django.urls import get_resolver

    from community_hub.asgi import application

    _ = get_resolver().url_patterns
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
    gc.collect()
    gc.freeze()
    return config


def fork(config: uvicorn.Config, listener: socket.socket) -> int:
    """The new worker's id. In the worker, this never returns."""
    if pid := os.fork():
        return pid
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # uvicorn sets its own
    end_with_parent(signal.SIGTERM)
    code = 1
    try:
        uvicorn.Server(config).run(sockets=[listener])
        code = 0
    finally:
        os._exit(code)  # not back into the first process's code


if __name__ == "__main__":
    main()
