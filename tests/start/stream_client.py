"""A browser's end of /live/."""

import json
import queue
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx
from django.test import Client

from team.models import User


@dataclass(frozen=True)
class Heard:
    event: str
    data: dict[str, Any]
    id: str


ENDED = Heard("(the stream ended)", {}, "")


class StreamClient:
    """Listens in a thread; `next()` waits for what comes."""

    def __init__(
        self, base: str, user: User | None, headers: dict[str, str] | None = None, since: str = ""
    ) -> None:
        browser = Client()
        if user:
            browser.force_login(user)
        self.cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        self.client = httpx.Client(base_url=base, cookies=self.cookies, timeout=10)
        self.request = self.client.build_request(
            "GET", "/live/", headers=headers, params={"since": since} if since else None
        )
        self.events: queue.Queue[Heard] = queue.Queue()

    def __enter__(self) -> "StreamClient":
        self.response = self.client.send(self.request, stream=True)
        assert self.response.status_code == 200
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        hello = self.next()
        assert hello.event == "hello"
        self.hello = hello
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    def listen(self) -> None:
        fields: dict[str, str] = {}
        try:
            for line in self.response.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "event" in fields:
                    data = json.loads(fields["data"])
                    self.events.put(Heard(fields["event"], data, fields["id"]))
                    fields = {}
        except (httpx.TransportError, httpx.StreamError):
            pass  # the test hung up
        self.events.put(ENDED)

    def next(self, within: float = 3.0) -> Heard:
        return self.events.get(timeout=within)

    def hears_nothing(self, within: float = 0.5) -> bool:
        try:
            self.events.get(timeout=within)
        except queue.Empty:
            return True
        return False
