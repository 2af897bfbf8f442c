"""A server that shows pictures, and a folder for what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest

from . import samples


class Gallery:
    """`answers` by path; anything else is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {"/a.png": Answer(samples.picture(size=(90, 60)))}
        self.server = LocalServer(self.answer)

    def answer(self, asked: ReceivedRequest) -> Answer:
        return self.answers.get(asked.path, Answer(b"gone", 404))

    def url(self, path: str = "/a.png") -> str:
        return f"{self.server.url}{path}"


@pytest.fixture
def gallery(db: None, settings, tmp_path) -> Iterator[Gallery]:
    gallery = Gallery()
    settings.VAR_DIR = tmp_path
    with gallery.server:
        settings.HTTP_ALLOWED_ORIGINS = [gallery.server.url]
        yield gallery
