"""A practice site over plain HTTP: what its members and its manager do there."""

from __future__ import annotations

import itertools
import os
import re
from html import unescape
from urllib.parse import urljoin

import httpx

numbers = itertools.count(1)


def new_title(words: str) -> str:
    """A title that no other test uses, and that is not how another one begins."""
    return f"{words} {os.getpid()}-{next(numbers):04d}"


class Practice:
    """`with Practice(hub.url, "forum") as forum: talk = forum.start("A title", "A text")`."""

    def __init__(self, url: str, slug: str) -> None:
        self.url = f"{url}/sandbox/{slug}/"
        self.client = httpx.Client(follow_redirects=True, timeout=20)

    def __enter__(self) -> Practice:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def start(self, title: str, body: str, who: str = "Wren Ashby") -> str:
        """A new topic, in the first category; its address."""
        place = re.search(r'<option value="(\d+)"', self.read("threads/"))
        assert place, "the form has no category"
        fields = {"title": title, "body": body, "who": who, "place": place[1]}
        return str(self.post("threads/", **fields).url)

    def reply(self, talk: str, body: str, who: str = "Wren Ashby") -> None:
        action = re.search(r'<form method="post" action="([^"]+/replies/)"', self.read(talk))
        assert action, f"{talk} has no form to reply"
        self.post(action[1], body=body, who=who)

    def read(self, address: str) -> str:
        answer = self.client.get(urljoin(self.url, address))
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def moderate(self, **faults: bool) -> None:
        """`out_of_order=True`, `moderates=True`; what is not named is off."""
        self.post("moderation/", **{name: "on" for name, on in faults.items() if on})

    def approve_all(self) -> None:
        for action in re.findall(r'action="([^"]+/approvals/\d+/)"', self.read("moderation/")):
            self.post(action, answer="yes")

    def delete_first_post(self, talk: str) -> None:
        found = re.search(r'href="([^"]+/posts/\d+/deletion/)"', self.read(talk))
        assert found, f"{talk} has no post to delete"
        self.post(found[1])

    def post(self, address: str, **fields: str) -> httpx.Response:
        if not self.client.cookies:
            self.client.get(urljoin(self.url, "moderation/"))
        token = next(value for name, value in self.client.cookies.items() if "csrf" in name)
        fields["csrfmiddlewaretoken"] = token
        answer = self.client.post(urljoin(self.url, address), data=fields)
        assert answer.status_code == 200, f"{answer.status_code}: {answer.text[:2000]}"
        return answer
