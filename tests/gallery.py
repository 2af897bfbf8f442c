"""A server that shows pictures."""

from __future__ import annotations

from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest
from tests.lib.pictures import samples


class Gallery:
    """`answers` by path; anything else is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {"/a.png": Answer(samples.picture(size=(90, 60)))}
        self.server = LocalServer(self.answer)

    def answer(self, asked: ReceivedRequest) -> Answer:
        return self.answers.get(asked.path, Answer(b"gone", 404))

    def url(self, path: str = "/a.png") -> str:
        return f"{self.server.url}{path}"
