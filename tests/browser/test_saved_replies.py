"""A saved reply is written once, found by its words and sent, by keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from .talks import Talk
from .watch import Watch


def test_a_saved_reply_is_made_found_by_its_words_and_sent(sit, watch: Watch, talk: Talk) -> None:
    watch.expects(422)  # a variable that is none
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press(";")
    menu = page.locator("#saved-menu")
    expect(menu).to_contain_text("No saved replies yet.")
    menu.get_by_role("link", name="Manage saved replies").press("Enter")
    page.get_by_role("link", name="New saved reply").press("Enter")
    page.get_by_label("Title").fill("Where the plan is")
    page.get_by_label("Text", exact=True).fill("The newer plan is pinned, {{ member.nickname }}.")
    page.get_by_label("Text", exact=True).press("Tab")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("{{ member.nickname }} is not a variable.")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("The newer plan is pinned, {{ member.name }}.")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("Where the plan is")).to_be_visible()

    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.press(";")
    expect(menu.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("pinned")
    expect(menu.get_by_role("button")).to_have_count(1)
    page.keyboard.press("Enter")
    box = page.locator("textarea[name=reply]")
    expect(box).to_be_focused()
    expect(box).to_have_value("The newer plan is pinned, Wren Ashby.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.ours")).to_contain_text("The newer plan is pinned, Wren Ashby.")


def test_a_saved_reply_in_two_languages_is_inserted_in_theirs_and_turned(
    sit, watch: Watch, talk: Talk
) -> None:
    watch.expects(422)  # a language that the reply has already
    page = sit("lena")
    page.goto("/saved-replies/new/")
    page.get_by_label("Title").fill("Plan in two languages")
    page.get_by_label("Language").select_option("de")
    page.get_by_label("Text", exact=True).fill("Der neue Plan ist angeheftet, {{ member.name }}.")
    page.get_by_label("Share with the team").uncheck()
    page.get_by_role("button", name="Save and add a language").press("Enter")
    page.get_by_label("Language").select_option("de")
    page.get_by_label("Text", exact=True).fill("The new plan is at the top, {{ member.name }}.")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("This reply already has a text in Deutsch.")).to_be_visible()
    page.get_by_label("Language").select_option("en")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_role("link", name="English")).to_be_visible()

    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.press(";")
    menu = page.locator("#saved-menu")
    expect(menu.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("angeheftet")  # Wren asked in English; all texts are searched
    expect(menu.get_by_role("button")).to_have_count(1)
    page.keyboard.press("Enter")
    box = page.locator("textarea[name=reply]")
    expect(box).to_have_value("The new plan is at the top, Wren Ashby.")
    expect(box).to_be_focused()
    page.keyboard.type("\n\nLena")
    choice = page.get_by_label("Saved reply in")
    expect(choice).to_have_value("en")
    page.keyboard.press("Tab")
    expect(choice).to_be_focused()
    page.keyboard.type("Deu")
    expect(box).to_have_value("Der neue Plan ist angeheftet, Wren Ashby.\n\nLena")
    choice.select_option("en")
    expect(box).to_have_value("The new plan is at the top, Wren Ashby.\n\nLena")
    box.fill("The new plan is elsewhere.")
    expect(choice).to_be_hidden()  # what was edited is not replaced
