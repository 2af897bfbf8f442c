"""A saved reply is written once, found by its words and sent, by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .talks import Talk, Talks
from .watch import Watch


def test_a_saved_reply_is_made_found_by_its_words_and_sent(sit, watch: Watch, talk: Talk) -> None:
    watch.expects(422)  # a variable that is none
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press(";")
    menu = page.locator("#saved-menu")
    expect(menu).to_contain_text("Refund is under way")  # Bo’s own, of the demo
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
    expect(menu.locator(".saved-part").get_by_role("button")).to_have_count(1)
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
    expect(menu.locator(".saved-part").get_by_role("button")).to_have_count(1)
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


def test_a_past_answer_is_found_read_and_inserted(sit, talks: Talks) -> None:
    earlier, now = talks.together(2)
    page = sit("bo")
    page.goto(earlier.page)
    page.keyboard.press("r")
    box = page.locator("textarea[name=reply]")
    box.fill("Hi Wren,\n\nthe **board** is right: quetzal resistors. Ask bo@polyphon.example.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.ours")).to_contain_text("delivered", timeout=30_000)

    page.goto(now.page)
    page.keyboard.press("r")
    page.keyboard.press(";")
    menu = page.locator("#saved-menu")
    expect(menu.get_by_role("searchbox")).to_be_focused()
    expect(menu.locator("past-answers li").first).to_be_visible()
    page.keyboard.type("quetzal")
    expect(menu.locator("past-answers li")).to_have_count(1)
    expect(menu.locator("past-answers [role=status]")).to_have_text("1 past answer")
    expect(menu.locator("mark", has_text="quetzal")).to_be_visible()
    expect(menu.get_by_role("searchbox")).to_be_focused()

    row = menu.locator("past-answers .menu-item")
    while not row.evaluate("row => row === document.activeElement"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    reading = menu.locator(".reading")
    expect(reading).to_contain_text("the board and the plan disagree")
    expect(reading).to_contain_text("This answer mentions: bo@polyphon.example")
    expect(reading.get_by_role("link", name="Open conversation")).to_be_visible()
    expect(row).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(reading).to_be_hidden()
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    expect(box).to_be_focused()
    expect(box).to_have_value(
        "Hi Wren,\n\nthe **board** is right: quetzal resistors. Ask bo@polyphon.example."
    )
    warning = page.locator("#composer-warning")
    page.keyboard.type(" Yes.")
    expect(warning).to_contain_text("Check before sending.")
    warning.get_by_role("button", name="OK").press("Enter")
    expect(warning).to_be_empty()
    expect(box).to_be_focused()


def test_enter_takes_no_answer_to_words_typed_before(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.type(";firmware")
    menu = page.locator("#saved-menu")
    expect(menu.locator("past-answers li").first).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("xyzzyx")
    page.keyboard.press("Enter")
    expect(menu).to_contain_text("No past answers with these words")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator("textarea[name=reply]")).to_have_value(";")


def test_a_semicolon_after_a_space_opens_the_menu_whose_first_reply_enter_takes(
    sit, talk: Talk
) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    reply = page.locator('textarea[name="reply"]')
    page.keyboard.type("one; Hi ;")
    menu = page.locator("#saved-menu")
    expect(menu.locator(".filter")).to_be_focused()
    expect(reply).to_have_value("one; Hi ;")
    page.keyboard.type("refund")
    first = menu.locator(".menu-item.active")
    expect(first).to_have_count(1)
    expect(first).to_contain_text("Refund is under way")
    page.keyboard.press("Enter")
    expect(reply).to_have_value(re.compile("^one; Hi Your refund is under way, Wren"))
    reply.fill("Bonjour ")
    page.keyboard.type(";")
    expect(menu.locator(".filter")).to_be_focused()
    heading = menu.get_by_role("heading", name="Saved replies")
    expect(heading).to_have_text(re.compile(r"\d$"))
    page.keyboard.type("xyzzy")
    expect(menu.get_by_text("No matching saved replies")).to_be_visible()
    expect(heading).to_have_text("Saved replies")
    for _ in "xyzzy":
        page.keyboard.press("Backspace")
    page.keyboard.type(";")
    expect(menu).to_be_hidden()
    expect(reply).to_have_value("Bonjour ;")


def test_saved_replies_are_in_the_palette_and_their_text_has_room(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/")
    page.keyboard.press("Control+k")
    page.keyboard.type("saved rep")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Saved replies", level=1)).to_be_visible()
    page.get_by_role("link", name="New saved reply").click()
    box = page.get_by_label("Text", exact=True).bounding_box()
    assert box
    assert box["height"] > 150
    expect(page.get_by_label("Language")).to_contain_text("Chinese (中文)")
