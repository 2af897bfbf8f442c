"""How a web worker shows that it can still answer pages.

A counter in memory that the first process shares with the worker. The worker's event loop advances
it, and only when a job went through the threads that pages run in: a loop that is blocked and
threads that are all stuck both leave it standing.
"""

from __future__ import annotations

import asyncio
import mmap
import socket
from concurrent.futures import Future

import uvicorn

from community_hub.lib.counting_pool import CountingPool

BEAT_EVERY = 1.0  # seconds


class Pulse:
    """A counter that a process and those it forks later have in common."""

    def __init__(self) -> None:
        self._count = memoryview(mmap.mmap(-1, 8)).cast("Q")

    def advance(self) -> None:
        self._count[0] += 1

    def read(self) -> int:
        return self._count[0]


class Server(uvicorn.Server):
    """uvicorn, with a pulse."""

    def __init__(self, config: uvicorn.Config, pool: CountingPool, pulse: Pulse) -> None:
        super().__init__(config)
        self.pool = pool
        self.pulse = pulse

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.beating = asyncio.create_task(beat(self.pool, self.pulse))


async def beat(pool: CountingPool, pulse: Pulse) -> None:
    """Advance whenever a job has ended: a request, or, where there is none, an empty job of ours.

    An empty job alone would wait behind a long queue of slow requests, which is no reason to count
    as hung.
    """
    known = -1
    empty: Future[None] | None = None
    while True:
        if empty is None or empty.done():
            empty = pool.submit(nothing)
        if pool.ended != known:
            known = pool.ended
            pulse.advance()
        await asyncio.sleep(BEAT_EVERY)


def nothing() -> None:
    """The empty job."""
