"""The programs that make a hub: started, watched, and stopped together.

Each runs in a session of its own, so that a Ctrl-C in the terminal reaches only `up`, which stops
them in order. When `up` itself is killed, the kernel tells them to end (on Linux).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from community_hub.runtime.children import end_with_parent

STOP_SECONDS = 12
RESTARTS = 3  # within RESTART_WINDOW: past that it is broken, and a person should look
RESTART_WINDOW = 120.0
LOG_BYTES = 5_000_000
# Threads come and go: glibc would give each a heap of its own, and keep what is freed. 1 MB of it
# is kept: a page of 230 KB is put together from parts that would each be asked for and returned.
FEW_HEAPS = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "524288",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}


@dataclass
class Program:
    """One process and its log."""

    name: str
    command: list[str]
    log: Path
    env: dict[str, str]
    parts: tuple[str, ...] = ()  # processes that write logs of their own, beside this one
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts.append(time.monotonic())
        with open_private(self.log) as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=Path(__file__).resolve().parents[2],
                start_new_session=True,
                preexec_fn=prepare_child,
            )

    @property
    def logs(self) -> list[Path]:
        return [self.log, *(self.log.with_name(f"{part}.log") for part in self.parts)]

    def rotate_logs(self) -> None:
        for log in self.logs:
            rotate(log)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def keeps_falling(self) -> bool:
        return often(self.starts)

    def last_words(self, lines: int = 12) -> str:
        said = []
        for log in self.logs:
            text = log.read_text(errors="replace") if log.exists() else ""
            said += [f"  {log.stem} | {line}" for line in text.splitlines()[-lines:]]
        return "\n".join(said)

    def send(self, number: signal.Signals) -> None:
        """To the whole group: a web server's workers must not outlive it."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return  # all gone


def rotate(log: Path) -> None:
    """Keep the newest LOG_BYTES beside, and begin the file anew once it is longer. The program
    goes on writing to the same file, which it appends to."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        with open_private(log.with_suffix(".before.log"), truncate=True) as kept:
            kept.write(log.read_bytes()[-LOG_BYTES:])
        os.truncate(log, 0)


def open_private(path: Path, *, truncate: bool = False) -> BinaryIO:
    """For appending; readable for nobody but us."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if truncate else os.O_APPEND)
    return os.fdopen(os.open(path, flags, 0o600), "wb" if truncate else "ab")


def prepare_child() -> None:
    """End when `up` ends; what is written (mails, logs) is for nobody but us."""
    end_with_parent(signal.SIGTERM)
    os.umask(0o077)


def often(moments: list[float]) -> bool:
    """Whether something happened more often of late than can be put down to chance."""
    return len([at for at in moments if time.monotonic() - at < RESTART_WINDOW]) > RESTARTS


def programs(log: Path, env: dict[str, str], *, host: str, port: int) -> list[Program]:
    """The web server, and the process that is beat and that the workers are forked from."""
    python = sys.executable
    web = [python, "-m", "community_hub.runtime.serve", "--host", host, "--port", str(port)]
    web += ["--workers", str(web_workers())]
    workers = [python, "-m", "community_hub.runtime.workers", "--log", str(log)]
    return [
        Program("web", web, log / "web.log", env),
        Program("workers", workers, log / "workers.log", env, ("worker", "delivery", "pictures")),
    ]


def web_workers() -> int:
    """Two, or one on a machine with a single core; WEB_CONCURRENCY says otherwise."""
    given = os.environ.get("WEB_CONCURRENCY")
    return int(given) if given else min(2, os.cpu_count() or 1)


def stop_all(running: list[Program]) -> None:
    """Ask all at once, wait, then insist."""
    for program in running:
        if program.alive and program.process:
            program.process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for program in running:
        while program.alive and time.monotonic() < until:
            time.sleep(0.05)
    for program in running:
        program.send(signal.SIGKILL)
        if program.process:
            program.process.wait()
