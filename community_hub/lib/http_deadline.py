"""How long requests of the guarded client may take: all that a person waits for together, and each
of them to its last byte."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from community_hub.lib.name_lookup import look_up

_ends: ContextVar[float | None] = ContextVar("outbound_http_ends", default=None)
_deadline: ContextVar[float | None] = ContextVar("outbound_http_deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All requests made inside share this many seconds: a person waits for the answer."""
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


def shared_end() -> float | None:
    """When the time that `within` gives is over, by the monotonic clock; None outside of it."""
    return _ends.get()


class TimedStream(httpcore.NetworkStream):
    """A connection on which no read or write outlives the request's deadline, so that header
    lines that drip byte by byte do not either."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class TimedBackend(httpcore.SyncBackend):
    """Connects within the request's deadline, to whatever address the name has."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in self.addresses(host, port, _left(timeout, httpcore.ConnectTimeout)):
            try:
                left = _left(timeout, httpcore.ConnectTimeout)
                return TimedStream(
                    super().connect_tcp(address, port, left, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        assert failure is not None  # there was at least one address
        raise failure

    def addresses(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        """Where to connect to, one after the other until one answers."""
        return look_up(host, port, seconds)


@contextmanager
def until(ends: float) -> Iterator[None]:
    """What is read and written inside is done by `ends`, a moment of the monotonic clock."""
    token = _deadline.set(ends)
    try:
        yield
    finally:
        _deadline.reset(token)


def hurry(request: httpx.Request, left: float) -> None:
    """Shorten the request's own timeouts to what `within` leaves."""
    if left <= 0:
        raise httpx.ConnectTimeout("There was no time left to ask.", request=request)
    given = request.extensions.get("timeout", {})
    request.extensions["timeout"] = {
        part: min(given.get(part) or left, left) for part in ("connect", "read", "write", "pool")
    }


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    """`timeout` in seconds, or what the deadline leaves where that is less."""
    ends = _deadline.get()
    if ends is None:
        return timeout
    left = ends - time.monotonic()
    if left <= 0:
        raise error("The answer took too long.")
    return left if timeout is None else min(timeout, left)
