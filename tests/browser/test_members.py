"""The list of members by keyboard: sorted, selected, tagged, undone, exported; and on a phone."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def list_of(sit):
    """`list_of("bo")`: the page, with the columns as they are at first."""

    def open_it(name: str, **options) -> Page:
        page = sit(name, **options)
        page.goto("/members/")
        expect(page.locator("a.person-row").first).to_be_visible()
        return page

    return open_it


def names(page: Page) -> list[str]:
    return page.locator("a.person-row strong bdi").all_inner_texts()


def test_sort_select_tag_undo_export_and_download_by_keyboard(list_of, tmp_path: Path) -> None:
    page = list_of("bo")
    page.locator("#sort-name").press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    expect(page).to_have_url(re.compile(r"\?sort=name"))
    assert names(page) == sorted(names(page), key=str.lower)
    page.locator("#sort-name").press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Name")
    page.locator("#sort-name").press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")

    page.locator("body").press("j")
    page.keyboard.press("x")
    page.keyboard.press("J")
    page.keyboard.press("J")
    chosen = names(page)[:3]
    expect(page.locator("[data-picked]")).to_have_text("3")
    page.keyboard.press("l")
    expect(page.get_by_label("Find or create a tag")).to_be_focused()
    page.keyboard.type("keyboard")
    page.keyboard.press("Enter")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("3 members tagged")
    tagged = page.locator("tr").filter(has=page.locator(".chip", has_text="keyboard"))
    expect(tagged).to_have_count(3)
    page.keyboard.press("z")
    expect(toast).to_contain_text("3 restored")
    expect(tagged).to_have_count(0)

    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    for row in range(3):
        page.locator("a.person-row").nth(row).focus()
        page.keyboard.press("x")
    page.keyboard.press("e")
    link = page.get_by_role("link", name="Download").first
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.press("Enter")
    file = tmp_path / "members.csv"
    download.value.save_as(file)
    expect(link).to_have_count(0)  # the file is there
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][0] == "Name"
    assert [row[0] for row in rows[1:]] == chosen


def test_all_that_match_are_counted_changed_and_restored(list_of) -> None:
    page = list_of("lena")
    page.get_by_label("Search members").fill("stage:contributor")
    expect(page).to_have_url(re.compile("q=stage%3Acontributor"))
    page.get_by_label("Search members").press("Tab")
    page.locator("a.person-row").first.focus()
    page.keyboard.press("X")
    expect(page.locator("[data-picked]")).to_have_text("40")
    page.keyboard.press("X")
    said = page.locator("#matching b")
    expect(said).to_contain_text("matching")
    many = int(re.sub(r"\D", "", said.inner_text()))
    assert many > 40
    page.keyboard.press("s")
    page.locator("#bulk-stages .menu-item", has_text="Participant").press("Enter")
    expect(page.locator(".toast")).to_contain_text(f"{many} members changed")
    expect(page.locator("#members")).to_contain_text("No matching members")
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text(f"{many} restored")
    expect(page.locator("a.person-row")).to_have_count(40)


def test_a_row_left_out_means_the_ticked_ones_again(list_of) -> None:
    page = list_of("lena")
    page.locator("a.person-row").first.focus()
    page.keyboard.press("X")
    page.keyboard.press("X")
    expect(page.locator("#matching input[name=all]")).to_have_count(1)
    page.keyboard.press("x")
    expect(page.locator("#matching input")).to_have_count(0)
    expect(page.locator("[data-picked]")).to_have_text("39")


def test_columns_are_chosen_and_kept(list_of, sit) -> None:
    page = list_of("suri")
    page.get_by_role("button", name="Columns").press("Enter")
    page.get_by_label("Last contact").press("Space")
    expect(page.locator("th", has_text="Last contact")).to_be_visible()
    page.get_by_label("Tags", exact=True).press("Space")
    expect(page.locator("th", has_text="Tags")).to_have_count(0)
    other = sit("suri")
    other.goto("/members/")
    expect(other.locator("#sort-contact")).to_be_visible()
    expect(other.locator("th", has_text="Tags")).to_have_count(0)


def test_on_a_phone_it_sorts_from_a_menu_stacks_and_selects_by_touch(list_of) -> None:
    page = list_of("bo", viewport=PHONE, has_touch=True)
    page.get_by_label("Sort by").select_option("name")
    expect(page).to_have_url(re.compile("sort=name"))
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    assert names(page) == sorted(names(page), key=str.lower)
    page.get_by_role("button", name="Select", exact=True).click()
    page.locator("a.person-row").nth(1).click()
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.locator(".bulk").get_by_role("button", name="Stage").click()
    expect(page.locator("#bulk-stages .menu-item").first).to_be_in_viewport()
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) <= PHONE["width"]


def test_a_phone_shows_an_export_in_one_line_and_the_order_whole(list_of) -> None:
    page = list_of("lena", viewport=PHONE, has_touch=True)
    order = page.get_by_label("Sort by")
    assert order.evaluate("it => it.scrollWidth <= it.clientWidth")
    page.get_by_role("button", name="Export").tap()
    export = page.locator(".job")
    expect(export.get_by_role("link", name="Download")).to_be_visible()
    room = export.bounding_box()
    assert room
    assert room["height"] < 60
    page.goto("/members/?q=is:mine")
    expect(export).to_have_count(0)
    page.go_back()
    export.get_by_role("button", name="Close").tap()
    expect(export).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_row_below_the_finger_is_marked_as_selected_too(list_of, scheme: str) -> None:
    page = list_of("bo", viewport=PHONE, color_scheme=scheme)
    page.get_by_role("button", name="Select", exact=True).click()
    for row in range(2):
        page.locator("a.person-row").nth(row).click()
    colour = "row => getComputedStyle(row).backgroundColor"
    first, last = (page.locator("#rows tr").nth(row).evaluate(colour) for row in range(2))
    assert first == last


def test_the_ring_of_a_member_goes_around_the_row(list_of) -> None:
    page = list_of("bo")
    page.locator("body").press("j")
    style = "row => getComputedStyle(row).outlineStyle"
    assert page.locator("#rows tr").first.evaluate(style) == "solid"
    assert page.locator("a.person-row").first.evaluate(style) == "none"


def test_columns_by_arrows_and_back_to_the_row_one_came_from(list_of) -> None:
    page = list_of("bo")
    page.get_by_role("button", name="Columns").press("Enter")
    menu = page.locator("#member-columns")
    expect(menu.get_by_label("Tags")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_label("Stage")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("body").press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = page.locator("a.person-row").nth(2)
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".member-page")).to_be_visible()
    page.go_back()
    expect(row).to_be_focused()


def test_question_mark_lists_what_can_be_done_with_selected_members(list_of) -> None:
    page = list_of("bo")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    listed = keys.locator("dl").first.locator("div").all_inner_texts()
    for line in ("l Tag", "s Stage", "a Owner"):
        assert line in [" ".join(each.split()) for each in listed], listed
    group = [" ".join(each.split()) for each in keys.locator("section div").all_inner_texts()]
    assert "e Done" in group
    assert "; Saved replies" in group


def test_show_more_leads_to_the_first_of_the_new_rows(sit) -> None:
    page = sit("bo")
    page.goto("/members/")
    rows = page.locator("a.person-row")
    expect(rows).to_have_count(40)
    page.get_by_role("link", name="Show more").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(80)
    expect(rows.nth(40)).to_be_focused()
    expect(page.locator("#member-count")).to_have_text(re.compile(r"^\s*[\d,]+ members\s*$"))
