"""A small HTTP server in a thread, on 127.0.0.1: what the local platforms of tests are built on.

Standard library only. Outside packages use it too: see sample_server.py for a whole platform.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class ReceivedRequest:
    """One request as the server received it."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]  # names in lower case
    body: bytes

    def value(self, name: str, default: str = "") -> str:
        return dict(self.query).get(name, default)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Answer:
    """What to say. `body`: bytes, text, a JSON value, or an iterable of chunks to stream.
    `end_live_streams`: close the connection without a word, after the request was handled."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    end_live_streams: bool = False


class LocalServer:
    """`with LocalServer(answer) as server: server.url`; every request is kept in `asked`."""

    def __init__(self, answer: Callable[[ReceivedRequest], Answer]) -> None:
        self.asked: list[ReceivedRequest] = []
        self._answer = answer
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> LocalServer:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement

            def handle_any(self) -> None:
                parts = urlsplit(self.path)
                asked = ReceivedRequest(
                    method=self.command,
                    path=parts.path,
                    query=parse_qsl(parts.query, keep_blank_values=True),
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                )
                server.asked.append(asked)
                self.reply(server._answer(asked))

            def reply(self, answer: Answer) -> None:
                if answer.end_live_streams:
                    self.close_connection = True
                    return
                body, kind = _bytes(answer.body)
                headers = {"Content-Type": kind, **answer.headers}
                self.send_response(answer.status)
                if isinstance(body, bytes):
                    headers.setdefault("Content-Length", str(len(body)))
                else:
                    headers["Connection"] = "close"
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "HEAD":
                    return
                try:
                    for chunk in [body] if isinstance(body, bytes) else body:
                        self.wfile.write(chunk)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client had enough: what some tests check

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any

            def log_message(self, *args: Any) -> None:
                """Tests read `asked`, not a log."""

        return Handler


def _bytes(body: Any) -> tuple[bytes | Iterable[bytes], str]:
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    if isinstance(body, str):
        return body.encode(), "text/html; charset=utf-8"
    if isinstance(body, dict | list) or body is None:
        return json.dumps(body).encode(), "application/json; charset=utf-8"
    return body, "application/octet-stream"
