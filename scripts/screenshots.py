"""Takes the README's pictures from a demo that it starts itself, in a folder of its own.

Usage: uv run scripts/screenshots.py [FOLDER]   (docs/images when none is given)

The demo is the same each time but for its dates, which count back from today.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright
from smaller_png import smaller  # beside this file

from community_hub.runtime import embedded

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ARGS += ["--disable-lcd-text"]  # coloured edges of letters look wrong on other screens
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
OURS = ("DATABASE_", "REDIS_URL", "SECRET_KEY", "CREDENTIAL_KEYS", "HUB_", "DJANGO_")
WHO = "bo@polyphon.example"
PASSWORD = "a password that nobody keeps"  # noqa: S105 - the demo is thrown away
TALK = "MIDI clock drifts after firmware 2.4"
EVENT = "Berlin meet-up"
LARGEST = 300 * 1024


def main(folder: Path) -> None:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        sys.exit("No Chromium was found on PATH. Install it: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with demo() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        state = sign_in(browser, link)
        url = "{0.scheme}://{0.netloc}".format(urlsplit(link))
        context = browser.new_context(
            storage_state=state, base_url=url, viewport=DESK, reduced_motion="reduce"
        )
        page = context.new_page()
        open_talk(page)
        keep(page, folder / "inbox-light.png")
        open_event(page)
        keep(page, folder / "event-light.png")
        context.close()
        context = browser.new_context(
            storage_state=state, base_url=url, viewport=PHONE, reduced_motion="reduce",
            color_scheme="dark", has_touch=True,
        )  # fmt: skip
        page = context.new_page()
        page.goto("/inbox/")
        keep(page, folder / "inbox-phone.png")
        open_event(page)
        page.goto(f"{page.url}check-in/")
        page.locator("h1").first.wait_for()
        keep(page, folder / "check-in-phone.png")
        browser.close()


@contextmanager
def demo() -> Iterator[str]:
    """A hub with the demo community; yields the link that signs WHO in. Gone afterwards."""
    var = embedded.throwaway_var()
    env = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    env |= {"HUB_VAR": str(var), "PYTHONUNBUFFERED": "1"}
    up = subprocess.Popen(  # noqa: S603 - our own
        [*MANAGE, "up", "--demo", "--port", "0"], env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        url = wait_for(up, r"Ready after .* at (http\S+)")
        words = [*MANAGE, "owner", "--email", WHO]
        link = subprocess.run(  # noqa: S603 - our own
            words, env=env | {"HUB_URL": url}, stdout=subprocess.PIPE, text=True, check=True
        )
        yield link.stdout.strip()
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)
        shutil.rmtree(var)


def wait_for(up: subprocess.Popen[str], pattern: str) -> str:
    said = ""
    for line in up.stdout or ():
        said += line
        if found := re.search(pattern, line):
            return found[1]
    sys.exit(f"The demo did not start.\n{said}")


def sign_in(browser: Browser, link: str) -> StorageState:
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="sign in").click()
    page.wait_for_selector(".me")
    return context.storage_state()


def open_talk(page: Page) -> None:
    page.goto("/inbox/")
    row = page.locator("a.row").filter(has_text=TALK)
    row.first.wait_for()
    row.first.click()
    page.locator(".head h1").filter(has_text=TALK).wait_for()


def open_event(page: Page) -> None:
    page.goto("/events/?show=list")
    page.get_by_role("link", name=EVENT).first.click()
    page.locator("h1").filter(has_text=EVENT).wait_for()


def keep(page: Page, path: Path) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(1000)  # what comes after the page: counts, the bell, who is here
    path.write_bytes(smaller(page.screenshot(animations="disabled", caret="hide")))
    size = path.stat().st_size
    print(f"{path}: {size // 1024} KB")
    if size > LARGEST:
        sys.exit(f"{path} is larger than {LARGEST // 1024} KB.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
