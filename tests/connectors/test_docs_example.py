"""The package in docs/connectors.md is true: taken from the page, it keeps the contract."""

import re
import sys
import tomllib
import types
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inbox.connectors.base import entries
from tests.platforms.server import Answer, LocalServer

PAGE = (Path(__file__).parents[2] / "docs" / "connectors.md").read_text()
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
PROJECT = tomllib.loads(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0])["project"]


class Guestbook:
    """The local server that the page leaves to its reader."""

    page_size = 10

    def __init__(self):
        self.entries, self.fault, self.token = [], None, "secret"
        self.server = LocalServer(self.answer)

    def __enter__(self):
        self.server.__enter__()
        self.url = self.server.url
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)

    def answer(self, asked):
        if self.fault:
            return self.fault
        if asked.headers["authorization"] != f"Bearer {self.token}":
            return Answer({"error": "Who are you?"}, 401)
        if asked.path == "/me":
            return Answer({"name": "The hub"})
        after = int(asked.value("after", "0"))
        newer = [entry for entry in self.entries if entry["id"] > after]
        more = len(newer) > self.page_size
        return Answer({"entries": newer[: self.page_size], "more": more})

    def post(self, text):
        number = len(self.entries) + 1
        self.entries.append(
            {
                "id": number,
                "revision": 1,
                "user_id": 5,
                "name": "Ada",
                "text": text,
                "written_at": datetime.now(UTC).isoformat(),
            }
        )
        return str(number)

    def revoke(self):
        self.token = "another"

    def limit_rate(self, seconds):
        self.fault = Answer({}, 429, {"Retry-After": str(seconds)})

    def break_down(self):
        self.fault = Answer({}, 503)

    def answer_html(self):
        self.fault = Answer("<!doctype html><title>A site</title>")

    def heal(self):
        self.fault = None


def module(name, **content):
    """A module made of code from the page, importable by its name."""
    made = sys.modules[name] = types.ModuleType(name)
    made.__dict__.update(content)
    return made


module("hub_guestbook")
module("guestbook_server", Guestbook=Guestbook)
exec(compile(CODE[0], "docs/connectors.md", "exec"), module("hub_guestbook.connector").__dict__)
exec(compile(CODE[1], "docs/connectors.md", "exec"), module("test_guestbook").__dict__)


class TestThePage(sys.modules["test_guestbook"].TestGuestbook):
    @pytest.fixture(autouse=True)
    def installed(self, tmp_path, monkeypatch):
        """The package's metadata where an installer would put it."""
        info = tmp_path / f"{PROJECT['name'].replace('-', '_')}-{PROJECT['version']}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: {PROJECT['name']}\nVersion: {PROJECT['version']}\n")
        lines = [f"[{group}]" for group in PROJECT["entry-points"]]
        for points in PROJECT["entry-points"].values():
            lines += [f"{name} = {target}" for name, target in points.items()]
        (info / "entry_points.txt").write_text("\n".join(lines))
        monkeypatch.syspath_prepend(tmp_path)
        entries.cache_clear()
        yield
        entries.cache_clear()

    def test_its_form_asks_for_an_address_and_a_token(self, connector):
        form = connector.form_class()({"url": "https://book.example.org", "token": "t"})
        assert form.is_valid()
