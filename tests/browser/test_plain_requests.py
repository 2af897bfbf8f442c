"""Without scripts: links have addresses, forms have actions."""

from playwright.sync_api import expect

from .hub import Hub, at
from .talks import EVERYTHING, Talk


def test_the_inbox_is_read_and_answered_without_scripts(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo", java_script_enabled=False)
    page.goto(EVERYTHING)
    page.locator("a.row").filter(has_text=talk.title).click()
    assert at(page) == f"/conversations/{talk.pk}/"
    expect(page.locator(".head h1")).to_have_text(talk.title)
    page.locator('textarea[name="reply"]').fill("Answered without scripts.")
    page.get_by_role("button", name="Send", exact=False).last.click()
    assert at(page) == f"/conversations/{talk.pk}/"
    expect(page.locator("article.ours")).to_contain_text("Answered without scripts.")
    text = "select body_text from inbox_message where conversation_id = %s and kind = 'outbound'"
    assert hub.ask(text, talk.pk) == "Answered without scripts."


def test_a_conversation_is_closed_and_opened_without_scripts(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo", java_script_enabled=False)
    page.goto(talk.page)
    page.locator(".head [data-key=e]").click()
    state = "select state from inbox_conversation where id = %s"
    assert hub.ask(state, talk.pk) == "done"
    page.goto(talk.page)
    page.get_by_role("button", name="Reopen").click()
    assert hub.ask(state, talk.pk) == "open"


def test_older_rows_and_members_are_links(sit) -> None:
    page = sit("bo", java_script_enabled=False)
    page.goto("/inbox/everything/")
    first = page.locator("a.row").first.inner_text()
    page.get_by_role("link", name="Show more").click()
    assert page.locator("a.row").first.inner_text() != first
    page.goto("/members/")
    page.locator(".person-row").first.click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
