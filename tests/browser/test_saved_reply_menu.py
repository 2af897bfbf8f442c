"""The menu of saved replies and past answers: read by mouse and thumb, and nothing that is typed
around it is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from .hub import Hub
from .talks import Talk, Talks
from .test_drafts import KEPT
from .test_writing import REPLY

MENU = "#saved-menu"
PHONE = {"width": 360, "height": 740}


class Requests:
    """What a page asks the server from now on, as "POST /conversations/7/draft/"."""

    def __init__(self, page: Page) -> None:
        self.lines: list[str] = []
        page.on("request", self.add)

    def add(self, request: Request) -> None:
        self.lines.append(f"{request.method} {request.url}")

    def to(self, part: str) -> list[str]:
        return [line for line in self.lines if part in line]


def open_menu(page: Page, talk: Talk) -> None:
    page.goto(talk.page)
    page.locator(REPLY).click()
    page.keyboard.type(";firmware")  # of the demo's answers
    found(page)


def found(page: Page) -> None:
    """Past answers to the words that were typed last."""
    expect(page.locator(f"{MENU} [data-found]:not([aria-busy]) li").first).to_be_visible()


def test_a_past_answer_is_read_and_inserted_by_mouse(sit, talk: Talk) -> None:
    page = sit("bo")
    open_menu(page, talk)
    asked = Requests(page)
    menu = page.locator(MENU)
    menu.get_by_role("searchbox").click()
    for heading in menu.get_by_role("heading").all():
        heading.click()
    row = menu.locator("past-answers li").first
    read = row.get_by_role("button", name="Read the whole answer")
    read.click()
    reading = row.locator(".reading")
    reading.locator(".body").last.click()
    read.press("Enter")
    expect(reading).to_be_hidden()
    read.press("Enter")
    expect(reading.locator(".body").last).to_be_visible()
    assert not asked.to("POST")
    reading.get_by_role("button", name="Insert").click()
    expect(menu).to_be_hidden()
    expect(page.locator(REPLY)).not_to_have_value("")


def test_a_past_answer_is_read_by_thumb_and_its_conversation_opened(sit, talk: Talk) -> None:
    page = sit("bo", viewport=PHONE, has_touch=True, is_mobile=True)
    open_menu(page, talk)
    asked = Requests(page)
    menu = page.locator(MENU)
    expect(menu.locator("[data-found] > p[aria-hidden]")).to_be_hidden()  # it names keys
    menu.get_by_role("heading").last.tap()
    expect(menu).to_be_focused()  # and not the box, which would call the keyboard
    row = menu.locator("past-answers li").first
    row.get_by_role("button", name="Read the whole answer").tap()
    row.locator(".reading .body").last.tap()
    expect(menu).to_be_visible()
    with page.expect_navigation(url="**?at=*"):
        row.get_by_role("link", name="Open conversation").tap()
    assert not asked.to("/draft/")


@pytest.mark.parametrize("ending", ["Escape", "Enter"])
def test_a_draft_is_saved_though_the_menu_opens_at_once(
    sit, hub: Hub, talk: Talk, ending: str
) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.type("Hallo Welt ;")
    menu = page.locator(MENU)
    expect(menu.get_by_role("searchbox")).to_be_focused()
    if ending == "Enter":
        page.keyboard.type("refund")
        expect(menu.locator(".menu-item.active")).to_contain_text("Refund is under way")
    page.keyboard.press(ending)
    expect(menu).to_be_hidden()
    expect(page.get_by_text("draft saved")).to_be_visible()
    kept = page.locator(REPLY).input_value()
    assert kept.startswith("Hallo Welt ")
    assert ("refund" in kept) == (ending == "Enter")
    assert hub.ask(KEPT, talk.pk) == kept
    elsewhere = sit("bo")
    elsewhere.goto(talk.page)
    expect(elsewhere.locator(REPLY)).to_have_value(kept)


@pytest.mark.parametrize("focus", ["box", "page"])
def test_no_letter_is_lost_that_is_typed_right_after_the_semicolon(
    sit, talk: Talk, focus: str
) -> None:
    page = sit("bo")
    page.goto(talk.page)
    if focus == "box":
        page.keyboard.press("r")
    asked = Requests(page)
    page.keyboard.type(";which firmware", delay=40)
    box = page.locator(MENU).get_by_role("searchbox")
    expect(box).to_have_value("which firmware")
    expect(page.locator(f"{MENU} .saved-part")).to_contain_text("No matching saved replies")
    expect(box).to_have_value("which firmware")
    assert len(asked.to("/saved-replies/")) == 1
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    assert len(asked.to("/saved-replies/")) == 1  # not on closing
    page.keyboard.press("Escape")
    expect(page.locator(REPLY)).to_have_value(";" if focus == "box" else "")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Thanks ;)", "Thanks ;)"),
        (";-) done", ";-) done"),
        ("oui ; non", "oui ; non"),
        ("oui ;; non", "oui ; non"),
        ("Thanks ;<Escape>", "Thanks ;"),
        ("Thanks ;xyzzy<Escape>", "Thanks ;"),
        ("Thanks ;<Backspace>.", "Thanks ."),
    ],
)
def test_a_semicolon_stays_text_unless_a_reply_takes_its_place(
    sit, talk: Talk, typed: str, text: str
) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    for part in re.split("<(.+?)>", typed):
        if part in ("Escape", "Backspace"):
            page.keyboard.press(part)
        else:
            page.keyboard.type(part)
    box = page.locator(REPLY)
    expect(box).to_have_value(text)
    expect(page.locator(MENU)).to_be_hidden()
    expect(box).to_be_focused()


def test_managing_saved_replies_stands_below_the_past_answers(sit, talk: Talk) -> None:
    page = sit("bo")
    open_menu(page, talk)
    last = page.locator(f"{MENU} .menu-item").last
    expect(last).to_have_text("Manage saved replies")


def test_what_was_inserted_is_undone_by_the_browser_and_nothing_else(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.type("Hello, ;")
    menu, box = page.locator(MENU), page.locator(REPLY)
    expect(menu.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("refund")
    expect(menu.locator(".menu-item.active")).to_contain_text("Refund is under way")
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile("^Hello, Your refund is under way, Wren"))
    refund = box.input_value()
    page.keyboard.type(" ;firmware")
    found(page)
    menu.locator("past-answers .menu-item").first.click()
    expect(menu).to_be_hidden()
    assert box.input_value().startswith(f"{refund} ")
    assert len(box.input_value()) > len(refund) + 1
    page.keyboard.press("Control+z")
    expect(box).to_have_value(f"{refund} ;")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(box).to_have_value(refund)
    page.keyboard.press("Control+z")
    expect(box).to_have_value("Hello, ;")
    page.keyboard.press("Control+Shift+z")
    expect(box).to_have_value(refund)
    page.keyboard.press("Control+z")
    expect(page.get_by_text("draft saved")).to_be_visible()
    page.reload()
    expect(box).to_have_value("Hello, ;")


def test_a_change_of_language_is_undone_with_the_choice(sit, talk: Talk) -> None:
    page = sit("lena")
    title = f"Both {talk.pk}"
    for language, text in (("de", "Er ist oben befestigt."), ("en", "It is fastened above.")):
        if language == "de":
            page.goto("/saved-replies/new/")
            page.get_by_label("Title").fill(title)
            page.get_by_label("Share with the team").uncheck()
        page.get_by_label("Language").select_option(language)
        page.get_by_label("Text", exact=True).fill(text)
        name = "Save and add a language" if language == "de" else "Save"
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("link", name="English")).to_be_visible()
    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.type("So: ;")
    menu, box = page.locator(MENU), page.locator(REPLY)
    expect(menu.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(title)
    expect(menu.locator(".menu-item.active")).to_contain_text(title)
    page.keyboard.press("Enter")
    expect(box).to_have_value("So: It is fastened above.")
    choice = page.get_by_label("Saved reply in")
    page.keyboard.press("Tab")
    page.keyboard.type("Deu", delay=150)
    expect(box).to_have_value("So: Er ist oben befestigt.")
    expect(choice).to_be_focused()
    expect(choice).to_have_value("de")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("So: It is fastened above.")
    expect(choice).to_have_value("en")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("So: ;")
    expect(choice).to_be_hidden()


def test_down_goes_on_below_what_is_marked(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.locator(REPLY).click()
    page.keyboard.type(";encoder")  # in no saved reply
    found(page)
    rows = page.locator(f"{MENU} past-answers .menu-item")
    expect(page.locator(f"{MENU} .menu-item.active")).to_have_count(1)
    expect(rows.first).to_have_class(re.compile("active"))
    assert rows.count() > 1
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()


@pytest.mark.parametrize("by", ["key", "thumb"])
def test_an_opened_answer_is_scrolled_into_view(sit, talk: Talk, by: str) -> None:
    page = sit("bo", viewport=PHONE, has_touch=True, is_mobile=True)
    open_menu(page, talk)
    row = page.locator(f"{MENU} past-answers li").last
    read = row.get_by_role("button", name="Read the whole answer")
    if by == "thumb":
        read.tap()
    else:
        row.locator(".menu-item").press("ArrowRight")
    reading = row.locator(".reading .body").first
    expect(reading).to_be_visible()
    expect(reading).to_be_in_viewport()
    page.wait_for_timeout(300)
    menu_end, end = (
        part.evaluate("part => part.getBoundingClientRect().bottom")
        for part in (page.locator(MENU), reading)
    )
    assert end <= menu_end


def test_a_click_on_what_takes_no_focus_leaves_it_in_the_box(sit, talk: Talk) -> None:
    page = sit("bo")
    open_menu(page, talk)
    menu = page.locator(MENU)
    box = menu.get_by_role("searchbox")
    menu.get_by_role("heading").last.click()
    expect(box).to_be_focused()
    row = menu.locator("past-answers li").first
    row.get_by_role("button", name="Read the whole answer").click()
    row.locator(".reading .body").last.click()
    expect(box).to_be_focused()
    page.keyboard.type("s")
    expect(box).to_have_value("firmwares")


def test_an_inserted_text_is_kept_apart_from_the_word_before(sit, talk: Talk) -> None:
    page = sit("bo")
    title = f"Greeting {talk.pk}"
    page.goto("/saved-replies/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Share with the team").uncheck()
    page.get_by_label("Text", exact=True).fill("Hi Ron.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(title).first).to_be_visible()
    page.goto(talk.page)
    page.keyboard.press("r")
    box, menu = page.locator(REPLY), page.locator(MENU)
    for before, saved, after in (
        ("I will check.", title, r"^I will check\. Hi Ron\.$"),
        ("I will check. ", title, r"^I will check\. Hi Ron\.$"),
        ("I will check.", "Refund is under way", r"^I will check\.\n\nYour refund is under way"),
        ("", "Refund is under way", "^Your refund is under way"),
    ):
        box.fill(before)
        page.locator("[data-saved-replies]").click()
        expect(menu.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type(saved)
        expect(menu.locator(".menu-item.active")).to_contain_text(saved)
        page.keyboard.press("Enter")
        expect(box).to_have_value(re.compile(after))


def test_a_warning_goes_with_the_names_that_it_is_about(sit, talks: Talks) -> None:
    earlier, now = talks.together(2)
    page = sit("bo")
    word = f"zanzibar{earlier.pk}"
    page.goto(earlier.page)
    page.keyboard.press("r")
    box, menu = page.locator(REPLY), page.locator(MENU)
    box.fill(f"See {word}.\n\nAsk bo@polyphon.example.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.ours")).to_contain_text("delivered", timeout=30_000)
    page.goto(now.page)
    page.keyboard.press("r")
    warning = page.locator("#composer-warning")
    for gone in ("undo", "cleared", "changed"):
        box.fill("So:")
        page.locator("[data-saved-replies]").click()
        expect(menu.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type(word)
        expect(menu.locator("[data-found]:not([aria-busy]) li")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(box).to_have_value(f"So:\n\nSee {word}.\n\nAsk bo@polyphon.example.")
        expect(warning).to_contain_text("This answer mentions: bo@polyphon.example")
        if gone == "undo":
            page.keyboard.press("Control+z")
            expect(box).to_have_value("So:")
        elif gone == "cleared":
            page.keyboard.press("Control+a")
            page.keyboard.press("Delete")
        else:
            for _letter in "example.":
                page.keyboard.press("Backspace")
        expect(warning).to_be_empty()


def test_a_reply_beyond_those_that_the_menu_has_is_found_and_inserted(
    sit, hub: Hub, talk: Talk
) -> None:
    many = (
        "insert into inbox_savedreply (title, folder, language, text, used_count)"
        " select 'zz bulk reply ' || n, '', '', 'Bulk text ' || n, 0"
        " from generate_series(1, 244) n returning 1"
    )
    hub.ask(many)
    try:
        page = sit("bo")
        page.goto(talk.page)
        page.locator(REPLY).click()
        page.keyboard.type(";zz bulk reply 99")
        menu = page.locator(MENU)
        expect(menu.locator(".menu-item.active")).to_contain_text("zz bulk reply 99")
        expect(menu.get_by_text("No matching saved replies")).to_be_hidden()
        page.keyboard.press("Enter")
        expect(page.locator(REPLY)).to_have_value("Bulk text 99")
    finally:
        hub.ask("delete from inbox_savedreply where title like 'zz bulk reply %%' returning 1")


@pytest.mark.parametrize("width", [1280, 1440, 2560])
def test_the_menu_stands_beside_the_reply_box(sit, talk: Talk, width: int) -> None:
    page = sit("bo", viewport={"width": width, "height": 900})
    open_menu(page, talk)
    menu, composer = page.locator(MENU).bounding_box(), page.locator("#composer").bounding_box()
    assert menu
    assert composer
    assert 0 <= composer["x"] - (menu["x"] + menu["width"]) <= 16
    assert menu["x"] >= 0
    assert menu["y"] >= 0


@pytest.mark.parametrize("is_slow", [False, True])
def test_tab_leads_to_the_past_answers_and_enter_inserts_the_first(
    sit, talk: Talk, is_slow: bool
) -> None:
    page = sit("bo")

    def late(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.goto(talk.page)
    page.locator(REPLY).click()
    if is_slow:  # the key is pressed before they are there
        page.route(
            "**/past-answers/**", lambda route: (page.wait_for_timeout(400), route.continue_())
        )
    page.keyboard.type(";firmware")
    if not is_slow:
        found(page)
    page.keyboard.press("Tab")
    first = page.locator(f"{MENU} [data-found] .menu-item").first
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(MENU)).to_be_hidden()
    expect(page.locator(REPLY)).to_be_focused()
    expect(page.locator(REPLY)).not_to_have_value("")
