"""A known sentence is found, opened where it was said, kept as a view, shared and opened by a
colleague, by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .talks import Talk

OFFERED = ".suggestions [role=option]"
SAID = "the board and the plan disagree"  # in every talk


def test_a_sentence_is_found_and_its_search_becomes_the_teams_view(sit, talk: Talk) -> None:
    page = sit("lena")
    page.goto("/inbox/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search conversations")
    expect(box).to_be_focused()
    expect(box).to_have_value("is:waiting")
    page.keyboard.type(f'"{SAID}" i')
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_contain_text("is:")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("op")
    expect(options.first).to_contain_text("open")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(box).to_have_value(f'"{SAID}" is:open ')
    expect(box).to_be_focused()
    row = page.locator("a.row", has_text=talk.title)
    expect(row.locator("mark")).to_have_text(SAID)

    page.get_by_role("button", name="Save view").press("Enter")
    page.get_by_label("Name", exact=True).fill("Words of the day")
    page.get_by_label("Your team").press("Space")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Words of the day", level=1)).to_be_visible()
    address = page.url

    other = sit("bo")
    other.goto(address)
    expect(other.get_by_role("heading", name="Words of the day", level=1)).to_be_visible()
    other.locator("a.row", has_text=talk.title).press("Enter")
    found = other.locator("article.found")
    expect(found).to_be_in_viewport()
    expect(found).to_contain_text(SAID)
    expect(other.get_by_role("heading", name="Words of the day", level=1)).to_be_visible()


def test_where_nothing_is_found_a_name_among_the_words_is_offered(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/search/?q=sofie glass")
    meant = page.get_by_role("link", name="from:sofie glass")
    expect(meant).to_be_visible()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('hub:catch-up'))")
    page.wait_for_load_state("networkidle")
    expect(meant).to_be_visible()  # the list was brought up to date below it

    box = page.get_by_role("combobox", name="Search conversations")
    box.fill("dahl juice ")
    expect(page.get_by_role("link", name="from:dahl juice")).to_be_visible()
    expect(meant).to_have_count(0)
    box.fill("xyzzy juice ")
    expect(page.get_by_role("link", name="Did you mean")).to_have_count(0)
    box.fill("sofie glass ")
    meant.press("Enter")
    expect(box).to_have_value("from:sofie glass")
    expect(box).to_be_focused()
    expect(page.locator("a.row").first).to_be_visible()


def test_a_mistake_in_a_search_is_explained_and_mended(sit) -> None:
    page = sit("bo")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/inbox/search/?q=asignee:me")
    expect(page.get_by_role("alert")).to_contain_text("did you mean “assignee:”?")
    page.get_by_role("link", name="assignee:me").press("Enter")
    box = page.get_by_role("combobox", name="Search conversations")
    expect(box).to_have_value("assignee:me")
    expect(box).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="How to search").press("Enter")
    expect(page.get_by_role("dialog", name="How to search")).to_contain_text("waiting:>2d")


@pytest.mark.parametrize("address", ["/inbox/search/", "/members/"])
def test_the_wrong_place_of_a_query_is_selected_in_its_box(sit, address: str) -> None:
    page = sit("bo")
    page.goto(f"{address}?q=clock d) e")
    expect(page.get_by_role("alert").locator("mark")).to_contain_text(")")
    page.get_by_role("button", name="Select it").press("Enter")
    expect(page.locator("query-box input").first).to_be_focused()
    page.keyboard.type(" x")
    expect(page.locator("query-box input").first).to_have_value("clock d x e")


def test_escape_closes_the_suggestions_then_leaves_the_box_as_it_is(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/")
    box = page.get_by_role("combobox", name="Search conversations")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(box).not_to_be_focused()
    expect(box).to_have_value("is:waiting")
    page.keyboard.press("/")
    page.keyboard.press("End")
    page.keyboard.type(" is:")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).not_to_be_focused()
    expect(box).to_have_value("is:waiting is:")


def test_an_operator_whose_value_is_still_to_come_is_no_mistake_until_enter(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/everything/")
    expect(page.locator("a.row").first).to_be_visible()
    box = page.get_by_role("combobox", name="Search conversations")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    for begun in ("from:", '"'):
        page.keyboard.type(begun)
        expect(page.get_by_role("option").first).to_be_visible()
        page.wait_for_timeout(600)  # twice what a search waits for the next key
        assert not [url for url in asked if "/inbox/search/" in url]
        expect(page.locator("#rows [role=alert]")).to_have_count(0)
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator("#rows [role=alert]")).to_contain_text("needs a value")
    page.keyboard.type("w")  # with a value it is searched as one types
    expect(page.locator("#rows")).not_to_contain_text("needs a value")
    expect(box).to_be_focused()


@pytest.mark.parametrize("address", ["/inbox/search/?q=assignee:xx", "/members/?q=owner:xx"])
def test_a_mistake_goes_with_the_words_that_it_is_about(sit, address: str) -> None:
    page = sit("bo")
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("xx")
    page.keyboard.press("/")
    page.keyboard.type("is:")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("Type what comes after “is:”.")).to_be_visible()
    expect(page.locator(OFFERED).first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("row-list")).to_be_focused()


def test_tab_takes_what_is_begun_and_leads_on_from_what_is_typed_out(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/everything/")
    box = page.get_by_role("combobox", name="Search conversations")
    options = page.locator(OFFERED)
    page.keyboard.press("/")
    for typed, first, taken in (
        ("assig", "assignee:", "assignee:"),
        ("le", "Lena", 'assignee:"Lena Okafor" '),
        ("is:op", "open", 'assignee:"Lena Okafor" is:open '),
    ):
        page.keyboard.type(typed)
        expect(options.first).to_contain_text(first)
        page.keyboard.press("Tab")
        expect(box).to_have_value(taken)
        expect(box).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("is:")
    expect(options.nth(1)).to_be_visible()
    for letter in "open":  # nothing is left to offer
        page.keyboard.type(letter)
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(box).to_have_value("is:open")
    expect(box).not_to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("from")  # the word, as long as it has no colon
    expect(options.first).to_contain_text("from:")
    page.keyboard.press("Tab")
    expect(box).to_have_value("from")
    expect(box).not_to_be_focused()


def test_the_rows_of_a_search_stay_where_they_are_when_one_is_selected(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/search/?q=is:open")
    row = page.locator("a.row").first
    before = row.bounding_box()
    page.locator("main").press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk]")).to_contain_text("1 selected")
    assert row.bounding_box() == before
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    assert row.bounding_box() == before


@pytest.mark.parametrize("address", ["/inbox/", "/inbox/search/?q=is:open", "/members/?q=is:mine"])
def test_a_word_takes_the_place_of_the_query_of_the_list(sit, address) -> None:
    page = sit("bo")
    page.goto(address)
    box = page.get_by_role("combobox", name=re.compile("Search (conversations|members)"))
    own = box.input_value()
    page.keyboard.press("/")
    page.keyboard.press("End")
    page.keyboard.type(" lena")  # what is there can be added to
    expect(box).to_have_value(f"{own} lena")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("refund")
    page.keyboard.press("Enter")
    expect(box).to_have_value("refund")
    expect(page).to_have_url(re.compile(r"q=refund($|&)"))
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 360])
def test_the_first_click_or_tap_selects_the_query_and_the_next_one_does_not(sit, width) -> None:
    page = sit("bo", viewport={"width": width, "height": 740}, has_touch=width == 360)
    page.goto("/inbox/search/?q=is:waiting")
    box = page.get_by_role("combobox", name="Search conversations")
    point = box.tap if width == 360 else box.click
    point()
    page.keyboard.type("refund")
    expect(box).to_have_value("refund")
    point()  # the caret goes where one points
    page.keyboard.type("s")
    assert len(box.input_value()) == len("refunds")


def test_arrow_down_leads_from_the_box_to_the_rows_and_escape_to_the_list(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/search/?q=encoder")
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.row").first).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.locator("row-list")).to_be_focused()
    page.keyboard.press("j")  # goes on where one was
    expect(page.locator("a.row").first).to_be_focused()


def test_the_order_of_a_search_keeps_the_focus(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/search/?q=encoder")
    order = page.get_by_role("combobox", name="Order")
    order.focus()
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("sort=best"))
    expect(order).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page).not_to_have_url(re.compile("sort=best"))
    expect(order).to_be_focused()


WHOLE = """() => {
  const found = document.querySelector("article.found").getBoundingClientRect();
  const pane = document.querySelector("scroll-keeper").getBoundingClientRect();
  return found.top >= pane.top && found.top < pane.bottom - 40
}"""
TALLER = """() => {
  const picture = document.createElement("div");
  picture.style.blockSize = "700px";
  document.querySelector(".thread article").append(picture);
}"""


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)])
def test_what_was_found_opens_below_the_head_and_stays_there_when_pictures_arrive(
    sit, size
) -> None:
    page = sit("bo", viewport={"width": size[0], "height": size[1]})
    page.goto("/inbox/search/?q=encoder")
    page.locator("main").press("j")
    page.keyboard.press("Enter")
    expect(page.locator("article.found")).to_be_visible()
    page.wait_for_function(WHOLE)
    page.locator(".thread article").first.wait_for()
    others = page.locator("article:not(.found)").count()
    page.evaluate(TALLER)
    page.wait_for_timeout(300)
    assert not others or page.evaluate(WHOLE)


MARKED = "[...(CSS.highlights.get('found') ?? [])].map((range) => range.toString())"


def test_the_words_that_were_found_are_marked_in_the_message_too(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/search/?q=encoder")
    page.locator("a.row:has(mark)").first.press("Enter")
    expect(page.locator("article.found")).to_be_visible()
    page.wait_for_function(f"{MARKED}.length > 0")
    assert {word.lower()[:7] for word in page.evaluate(MARKED)} == {"encoder"}
    page.reload()
    page.wait_for_function(f"{MARKED}.length > 0")
    page.goto("/inbox/everything/")
    page.locator("a.row").first.press("Enter")
    expect(page.locator("article.message").first).to_be_visible()
    assert page.evaluate(MARKED) == []


def test_what_was_found_is_to_be_seen_in_its_row(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/search/?q=encoder")
    expect(page.locator("a.row .say mark").first).to_be_visible()
    hidden = page.evaluate("""() => [...document.querySelectorAll("a.row .say")].filter((say) => {
      const mark = say.querySelector("mark"), room = say.getBoundingClientRect();
      return mark && mark.getBoundingClientRect().bottom > room.bottom + 1;
    }).map((say) => say.textContent)""")
    assert hidden == []


def test_the_help_of_the_search_is_as_high_as_the_screen_lets_it(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/search/?q=encoder")
    page.get_by_role("button", name="How to search").press("Enter")
    panel = page.get_by_role("dialog", name="How to search")
    expect(panel).to_contain_text("Press End to add to it")
    expect(panel).to_contain_text("brackets ( )")
    assert panel.evaluate("it => it.scrollHeight <= it.clientHeight + 1")


def test_the_command_palette_marks_what_enter_takes(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/")
    page.get_by_role("button", name="Commands and members").first.press("Enter")
    marked = page.locator("#palette .menu-item.active")
    expect(marked).to_have_count(1)
    page.keyboard.type("pref")
    expect(marked).to_have_text("Profile and preferences")
    page.keyboard.press("Control+a")
    page.keyboard.type("zzz")
    shown = page.locator("#palette .menu-item:visible")
    expect(shown).to_have_text(["Search conversations: zzz", "Search members: zzz"])
    expect(marked).to_have_text("Search conversations: zzz")
    page.goto("/members/")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzz")
    expect(shown).to_have_text(["Search members: zzz", "Search conversations: zzz"])


def test_the_command_palette_searches_conversations(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto("/members/")
    page.keyboard.press("Control+k")
    page.keyboard.type("is:done")
    page.get_by_role("link", name="Search conversations: is:done").press("Enter")
    expect(page.get_by_role("combobox", name="Search conversations")).to_have_value("is:done")
