"""Two colleagues at two browsers."""

import re
import time

from playwright.sync_api import Page, Route, expect

from .hub import Hub
from .practice import Practice, new_title
from .talks import Talk

WITHIN = 5.0  # seconds; a second is the promise, a busy machine may take longer


def test_each_sees_that_the_other_is_there_and_writes(sit, talk: Talk) -> None:
    lena, bo = sit("lena"), sit("bo")
    lena.goto(talk.page)
    bo.goto(talk.page)
    expect(lena.locator(".present.viewing")).to_contain_text("Bo Nilsson is viewing this")
    expect(bo.locator(".present.viewing")).to_contain_text("Lena Okafor is viewing this")
    bo.keyboard.press("r")
    bo.keyboard.type("I have the plan here")
    expect(lena.locator(".present.replying")).to_contain_text("Bo Nilsson is writing a reply")
    bo.goto("/inbox/")
    expect(lena.locator(".present")).to_have_count(0)


def test_whoever_answers_second_is_warned_and_may_send_anyway(sit, watch, talk: Talk) -> None:
    watch.expects(409)
    lena, bo = sit("lena"), sit("bo")
    bo.goto(talk.page)
    lena.goto(talk.page)
    bo.keyboard.press("r")
    bo.keyboard.type("Ten kilohms.")
    lena.keyboard.press("r")
    lena.keyboard.type("Four point seven.")
    lena.keyboard.press("Control+Enter")
    expect(bo.locator("article.ours")).to_contain_text("Four point seven.")
    bo.keyboard.press("Control+Enter")
    warning = bo.get_by_role("alert").filter(has_text="Lena Okafor")
    expect(warning).to_contain_text("while you were writing")
    expect(bo.locator('textarea[name="reply"]')).to_have_value("Ten kilohms.")
    warning.get_by_role("button", name="Send anyway").press("Enter")
    expect(bo.locator("article.ours")).to_have_count(2)


def test_news_reaches_the_other_browser_within_moments(
    sit, hub: Hub, forum: Practice, talk: Talk
) -> None:
    lena, bo = sit("lena"), sit("bo")
    lena.goto("/inbox/everything/")
    title = new_title("Seen at once?")
    forum.start(title, "@polyphon hello")
    seen = first_seen(lena, "#rows", title, timeout=20_000)
    stored = hub.ask(
        "select extract(epoch from m.received_at) from inbox_message m"
        " join inbox_conversation c on c.id = m.conversation_id where c.subject = %s",
        title,
    )
    took = {"a new mention": seen - float(stored)}

    lena.goto(talk.page)
    bo.goto(talk.page)
    bo.keyboard.press("r")
    bo.keyboard.type("Here it is.")
    begun = time.time()
    bo.keyboard.press("Control+Enter")
    took["a reply"] = first_seen(lena, ".thread", "Here it is.") - begun

    bo.keyboard.press("Escape")
    begun = time.time()
    bo.keyboard.press("i")
    took["an assignment"] = first_seen(lena, ".head", "Assigned to Bo Nilsson") - begun

    print(", ".join(f"{what}: {seconds * 1000:.0f} ms" for what, seconds in took.items()))
    assert max(took.values()) < WITHIN, took


def first_seen(page: Page, inside: str, words: str, timeout: float = 10_000) -> float:
    """When the browser showed the words, by the clock that the server has as well."""
    handle = page.wait_for_function(
        """([inside, words]) =>
            document.querySelector(inside)?.outerHTML.includes(words) && Date.now() / 1000""",
        arg=[inside, words],
        polling=20,
        timeout=timeout,
    )
    return float(handle.json_value())


def test_whoever_came_while_the_page_was_made_is_seen_too(sit, talk: Talk) -> None:
    """Their event is over before the page listens, so the page asks once more by itself."""
    lena, bo = sit("lena"), sit("bo")

    def lena_comes(route: Route) -> None:
        answer = route.fetch()  # made while nobody is there
        lena.goto(talk.page)
        expect(lena.locator("presence-beat")).to_have_count(1)
        lena.wait_for_timeout(500)  # her beat, and the event of it
        route.fulfill(response=answer)

    bo.route(re.compile(r"/conversations/\d+/(\?|$)"), lena_comes, times=1)
    bo.goto(talk.page)
    expect(bo.locator(".present.viewing")).to_contain_text("Lena Okafor is viewing this")
