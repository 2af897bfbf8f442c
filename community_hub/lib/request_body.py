"""What a request has to be before it costs a thread: whole, of a bearable size, and in time.

Eight threads answer all pages. One that waited for a form that arrives byte by byte would be taken
from everybody else, and a form that was cut off would be read as if it ended there: half a reply
could go out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

MOST = 3_000_000  # bytes; more than a form may have (DATA_UPLOAD_MAX_MEMORY_SIZE), and no files
SECONDS = 60.0  # for one whole body
MOST_UPLOADED = (
    16_000_000  # bytes, where files are sent: one of team.files.MOST_BYTES, and the rest
)
UPLOAD_SECONDS = 10 * 60.0  # from a phone with a poor connection
UPLOADS_AT_ONCE = 8  # each is held in memory

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Refused(Exception):
    """There is nothing to answer to, or this is the answer."""

    def __init__(self, status: HTTPStatus | None = None) -> None:
        super().__init__(status)
        self.status = status


_uploads = asyncio.Semaphore(UPLOADS_AT_ONCE)


async def whole(scope: Scope, receive: Receive, *, takes_files: bool = False) -> Receive:
    """The same request with its body in hand. Refused where it is too long, too slow or cut off.
    `takes_files`: its address does, so the body may be longer."""
    announced = dict(scope["headers"]).get(b"content-length", b"")
    is_small = announced.isdigit() and len(announced) < 12 and int(announced) <= MOST
    if not takes_files or is_small or scope["method"] != "POST":
        return await _whole(announced, receive, MOST, SECONDS)
    async with _uploads:
        return await _whole(announced, receive, MOST_UPLOADED, UPLOAD_SECONDS)


async def _whole(announced: bytes, receive: Receive, most: int, seconds: float) -> Receive:
    if announced.isdigit() and (len(announced) > 12 or int(announced) > most):
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        async with asyncio.timeout(seconds):
            body = await _read(receive, most)
    except TimeoutError as error:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT) from error
    return _handed_over(body, receive)


async def refuse(status: HTTPStatus, send: Send) -> None:
    """Says why and hangs up, since the rest of the body may still be on its way."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": f"{status.phrase}\n".encode()})


def plainly(scope: Scope) -> Scope:
    """Without headers that have an underscore: in WSGI, `X_Forwarded_For` is not to be told from
    the `X-Forwarded-For` that our proxy wrote."""
    return {**scope, "headers": [h for h in scope["headers"] if b"_" not in h[0]]}


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused
        body += message.get("body", b"")
        if len(body) > most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not message.get("more_body"):
            return bytes(body)


def _handed_over(body: bytes, receive: Receive) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def first_the_body() -> dict[str, Any]:
        return next(messages, None) or await receive()

    return first_the_body
