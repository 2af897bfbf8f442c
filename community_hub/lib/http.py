"""The guarded way out: every request the hub makes to an address somebody typed goes through here.

One httpx transport holds the whole guard, and the requests adapter sends through the same one:
a host that resolves to a private address is refused, on the address that is really connected to;
bodies are capped while they stream, decompressed bytes counted; credentials stay at their origin.
`settings.HTTP_ALLOWED_ORIGINS` names the exact origins ("http://127.0.0.1:8000") that are exempt.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpcore
import httpx
import requests
from django.conf import settings
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

T = TypeVar("T")

MAX_BYTES = 20_000_000
MAX_REDIRECTS = 5
MAX_SECONDS = 120.0  # for one whole body: a server may not drip for ever
TIMEOUT = 20.0
USER_AGENT = "CommunityHub/0.1"

# What may follow a redirect to another origin. An allow-list: tokens travel in many headers.
PORTABLE_HEADERS = {"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"}
DEFAULT_PORTS = {"http": 80, "https": 443}
# NAT64 (RFC 6052, RFC 8215), Teredo (RFC 4380), 6to4 (RFC 3056), its relays, and the one public
# address that clouds use for themselves: each could lead back into a private network.
TUNNELS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "fec0::/10",
    )
)


_ends: ContextVar[float | None] = ContextVar("outbound_http_ends", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All requests made inside share this many seconds: a person waits for the answer."""
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


class BlockedAddress(httpx.ConnectError):
    """The host resolves to an address inside a private network; nothing was sent."""


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


def guarded_session(*, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> requests.Session:
    """A requests session behind the same guard, for clients that insist on requests."""
    session = GuardedSession()
    session.headers["User-Agent"] = USER_AGENT
    session.trust_env = False
    session.max_redirects = MAX_REDIRECTS
    adapter = GuardedAdapter(timeout=timeout, max_bytes=max_bytes)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet may reach."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if any(ip.version == tunnel.version and ip in tunnel for tunnel in TUNNELS):
        return False
    refused = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_reserved
    return ip.is_global and not refused and not ip.is_multicast and not ip.is_unspecified


def origin_of(url: str) -> str:
    """scheme://host:port in lower case, the port always written out."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    port = parts.port or DEFAULT_PORTS.get(scheme, 0)
    return f"{scheme}://{(parts.hostname or '').lower()}:{port}"


def is_allowed_origin(url: str) -> bool:
    """Whether the settings exempt this exact origin from the address check."""
    allowed = getattr(settings, "HTTP_ALLOWED_ORIGINS", ())
    return origin_of(url) in {origin_of(entry) for entry in allowed}


def resolve_public(host: str, port: int) -> list[str]:
    """The public addresses of a host. Raises BlockedAddress when it has only others, and
    httpcore.ConnectError when its name is unknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"The name {host} could not be looked up.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise BlockedAddress(f"{host} leads into a private network.")
    return public


class GuardedBackend(httpcore.SyncBackend):
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


class _PinnedTransport(httpx.HTTPTransport):
    """httpx's own transport over a pool that connects through the guarded backend."""

    def __init__(self, verify: ssl.SSLContext) -> None:
        super().__init__(verify=verify)
        self._pool = httpcore.ConnectionPool(  # httpx has no parameter for the network backend
            ssl_context=verify,
            max_connections=10,
            max_keepalive_connections=5,
            keepalive_expiry=5.0,
            network_backend=GuardedBackend(),
        )


class GuardedTransport(httpx.BaseTransport):
    """Checks the address, caps the body. Redirects come through here one by one."""

    def __init__(self, *, max_bytes: int = MAX_BYTES, max_seconds: float = MAX_SECONDS) -> None:
        context = _tls()
        self._pinned = _PinnedTransport(verify=context)
        self._open = httpx.HTTPTransport(verify=context)
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
        for chunk in chunks:
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
        try:
            for chunk in chunks:
                while chunk:
                    piece = unpack.decompress(chunk, 65_536)
                    if piece:
                        yield piece
                    chunk = unpack.unconsumed_tail
                    if unpack.eof:
                        chunk = unpack.unused_data
                        if not chunk.startswith(b"\x1f\x8b"):  # padding; else another member
                            return
                        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
            yield unpack.flush()
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
                raise UnsafeRedirect(_moved(str(response.next_request.url)), request=request)
            if len(history) > self.max_redirects:
                raise httpx.TooManyRedirects("It redirects in circles.", request=request)
            following = response.next_request
            if origin_of(str(following.url)) != origin_of(str(request.url)):
                keep_portable(following.headers)
                auth = None
            request = following


class GuardedSession(requests.Session):
    """requests follows the redirects; these two hooks keep credentials and writes at home."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and resp.request.method not in ("GET", "HEAD"):
            raise UnsafeRedirect(_moved(target))
        return target

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        if origin_of(prepared_request.url or "") != origin_of(response.request.url or ""):
            keep_portable(prepared_request.headers)


class GuardedAdapter(BaseAdapter):
    """Sends what requests prepared through the guarded httpx transport: one guard, not two."""

    def __init__(self, *, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> None:
        super().__init__()
        self._timeout = timeout
        self._transport = GuardedTransport(max_bytes=max_bytes)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        connect, read = connect or self._timeout, read or self._timeout
        try:
            outgoing = httpx.Request(
                request.method or "GET",
                request.url or "",
                headers={str(k): v for k, v in request.headers.items()},
                content=request.body,
                extensions={
                    "timeout": {"connect": connect, "read": read, "write": read, "pool": connect}
                },
            )
        except httpx.InvalidURL as error:
            raise requests.exceptions.InvalidURL(str(error), request=request) from error
        answer = _as_requests(request, lambda: self._transport.handle_request(outgoing))
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.reason = answer.reason_phrase
        response.raw = _RawBody(request, answer)
        response.url = request.url or ""
        response.request = request
        return response

    def close(self) -> None:
        self._transport.close()


class _RawBody:
    """What requests reads a body from."""

    def __init__(self, request: requests.PreparedRequest, answer: httpx.Response) -> None:
        self._request = request
        self._answer = answer

    def stream(self, chunk_size: int, decode_content: bool = True) -> Iterator[bytes]:
        assert isinstance(self._answer.stream, httpx.SyncByteStream)
        chunks = iter(self._answer.stream)
        while True:
            chunk = _as_requests(self._request, lambda: next(chunks, None))
            if chunk is None:
                self.close()
                return
            yield chunk

    def close(self) -> None:
        self._answer.close()

    def release_conn(self) -> None:
        self._answer.close()


def _as_requests(request: requests.PreparedRequest, call: Callable[[], T]) -> T:
    """Run a call of httpx and raise what a client built on requests expects; the cause stays."""
    try:
        return call()
    except httpx.ConnectTimeout as error:
        raise requests.exceptions.ConnectTimeout(str(error), request=request) from error
    except httpx.TimeoutException as error:
        raise requests.exceptions.ReadTimeout(str(error), request=request) from error
    except httpx.DecodingError as error:
        raise requests.exceptions.ContentDecodingError(str(error), request=request) from error
    except httpx.HTTPError as error:
        raise requests.exceptions.ConnectionError(str(error), request=request) from error


def keep_portable(headers: Any) -> None:
    """Drop every header that another origin has no business reading."""
    for name in list(headers):
        if name.lower() not in PORTABLE_HEADERS | {"host"}:
            del headers[name]


@cache
def _tls() -> ssl.SSLContext:
    """One for all: reading the certificate authorities takes longer than most requests."""
    return httpx.create_ssl_context()


def _too_large(request: httpx.Request, max_bytes: int) -> str:
    return f"{request.url.host} sent more than {max_bytes // 1_000_000 or 1} MB."


def _moved(target: str) -> str:
    return f"The address redirects to {origin_of(target)}, and a message is never sent after it."
