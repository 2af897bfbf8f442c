"""The practice sites over real HTTP, with faults to switch on, inside the test's transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.test.testcases import QuietWSGIRequestHandler

from sandbox.models import Post, Site

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Served:
    """`with Served() as served: served.url`. Requests share the test's database connection, so
    one request at a time, and everything is rolled back after the test."""

    def __init__(self) -> None:
        self.fault: App | None = None
        self.requests: list[str] = []
        self._app: App = WSGIHandler()
        self._connection = connections["default"]
        self._http = _Server(
            ("127.0.0.1", 0),
            _Handler,
            connections_override={"default": self._connection},
        )
        self._http.daemon_threads = True
        self._http.set_app(self._answer)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Served:
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)  # it would end the test's transaction
        self._connection.inc_thread_sharing()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        self._connection.dec_thread_sharing()
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)

    def lose_answers(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Do what was asked, then hang up without a word."""
        for _ in self._app(environ, lambda *_: lambda _: None):
            pass
        self._http.end_live_streams = True
        raise ConnectionAbortedError

    def heal(self) -> None:
        self.fault, self._http.end_live_streams = None, False

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.requests.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return (self.fault or self._app)(environ, start)


class _Handler(QuietWSGIRequestHandler):
    def handle_one_request(self) -> None:
        super().handle_one_request()
        if self.server.end_live_streams:
            self.close_connection = True


class _Server(ThreadedWSGIServer):
    end_live_streams = False

    def _close_connections(self) -> None:
        """The connection is the test's: it stays open."""


def says(status: str, body: bytes, **headers: str) -> App:
    """A server that answers everything the same way."""

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start(status, [(name.replace("_", "-"), value) for name, value in headers.items()])
        return [body]

    return app


class Platform:
    """One practice site as the connectors' contract wants it."""

    page_size = 10

    def __init__(self, served: Served, site: Site) -> None:
        self.served = served
        self.site = site
        self.somebody = site.accounts.create(handle="ines", name="Ines Wolff")

    def post(self, text: str) -> str:
        return str(self.site.start(self.somebody, text, title="A topic").pk)

    def edit(self, external_id: str, text: str) -> None:
        Post.objects.get(pk=external_id).revise(text)

    def delete(self, external_id: str) -> None:
        Post.objects.get(pk=external_id).remove()

    def count(self, text: str) -> int:
        return self.site.posts.filter(body__contains=text, deleted_at=None).count()

    def revoke(self) -> None:
        self.site.renew_token()

    def limit_rate(self, seconds: int) -> None:
        self.served.fault = says("429 Too Many Requests", b"", Retry_After=str(seconds))

    def break_down(self) -> None:
        Site.objects.filter(pk=self.site.pk).update(out_of_order=True)

    def answer_html(self) -> None:
        self.served.fault = says("200 OK", b"<!doctype html><p>Hello", Content_Type="text/html")

    def lose_answers(self) -> None:
        self.served.fault = self.served.lose_answers

    def heal(self) -> None:
        self.served.heal()
        Site.objects.filter(pk=self.site.pk).update(out_of_order=False)
