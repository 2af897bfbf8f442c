"""Pages, which Django answers as a whole in a thread, behind a server that speaks ASGI."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Executor
from io import BytesIO
from typing import Any

from .frame_room import with_frame_room

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
WITHOUT_PREFIX = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}


class Pages:
    """An ASGI application for a WSGI application whose answers end. Each is made in one job of the
    pool and handed to the server in one piece: a thread that passes on part after part waits for
    the event loop each time, and the loop for the thread."""

    def __init__(self, application: Callable[..., Iterable[bytes]], pool: Executor) -> None:
        self.application = application
        self.pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        asked = environ(scope, await body_of(receive))
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(self.pool, self.answer, asked)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    @with_frame_room
    def answer(self, asked: dict[str, Any]) -> tuple[int, Headers, bytes]:
        """Status, headers and body."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            begun.append((status, headers))

        parts = self.application(asked, start_response)
        try:
            content = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        status, headers = begun[-1]
        named = [(name.lower().encode("latin-1"), each.encode("latin-1")) for name, each in headers]
        return int(status[:3]), named, content


async def body_of(receive: Receive) -> bytes:
    """lib/request_body.py has seen to it that there is an end."""
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = bool(message.get("more_body"))
    return b"".join(parts)


def environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """What WSGI calls what ASGI says: PEP 3333, whose text holds bytes as Latin-1."""
    server, port = scope.get("server") or ("localhost", 80)
    made = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": _latin(scope.get("root_path", "")),
        "PATH_INFO": _latin(scope["path"]).removeprefix(_latin(scope.get("root_path", ""))),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        made["REMOTE_ADDR"] = scope["client"][0]
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        key = WITHOUT_PREFIX.get(name) or f"HTTP_{name}".upper().replace("-", "_")
        if key in made:
            value = f"{made[key]}{'; ' if name == 'cookie' else ','}{value}"
        made[key] = value
    return made


def _latin(text: str) -> str:
    return text.encode().decode("latin-1")
