"""`manage.py up` in a var/ of its own, as a person starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from community_hub.runtime import embedded

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "DATABASE_",
    "REDIS_URL",
    "SECRET_KEY",
    "CREDENTIAL_KEYS",
    "HUB_",
    "DJANGO_",
    "PYTEST_",
    "PYTHONDONT",
)


def a_script() -> None:
    """`up &` in a shell script starts it with Ctrl-C's signal ignored."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def a_terminal() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def manage(var: Path, *words: str) -> str:
    """What a command of the hub in this folder prints, run from another terminal."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(var),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def environment(var: Path) -> dict[str, str]:
    """Ours, without what names another hub."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    return env | {"HUB_VAR": str(var)}


class Up:
    """Use as a context manager; stops what it started. `more` joins its environment."""

    def __init__(
        self, var: Path, *words: str, started_by: Callable[[], None] = a_script, **more: str
    ) -> None:
        self.var = var
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *words],
            cwd=ROOT,
            env=environment(var) | {"WEB_CONCURRENCY": "1", "PYTHONUNBUFFERED": "1"} | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=started_by,
        )
        self.said = ""

    def __enter__(self) -> "Up":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def until_it_says(self, pattern: str) -> re.Match[str]:
        """Read lines until one matches; fails with all that was said when `up` ends before."""
        for line in self.process.stdout:
            self.said += line
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"{pattern!r} was never said:\n{self.said}")

    def rest(self) -> str:
        self.said += self.process.communicate(timeout=400)[0]
        return self.said

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        if not self.process.stdout.closed:
            self.process.stdout.read()
        return self.process.wait(60)


def processes(var: Path) -> list[psutil.Process]:
    """Everything that belongs to the hub in `var`, by its environment or, as Redis overwrites that,
    by its words."""
    mark = f"HUB_VAR={var}"
    places = (
        f"{var}/",
        f"{embedded.Var(var).sockets}/",
    )  # the sockets of a deep var/ lie elsewhere
    found = []
    for process in psutil.process_iter():
        try:
            told = Path(f"/proc/{process.pid}/environ").read_bytes().decode(errors="replace")
            words = " ".join(process.cmdline())
        except (OSError, psutil.Error):
            continue  # gone, or somebody else's
        ours = mark in told.split("\0") or any(place in words for place in places)
        if ours and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def wait_until_gone(var: Path, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while left := processes(var):
        assert time.monotonic() < until, [process.cmdline() for process in left]
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
