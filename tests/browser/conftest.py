"""Browser tests: a real Chromium against the processes that `up` starts, with a var/ of their own.

Never the ORM here: Playwright's loop forbids it, and the hub has a database of its own. What a test
needs, it makes over HTTP (practice.py) or with the browser. HUB_BROWSER_VAR names a folder in
which the hub is kept between runs, so that the next one starts in seconds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from community_hub.runtime import embedded

from .hub import Hub
from .practice import Practice
from .talks import Talk, Talks
from .watch import Watch

# Debian's chromium-headless-shell is the same engine without a window: half the work.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM += ("google-chrome-stable",)
ARGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-gpu"]
ARGS += ["--disable-gpu-compositing", "--disable-gpu-rasterization"]  # a third of the work less
ARGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
DESKTOP = {"width": 1440, "height": 900}
PATIENCE = 15_000  # ms that Playwright waits for something to appear; the machine may be busy
expect.set_options(timeout=PATIENCE)
Sit = Callable[..., Page]


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.browser)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in a row, whatever the shuffle: the hub starts once, and Playwright's loop bothers none.

    With xdist one worker takes them all; see ../conftest.py."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """All that are left out are left out here, for one reason, so that one line says it."""
    report = yield
    if report.skipped:
        report.longrepr = (__file__, 1, report.longrepr[2])
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        why = "No Chromium was found on PATH: apt-get install chromium runs the browser tests."
        if os.environ.get("HUB_BROWSER_REQUIRED") == "1":
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def hub(browser: Browser) -> Iterator[Hub]:
    """The demo community, loaded once."""
    kept = os.environ.get("HUB_BROWSER_VAR")
    yield from running(Path(kept) if kept else None, browser, "--demo")


def running(kept: Path | None, browser: Browser, *words: str, **more: str) -> Iterator[Hub]:
    var = kept or embedded.throwaway_var()
    hub = Hub(var, browser, *words, **more)
    try:
        yield hub
    finally:
        hub.up.stop()
        if not kept:
            shutil.rmtree(var)


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture
def sit(request: pytest.FixtureRequest, browser: Browser, watch: Watch) -> Iterator[Sit]:
    """`sit("bo")`: a page of a browser of its own where Bo is signed in. `None`: nobody is."""
    contexts = []

    def sit(name: str | None, *, hub: Hub | None = None, **options: Any) -> Page:
        there = hub or request.getfixturevalue("hub")
        options = {"viewport": DESKTOP, "base_url": there.url, **options}
        if name:
            options["storage_state"] = there.state(name)
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("page", watch.page)
        watch.own(there.url)
        return context.new_page()

    yield sit
    for context in contexts:
        context.close()


@pytest.fixture
def forum(hub: Hub) -> Iterator[Practice]:
    """The practice forum, as its members and its manager use it."""
    with Practice(hub.url, "forum") as practice:
        yield practice


@pytest.fixture(scope="package")
def talks(hub: Hub) -> Talks:
    return Talks(hub)


@pytest.fixture
def talk(talks: Talks) -> Talk:
    """A conversation that no other test touches."""
    return talks.next()
