"""A platform that is down, one that moderates, and a reply that can't be posted."""

import pytest
from playwright.sync_api import Page, expect

from .practice import Practice
from .talks import Talk

# as htmx tells of a request without an answer, and of one with an answer that is a page of errors
FAILED = """(name) => document.body.dispatchEvent(new CustomEvent(name, {
    detail: { xhr: { getResponseHeader: () => "text/html", responseText: "" } } }))"""


@pytest.fixture
def moderated(forum: Practice):
    """The forum's desk; everything is in order again afterwards."""
    yield forum
    forum.moderate()


def send(page: Page, talk: Talk, text: str) -> None:
    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.ours")).to_contain_text("sending in a moment")


def test_a_forum_that_is_down_is_tried_again_until_it_is_back(
    sit, moderated: Practice, talk: Talk
) -> None:
    page = sit("bo")
    moderated.moderate(out_of_order=True)
    send(page, talk, "The plan is right, the board is old.")
    ours = page.locator("article.ours")
    expect(ours).to_contain_text("retrying soon", timeout=20_000)
    expect(ours.get_by_role("button", name="Cancel")).to_be_visible()
    moderated.moderate()
    expect(ours).to_contain_text("delivered", timeout=30_000)
    assert moderated.read(talk.address).count("The plan is right, the board is old.") == 1


def test_a_reply_for_the_moderators_says_so_until_they_publish_it(
    sit, moderated: Practice, talk: Talk
) -> None:
    page = sit("bo")
    moderated.moderate(moderates=True)
    send(page, talk, "Ten kilohms, by the newer plan.")
    ours = page.locator("article.ours")
    expect(ours).to_contain_text("awaiting moderation", timeout=20_000)
    assert "Ten kilohms" not in moderated.read(talk.address)
    moderated.approve_all()
    expect(ours).to_contain_text("delivered", timeout=30_000)


def test_a_refused_reply_says_why_and_offers_retry_or_edit(
    sit, moderated: Practice, talk: Talk
) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.type("Here is the newer plan.")
    page.keyboard.press("Control+Enter")
    moderated.delete_first_post(talk.address)  # while the reply is held
    failed = page.locator("article.failed")
    expect(failed).to_contain_text("not sent", timeout=20_000)
    assert len(failed.locator(".trouble p").inner_text()) > 20
    expect(failed.get_by_role("button", name="Retry")).to_be_visible()
    failed.get_by_role("button", name="Edit").press("Enter")
    expect(page.locator("article.failed")).to_have_count(0)
    expect(page.locator('textarea[name="reply"]')).to_have_value("Here is the newer plan.")


def test_a_hub_out_of_reach_speaks_of_a_draft_only_beside_a_box_that_keeps_one(
    sit, talk: Talk
) -> None:
    page = sit("bo")
    toast = page.locator("toast-rack .toast.error")
    kept = "What you typed is still there."
    for address, has_draft in (("/members/", False), (talk.page, True)):
        page.goto(address)
        for event in ("htmx:sendError", "htmx:responseError"):
            page.evaluate(FAILED, event)
            said = "Can’t reach the hub." if event == "htmx:sendError" else "That didn’t work."
            expect(toast.filter(has_text=said)).to_be_visible()
            assert (kept in toast.last.inner_text()) == has_draft
