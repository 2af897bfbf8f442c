"""An empty hub: naming the team, connecting the first source, the first conversation."""

import pytest
from playwright.sync_api import expect

from tests.platforms.feeds import FeedSite

from .conftest import running
from .hub import PASSWORD, at

COMMENTS = 40


@pytest.fixture(scope="module")
def blog():
    with FeedSite() as site:
        for number in range(COMMENTS):
            site.post(f"Comment {number}: the synth from issue {number} still plays.")
        yield site


@pytest.fixture(scope="module")
def empty_hub(browser, blog):
    yield from running(None, browser, HTTP_ALLOWED_ORIGINS=blog.url)


def test_the_first_page_leads_from_a_name_to_the_first_conversation(
    sit, empty_hub, blog, watch
) -> None:
    watch.expects(422)  # a private address, below
    page = sit(None, hub=empty_hub)
    page.goto(empty_hub.link)
    page.get_by_label("Your name").fill("Ada Byron")
    page.get_by_label("Email").fill("ada@polyphon.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Welcome, Ada")).to_be_visible()
    assert at(page) == "/welcome/"
    page.keyboard.press("Tab")
    page.locator("form.form input:not([type=hidden])").first.fill("Polyphon")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Connect a source")).to_be_visible()
    page.get_by_role("link", name="Feed").press("Enter")
    address = page.get_by_label("Address of the feed")
    address.fill("http://127.0.0.1:1/feed")
    page.keyboard.press("Enter")
    expect(page.locator("form.form")).to_contain_text("private")
    assert at(page) == "/sources/new/feed/"
    address.fill(f"{blog.url}/rss")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="The connection works")).to_be_visible()
    page.get_by_role("button", name="Connect and start syncing").press("Enter")
    read = page.get_by_text(f"{COMMENTS} messages")
    expect(read).to_be_visible(timeout=30_000)

    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", name="Needs reply")).to_be_visible()
    page.get_by_role("link", name="Everything").press("Enter")
    expect(page.locator("a.row").first).to_contain_text("still plays")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(1)
    expect(page.get_by_text("This source is read-only.")).to_be_visible()
