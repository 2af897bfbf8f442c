"""The guarded way out: every request the hub makes to an address somebody typed goes through here.

One httpx transport holds the whole guard, and http_session.py sends through the same one: a host
that resolves to a private address is refused, on the address that is really connected to; bodies
are capped while they stream, decompressed bytes counted; credentials stay at their origin.
`settings.HTTP_ALLOWED_ORIGINS` names the exact origins ("http://127.0.0.1:8000") that are exempt.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

from community_hub.lib.addresses import (
    DEFAULT_PORTS,
    is_allowed_origin,
    origin_of,
    resolve_public,
)

MAX_BYTES = 20_000_000
MAX_REDIRECTS = 5
MAX_SECONDS = 120.0  # for one whole body: a server may not drip for ever
TIMEOUT = 20.0
USER_AGENT = "CommunityHub/0.1"
GZIP_HEAD = b"\x1f\x8b"

# What may follow a redirect to another origin. An allow-list: tokens travel in many headers.
PORTABLE_HEADERS = {"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"}
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


class TooLarge(httpx.TransportError):
    """The body is longer than the cap; reading stopped there."""


class UnsafeRedirect(httpx.TransportError):
    """A request that writes was redirected; following could lose, repeat or leak it."""


def guarded_client(
    *,
    base_url: str = "",
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
    auth: Any = None,
) -> httpx.Client:
    """An httpx client behind the guard. `timeout` in seconds, for each connect, read and write."""
    return GuardedClient(
        base_url=base_url,
        headers={"User-Agent": USER_AGENT, **(headers or {})},
        timeout=timeout,
        auth=auth,
        transport=GuardedTransport(max_bytes=max_bytes),
        trust_env=False,
        max_redirects=MAX_REDIRECTS,
    )


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
        left = _left(timeout, httpcore.ConnectTimeout)
        return TimedStream(super().connect_tcp(host, port, left, local_address, socket_options))


class GuardedBackend(TimedBackend):
    """Connects to the very address that was checked, so a second DNS answer changes nothing.

    TLS is layered on later with the name from the URL, so certificates are still checked by name.
    """

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in resolve_public(host, port)[:4]:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        assert failure is not None  # resolve_public gave at least one address
        raise failure


class _Transport(httpx.HTTPTransport):
    """httpx's own transport over a pool that connects through a backend of ours."""

    def __init__(self, verify: ssl.SSLContext, backend: httpcore.NetworkBackend) -> None:
        super().__init__(verify=verify)
        self._pool = httpcore.ConnectionPool(  # httpx has no parameter for the network backend
            ssl_context=verify,
            max_connections=10,
            max_keepalive_connections=5,
            keepalive_expiry=5.0,
            network_backend=backend,
        )


class GuardedTransport(httpx.BaseTransport):
    """Checks the address, caps the body. Redirects come through here one by one."""

    def __init__(self, *, max_bytes: int = MAX_BYTES, max_seconds: float = MAX_SECONDS) -> None:
        context = tls()
        self._pinned = _Transport(context, GuardedBackend())
        self._open = _Transport(context, TimedBackend())
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme not in DEFAULT_PORTS or not request.url.host:
            raise httpx.UnsupportedProtocol(
                "Only http:// and https:// addresses can be reached.", request=request
            )
        request.headers["Accept-Encoding"] = "gzip"  # the only one that _inflate bounds
        inner = self._open if is_allowed_origin(str(request.url)) else self._pinned
        ends = time.monotonic() + self._max_seconds
        limit = _ends.get()
        if limit is not None:
            ends = min(ends, limit)
            _hurry(request, limit - time.monotonic())
        with _until(ends):
            response = inner.handle_request(request)
        return self._capped(request, response, ends)

    def _capped(
        self, request: httpx.Request, response: httpx.Response, ends: float
    ) -> httpx.Response:
        announced = response.headers.get("content-length", "")
        if request.method != "HEAD" and announced.isdigit() and int(announced) > self._max_bytes:
            response.close()
            raise TooLarge(_too_large(request, self._max_bytes), request=request)
        encoding = response.headers.get("content-encoding", "").strip().lower()
        stream = _CappedStream(request, response, encoding, self._max_bytes, ends)
        dropped = {b"content-encoding", b"content-length", b"transfer-encoding"}
        headers = [(k, v) for k, v in response.headers.raw if k.lower() not in dropped]
        return httpx.Response(
            response.status_code, headers=headers, stream=stream, extensions=response.extensions
        )

    def close(self) -> None:
        self._pinned.close()
        self._open.close()


@contextmanager
def _until(ends: float) -> Iterator[None]:
    """What is read and written inside is done by `ends`, a moment of the monotonic clock."""
    token = _deadline.set(ends)
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    """`timeout` in seconds, or what the deadline leaves where that is less."""
    ends = _deadline.get()
    if ends is None:
        return timeout
    left = ends - time.monotonic()
    if left <= 0:
        raise error("The answer took too long.")
    return left if timeout is None else min(timeout, left)


def _hurry(request: httpx.Request, left: float) -> None:
    """Shorten the request's own timeouts to what `within` leaves."""
    if left <= 0:
        raise httpx.ConnectTimeout("There was no time left to ask.", request=request)
    given = request.extensions.get("timeout", {})
    request.extensions["timeout"] = {
        part: min(given.get(part) or left, left) for part in ("connect", "read", "write", "pool")
    }


class _CappedStream(httpx.SyncByteStream):
    """The decompressed body in pieces, until the cap or the time is used up."""

    def __init__(
        self,
        request: httpx.Request,
        response: httpx.Response,
        encoding: str,
        max_bytes: int,
        ends: float,
    ) -> None:
        self._request = request
        self._response = response
        self._encoding = encoding
        self._max_bytes = max_bytes
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._response.stream, httpx.SyncByteStream)
        total = 0
        for piece in self._decoded(self._in_time(self._response.stream)):
            total += len(piece)
            if total > self._max_bytes:
                self.close()
                raise TooLarge(_too_large(self._request, self._max_bytes), request=self._request)
            yield piece

    def _in_time(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        waiting = iter(chunks)
        while True:
            with _until(self._ends):
                chunk = next(waiting, None)
            if chunk is None:
                return
            if time.monotonic() > self._ends:
                self.close()
                raise httpx.ReadTimeout("The answer took too long.", request=self._request)
            yield chunk

    def _decoded(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        if self._encoding in ("", "identity"):
            return iter(chunks)
        if self._encoding in ("gzip", "x-gzip", "deflate"):
            return self._inflate(chunks)
        raise httpx.DecodingError(
            f"The answer is packed as {self._encoding[:20]}, which was not asked for.",
            request=self._request,
        )

    def _inflate(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Unpack at most 64 KB at a time, so that a bomb never swells in memory."""
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
        rest = b""  # what follows a member: another one, or padding; its head may be cut in two
        try:
            for chunk in chunks:
                chunk, rest = rest + chunk, b""
                while chunk:
                    if unpack.eof:
                        if len(chunk) < len(GZIP_HEAD) and GZIP_HEAD.startswith(chunk):
                            rest = chunk
                            break
                        if not chunk.startswith(GZIP_HEAD):
                            return
                        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
                    piece = unpack.decompress(chunk, 65_536)
                    if piece:
                        yield piece
                    chunk = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            yield unpack.flush()
            if not unpack.eof:
                raise httpx.DecodingError("The answer was cut off.", request=self._request)
        except zlib.error as error:
            raise httpx.DecodingError(
                "The answer is garbled: it could not be unpacked.", request=self._request
            ) from error

    def close(self) -> None:
        self._response.close()


class GuardedClient(httpx.Client):
    """Follows redirects itself, so that nothing secret crosses to another origin."""

    def send(
        self,
        request: httpx.Request,
        *,
        stream: bool = False,
        auth: Any = httpx.USE_CLIENT_DEFAULT,
        follow_redirects: Any = httpx.USE_CLIENT_DEFAULT,
    ) -> httpx.Response:
        history: list[httpx.Response] = []
        while True:
            response = super().send(request, stream=stream, auth=auth, follow_redirects=False)
            response.history = list(history)
            if response.next_request is None or follow_redirects is False:
                return response
            response.close()
            history.append(response)
            if request.method not in ("GET", "HEAD"):
                raise UnsafeRedirect(moved(str(response.next_request.url)), request=request)
            if len(history) > self.max_redirects:
                raise httpx.TooManyRedirects("It redirects in circles.", request=request)
            following = response.next_request
            if origin_of(str(following.url)) != origin_of(str(request.url)):
                keep_portable(following.headers)
                auth = None
            request = following


def keep_portable(headers: Any) -> None:
    """Drop every header that another origin has no business reading."""
    for name in list(headers):
        if name.lower() not in PORTABLE_HEADERS | {"host"}:
            del headers[name]


@cache
def tls() -> ssl.SSLContext:
    """One for all: reading the certificate authorities takes longer than most requests."""
    return httpx.create_ssl_context()


def _too_large(request: httpx.Request, max_bytes: int) -> str:
    return f"{request.url.host} sent more than {max_bytes // 1_000_000 or 1} MB."


def moved(target: str) -> str:
    return f"The address redirects to {origin_of(target)}, and a message is never sent after it."
