"""A live update leaves alone what somebody is in the middle of."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .hub import Hub
from .talks import EVERYTHING, Talk
from .test_writing import open_and_type

SELECT_FIRST_MESSAGE = """() => {
    getSelection().selectAllChildren(document.querySelector(".thread article .body"));
}"""


def answered_by(page: Page, talk: Talk, words: str) -> None:
    open_and_type(page, talk, words)
    page.keyboard.press("Control+Enter")


def test_a_selection_in_the_thread_outlasts_a_new_message(sit, talk: Talk) -> None:
    lena, bo = sit("lena"), sit("bo")
    lena.goto(talk.page)
    lena.evaluate(SELECT_FIRST_MESSAGE)
    answered_by(bo, talk, "It is on page nine.")
    expect(lena.locator(".thread")).to_contain_text("It is on page nine.")
    assert "the board and the plan disagree" in lena.evaluate("String(getSelection())")


def test_the_focus_stays_where_it_is_when_an_update_comes(sit, talk: Talk) -> None:
    lena, bo = sit("lena"), sit("bo")
    lena.goto(talk.page)
    original = lena.locator(".thread").get_by_label("The original of this message").first
    original.focus()
    answered_by(bo, talk, "It is on page nine.")
    expect(lena.locator(".thread")).to_contain_text("It is on page nine.")
    expect(original).to_be_focused()
    done = lena.locator(".head").get_by_role("button", name="Done")
    done.focus()
    bo.keyboard.press("Escape")
    bo.keyboard.press("i")
    expect(lena.get_by_label("Assigned to Bo Nilsson; assign")).to_be_visible()
    expect(done).to_be_focused()


def test_an_update_shows_what_changed_and_what_went_away(sit, hub: Hub, talk: Talk) -> None:
    lena, bo = sit("lena"), sit("bo")
    lena.goto(talk.page)
    answered_by(bo, talk, "It is on page ten.")
    reply = lena.locator("article.ours")
    expect(reply).to_contain_text("sending in a moment")
    expect(reply).to_contain_text("delivered", timeout=20_000)
    expect(lena.locator(".thread h2.day")).to_have_count(1)
    bo.keyboard.press("Escape")
    bo.keyboard.press("n")
    bo.keyboard.type("Only for a moment")
    bo.keyboard.press("Control+Enter")
    expect(lena.locator("article.note")).to_have_count(1)
    bo.keyboard.press("Escape")
    bo.keyboard.press("z")
    expect(lena.locator("article.note")).to_have_count(0)
    expect(lena.locator(".thread article")).to_have_count(2)


def test_rows_stand_in_their_new_order_after_an_update(sit, hub: Hub, talks, talk: Talk) -> None:
    other = talks.next()
    lena, bo = sit("lena"), sit("bo")
    lena.goto(EVERYTHING)
    rows = lena.locator(f"#row-{talk.pk}, #row-{other.pk}")  # replies of other tests may still land
    for each in (talk, other):
        answered_by(bo, each, f"An answer in {each.pk}")
        expect(rows.first).to_contain_text(f"An answer in {each.pk}")
        expect(rows.nth(1)).not_to_contain_text(f"An answer in {each.pk}")
    expect(rows).to_have_count(2)
    lena.reload()
    expect(rows.first).to_contain_text(f"An answer in {other.pk}")
    expect(rows).to_have_count(2)


def test_what_is_said_is_heard_although_the_form_that_asked_has_gone(sit, hub: Hub) -> None:
    """As where a live event replaces the row of a view before its removal is answered."""
    page = sit("bo")
    member = hub.ask("select member_id from members_identity where handle = 'halvard'")
    page.goto(f"/members/{member}/")
    page.locator("#stage-of-member").select_option("visitor")
    page.evaluate("""() => document.body.addEventListener("htmx:beforeSend", ({ target }) => {
        if (target.matches(".stage-form")) target.closest("section").remove();
    })""")
    page.locator("#set-stage").click()
    expect(page.locator(".toast")).to_contain_text("Visitor")
    expect(page.locator(".toast")).to_have_count(1)
    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("Undone")
    expect(page.locator("#stage-of-member")).to_have_value("champion")
