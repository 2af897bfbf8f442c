"""What is typed is kept: once, in order, for whoever typed it, and not after it was sent."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from .hub import Hub
from .talks import Talk
from .test_writing import NOTE, REPLY, open_and_type

KEPT = "select string_agg(text, ' | ') from inbox_draft where conversation_id = %s"
SAVE = "**/draft/"


class Held:
    """Saves that do not reach the server until they are let go."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.waiting: list[Route] | None = []
        page.route(SAVE, self.wait)

    def wait(self, route: Route) -> None:
        if self.waiting is None:
            route.continue_()
        else:
            self.waiting.append(route)

    def until(self, count: int) -> None:
        for _ in range(50):
            if len(self.waiting or ()) >= count:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{len(self.waiting or ())} saves were begun, not {count}")

    def let_go(self) -> None:
        waiting, self.waiting = self.waiting or [], None
        for route in waiting:
            route.continue_()


def test_a_draft_that_arrives_after_the_reply_does_not_come_back(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    held = Held(page)
    page.keyboard.press("r")
    page.keyboard.type("It is on page nine.")
    held.until(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.ours")).to_contain_text("It is on page nine.")
    with page.expect_response(
        lambda answer: answer.url.endswith("/draft/") and not answer.json()["text"]
    ):
        held.let_go()
    assert hub.ask(KEPT, talk.pk) is None
    page.reload()
    expect(page.locator(REPLY)).to_have_value("")


def test_a_slow_save_does_not_overtake_the_next(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    held = Held(page)
    page.keyboard.press("r")
    page.keyboard.type("Half")
    held.until(1)
    page.keyboard.type(" a thought")
    page.wait_for_timeout(1500)  # longer than it waits before it saves
    assert len(held.waiting or ()) == 1
    held.let_go()
    expect(page.get_by_text("draft saved")).to_be_visible()
    page.wait_for_timeout(500)
    assert hub.ask(KEPT, talk.pk) == "Half a thought"


def test_what_could_not_be_saved_is_nobody_elses(sit, watch, talk: Talk) -> None:
    """Two colleagues take turns at one computer; the first one's words stay hers."""
    watch.expects(503)
    page = sit("lena")
    page.route(SAVE, lambda route: route.fulfill(status=503))
    open_and_type(page, talk, "Between us")
    expect(page.get_by_text("not saved yet")).to_be_visible()
    context = page.context
    hers = context.cookies()
    page.close()
    his = sit("bo").context
    context.clear_cookies()
    context.add_cookies(his.cookies())
    page = context.new_page()
    page.goto(talk.page)
    expect(page.locator(REPLY)).to_have_value("")
    page.goto("about:blank")  # a page without a session would lead to the sign-in page
    context.clear_cookies()
    context.add_cookies(hers)
    page.goto(talk.page)
    expect(page.locator(REPLY)).to_have_value("Between us")


def test_two_tabs_show_one_draft_and_neither_keeps_what_was_sent(sit, talk: Talk) -> None:
    first = sit("bo")
    second = first.context.new_page()
    second.goto(talk.page)
    first.bring_to_front()
    open_and_type(first, talk, "In one tab")
    expect(second.locator(REPLY)).to_have_value("In one tab")
    first.keyboard.press("Control+Enter")
    expect(first.locator("article.ours")).to_be_visible()
    expect(second.locator(REPLY)).to_have_value("")


def test_a_double_click_sends_once_and_complains_of_nothing(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo")
    open_and_type(page, talk, "Twice pressed, once said.")
    page.locator(".composer").get_by_role("button", name="Send", exact=False).last.dblclick()
    expect(page.locator("article.ours")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("For us.")
    page.get_by_role("button", name="Add note").dblclick()
    expect(page.locator("article.note")).to_have_count(1)
    expect(page.locator(NOTE)).to_have_value("")
    expect(page.locator("#composer-warning")).to_be_empty()
    both = "select count(*) from inbox_message where conversation_id = %s and kind <> 'inbound'"
    assert hub.ask(f"{both} and kind <> 'event'", talk.pk) == 2


DRAFT_ONCE_SENT = """() => addEventListener("composer:changed", () => setTimeout(() => {
  window.draftOnceSent ??= document.querySelectorAll("a.row[aria-current] .draft").length;
}), { once: true })"""


def test_the_list_follows_where_a_draft_begins_and_ends(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    row = page.locator(f"#row-{talk.pk}")
    count = page.locator("#inbox-nav").get_by_role("link", name="Drafts")
    before = count.inner_text()
    page.keyboard.press("r")
    page.keyboard.type("Page nine")
    expect(row).to_contain_text("Draft: Page nine")
    expect(count).not_to_have_text(before)
    for _ in "Page nine":
        page.keyboard.press("Backspace")
    expect(row).not_to_contain_text("Draft:")
    expect(count).to_have_text(before)
    page.evaluate("document.querySelector('live-stream').remove()")  # it needs no news from there
    page.keyboard.type("Page ten")
    expect(row).to_contain_text("Draft: Page ten")
    page.evaluate(DRAFT_ONCE_SENT)
    page.keyboard.press("Control+Enter")
    expect(count).to_have_text(before)
    expect(row.locator(".draft")).to_have_count(0)
    assert page.evaluate("window.draftOnceSent") == 0


def test_a_draft_that_another_browser_changed_is_shown_beside_ones_own(
    sit, hub: Hub, talk: Talk
) -> None:
    here, there = sit("bo"), sit("bo")
    for page in (here, there):
        page.goto(talk.page)
    there.keyboard.press("r")
    there.keyboard.type("It is on page nine.")
    expect(there.locator("[data-draft=saved]")).to_be_visible()
    here.keyboard.press("r")
    here.keyboard.type("Ask Lena.")
    asked = here.locator("[data-differs]")
    expect(asked).to_contain_text("in another browser")
    expect(asked.locator("blockquote")).to_have_text("It is on page nine.")
    assert hub.ask(KEPT, talk.pk) == "It is on page nine."
    here.reload()  # nothing typed is lost, and it is not decided yet
    expect(here.locator(REPLY)).to_have_value("Ask Lena.")
    expect(asked).to_contain_text("It is on page nine.")
    asked.get_by_role("button", name="Use that text").press("Enter")
    expect(here.locator(REPLY)).to_have_value("It is on page nine.")
    here.keyboard.press("Control+z")
    expect(here.locator(REPLY)).to_have_value("Ask Lena.")
    expect(here.locator("[data-draft=saved]")).to_be_visible()
    assert hub.ask(KEPT, talk.pk) == "Ask Lena."
