"""A requests.Session for client libraries that insist on one. It sends through the transport of
http.py, so there is one guard and not two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from community_hub.lib.addresses import origin_of
from community_hub.lib.http import (
    MAX_BYTES,
    MAX_REDIRECTS,
    TIMEOUT,
    USER_AGENT,
    GuardedTransport,
    UnsafeRedirect,
    keep_portable,
    moved,
)

T = TypeVar("T")


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


class GuardedSession(requests.Session):
    """requests follows the redirects; these two hooks keep credentials and writes at home."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and resp.request.method not in ("GET", "HEAD"):
            raise UnsafeRedirect(moved(target))
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
