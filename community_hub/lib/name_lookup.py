"""Addresses of a host by its name, within a time: the system's own call knows no limit."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import Future
from typing import Any

import httpcore

MOST = 16  # look-ups at once; one that hangs keeps its thread until the system gives up
_free = threading.BoundedSemaphore(MOST)


def look_up(host: str, port: int, seconds: float | None) -> list[str]:
    """Each address once. Raises httpcore.ConnectTimeout where that takes longer than `seconds`,
    and httpcore.ConnectError when the name is unknown."""
    ends = None if seconds is None else time.monotonic() + seconds
    if not _free.acquire(timeout=seconds):
        raise httpcore.ConnectTimeout(f"The name {host} could not be looked up in time.")
    found: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # for whoever waits, if anybody still does
            found.set_exception(error)
        finally:
            _free.release()

    threading.Thread(target=ask, name="name look-up", daemon=True).start()
    try:
        entries = found.result(None if ends is None else max(0.0, ends - time.monotonic()))
    except TimeoutError as error:  # an OSError too
        text = f"The name {host} could not be looked up in time."
        raise httpcore.ConnectTimeout(text) from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"The name {host} could not be looked up.") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))
