"""The guarded way out: every request the hub makes to an address somebody typed goes through here.

One httpx transport holds the whole guard, and http_session.py sends through the same one: a host
that resolves to a private address is refused, on the address that is really connected to; bodies
are capped while they stream, decompressed bytes counted; credentials stay at their origin.
`settings.HTTP_ALLOWED_ORIGINS` names the exact origins ("http://127.0.0.1:8000") that are exempt.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping, Sequence
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
from community_hub.lib.http_body import CappedStream, TooLarge, too_large
from community_hub.lib.http_deadline import TimedBackend, hurry, shared_end, until

MAX_BYTES = 20_000_000
MAX_REDIRECTS = 5
MAX_SECONDS = 120.0  # for one whole body: a server may not drip for ever
TIMEOUT = 20.0
USER_AGENT = "CommunityHub/0.1"

# What may follow a redirect to another origin. An allow-list: tokens travel in many headers.
PORTABLE_HEADERS = {"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"}


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


class GuardedBackend(TimedBackend):
    """Connects to the very address that was checked, so a second DNS answer changes nothing.

    TLS is layered on later with the name from the URL, so certificates are still checked by name.
    """

    def addresses(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        return resolve_public(host, port, seconds)[:4]


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
        request.headers["Accept-Encoding"] = "gzip"  # the only one that http_body.py bounds
        inner = self._open if is_allowed_origin(str(request.url)) else self._pinned
        ends = time.monotonic() + self._max_seconds
        limit = shared_end()
        if limit is not None:
            ends = min(ends, limit)
            hurry(request, limit - time.monotonic())
        with until(ends):
            response = inner.handle_request(request)
        return self._capped(request, response, ends)

    def _capped(
        self, request: httpx.Request, response: httpx.Response, ends: float
    ) -> httpx.Response:
        announced = response.headers.get("content-length", "")
        if request.method != "HEAD" and announced.isdigit() and int(announced) > self._max_bytes:
            response.close()
            raise TooLarge(too_large(request, self._max_bytes), request=request)
        encoding = response.headers.get("content-encoding", "").strip().lower()
        stream = CappedStream(request, response, encoding, self._max_bytes, ends)
        dropped = {b"content-encoding", b"content-length", b"transfer-encoding"}
        headers = [(k, v) for k, v in response.headers.raw if k.lower() not in dropped]
        return httpx.Response(
            response.status_code, headers=headers, stream=stream, extensions=response.extensions
        )

    def close(self) -> None:
        self._pinned.close()
        self._open.close()


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


def moved(target: str) -> str:
    return f"The address redirects to {origin_of(target)}, and a message is never sent after it."
