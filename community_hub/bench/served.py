"""The same pages through the web server that `up` starts: two processes, real connections.

Whoever asks shares the cores with the web server, the database and Redis, so it does little itself:
it writes a request, and reads the status, the length and as many bytes. What a browser does with
them costs this machine nothing in the real world either.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
from django.conf import settings
from django.test import Client

from community_hub.bench.database import address_of_it
from community_hub.bench.figures import Figure, Machine, middle_and_high
from community_hub.bench.pages import addresses
from community_hub.runtime.processes import FEW_HEAPS
from inbox.models import Source
from team.models import User

CLIENTS = (1, 8)
SECONDS = 4.0  # of each measurement
FEWEST = 2  # answers that each client waits for, however long they take
A_SECOND = 100  # requests, at eight clients
MEMORY = 150  # MB of PSS, of the two processes
START_SECONDS = 60
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
MEASURED = ("list: needs reply", "conversation of 20, a click", "conversation of 20, a page",
            "member page")  # fmt: skip


@dataclass
class Visits:
    """What a number of clients met in some seconds: milliseconds of each answer, bytes of all."""

    took: list[float] = field(default_factory=list)
    size: int = 0


def served(user: User, source: Source, machine: Machine, seconds: float) -> Iterator[Figure]:
    cookie = session_of(user)
    with server() as (port, process):
        for name, (paths, headers, _budget) in addresses(source).items():
            if name not in MEASURED:
                continue
            for clients in CLIENTS:
                visits = visit(port, paths, {**headers, "Cookie": cookie}, clients, seconds)
                p50, p95 = middle_and_high(visits.took)
                where = f"http, {clients} at once, {name}"
                many = clients == max(CLIENTS)
                rate = len(visits.took) / seconds
                budget = A_SECOND / machine.scale if many else None
                yield Figure(f"{where}, p50", p50, "ms")
                yield Figure(f"{where}, p95", p95, "ms")
                yield Figure(f"{where}, rate", rate, "requests/s", budget, at_least=True)
                yield Figure(f"{where}, size", visits.size / len(visits.took), "bytes")
        workers = process.children(recursive=True)
        name = "http, memory of the web"
        yield Figure(f"{name} processes", memory_of(workers), "MB PSS", MEMORY)
        yield Figure(f"{name} server as a whole", memory_of([process, *workers]), "MB PSS")


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@contextmanager
def server() -> Iterator[tuple[int, psutil.Process]]:
    """Its port and first process. RuntimeError where it does not answer in time."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    python, root = sys.executable, settings.BASE_DIR
    collect = [python, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=root, check=True)  # noqa: S603 - our own words
    command = [python, "-m", "community_hub.runtime.serve", "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603 - our own words
        command, env=environment(port), cwd=root, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(port, process)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def environment(port: int) -> dict[str, str]:
    """As `up` starts it. With DEBUG each query would be logged, and none prepared."""
    return {
        **FEW_HEAPS,
        **os.environ,
        "DATABASE_URL": address_of_it(os.environ["DATABASE_URL"]),
        "HUB_URL": f"http://127.0.0.1:{port}",
        "DEBUG": "0",
    }


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server does not answer")


def visit(
    port: int, paths: list[str], headers: dict[str, str], clients: int, seconds: float
) -> Visits:
    """Each client asks for one page after the other over a connection of its own."""
    found, lock = Visits(), threading.Lock()
    errors: list[Exception] = []

    def go(offset: int, until: float, counted: bool) -> None:
        mine = Visits()
        try:
            with socket.create_connection(("127.0.0.1", port), 30) as connection:
                number = offset
                while time.perf_counter() < until or len(mine.took) < FEWEST:
                    took, size = ask(connection, paths[number % len(paths)], headers)
                    mine.took.append(took)
                    mine.size += size
                    number += clients
        except (OSError, RuntimeError) as error:
            errors.append(error)
        if counted:
            with lock:
                found.took += mine.took
                found.size += mine.size

    for length, counted in ((seconds / 4, False), (seconds, True)):  # the first only warms up
        until = time.perf_counter() + length
        threads = [threading.Thread(target=go, args=(n, until, counted)) for n in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
    return found


def ask(
    connection: socket.socket,
    path: str,
    headers: dict[str, str],
    method: str = "GET",
    status: int = 200,
) -> tuple[float, int]:
    """Milliseconds, and bytes of the body. RuntimeError where the answer is not whole, or of
    another status."""
    lines = {"Host": "127.0.0.1", **headers, "Accept-Encoding": "gzip"}
    if method == "POST":
        lines["Content-Length"] = "0"
    words = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    begun = time.perf_counter()
    connection.sendall(f"{method} {path} HTTP/1.1\r\n{words}\r\n".encode())
    head, found, body = b"", b"", b""
    while not found:
        head += received(connection)
        head, found, body = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if not head.startswith(f"HTTP/1.1 {status} ".encode()) or not length:
        raise RuntimeError(f"{path} answered {head[:40]!r}")
    size, missing = len(body), int(length[1]) - len(body)
    while missing > 0:
        part = len(received(connection))
        size, missing = size + part, missing - part
    return (time.perf_counter() - begun) * 1000, size


def received(connection: socket.socket) -> bytes:
    part = connection.recv(65_536)
    if not part:
        raise RuntimeError("the web server hung up")
    return part


def memory_of(processes: Iterable[psutil.Process]) -> float:
    """MB of proportional set size: a page that several processes share counts in parts."""
    return sum(one.memory_full_info().pss for one in processes) / 1e6
