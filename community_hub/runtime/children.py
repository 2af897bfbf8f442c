"""The processes that a first process forks and looks after: started, collected, stopped together.

What a child does, and when it is started again, is serve.py's and workers.py's.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import NoReturn, Protocol, TypeVar

PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop(BaseException):
    """Somebody asked us to stop. No `except Exception` on the way may swallow it."""


class Child(Protocol):
    """A place, and the process that has it now (0: none)."""

    pid: int


C = TypeVar("C", bound=Child)


def stop_by_signal() -> None:
    """From now on a signal to stop raises Stop, once."""
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise Stop


def fork(child: Child, work: Callable[[], int]) -> None:
    """Give the place a new process, which ends with the exit code that `work` returns, or with the
    first process, however that ends (on Linux). In the new process, this never returns."""
    # A signal that comes in between is neither lost nor handled by the new process as if it were us
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    if pid := os.fork():
        child.pid = pid
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        return
    try:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)  # uvicorn and Celery set their own
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        end_with_parent(signal.SIGTERM)
        _leave(work())
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    _leave(1)


def end_with_parent(how: signal.Signals) -> None:
    """Ask the kernel to signal this process when its parent ends, however that ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(how))


def _leave(code: int) -> NoReturn:
    """Not back into the first process's code."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def collect(children: Iterable[C], ended: Callable[[C, int], None] | None = None) -> None:
    """Take note of those that have ended, and tell `ended` of each, with its exit code."""
    for child in children:
        if child.pid:
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                child.pid = 0
                if ended:
                    ended(child, os.waitstatus_to_exitcode(status))


def stop_all(children: Iterable[Child], seconds: float) -> None:
    """Ask all, wait for so many seconds, then insist."""
    children = list(children)
    for child in children:
        if child.pid:
            os.kill(child.pid, signal.SIGTERM)
    until = time.monotonic() + seconds
    while any(child.pid for child in children) and time.monotonic() < until:
        time.sleep(0.05)
        collect(children)
    for child in children:
        if child.pid:
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            child.pid = 0
