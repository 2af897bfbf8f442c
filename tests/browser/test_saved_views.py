"""A search of members is saved, shared, opened by a colleague, renamed, moved, removed and brought
back, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from .hub import Hub
from .test_accessible import RULES, look_at, violations


@pytest.fixture(autouse=True)
def _no_views(hub: Hub) -> Iterator[None]:
    clear = "update team_savedquery set removed_at = now() where removed_at is null returning 1"
    hub.ask(clear)
    yield
    hub.ask(clear)


def views(page: Page):
    """Those in the navigation."""
    return page.locator("#nav-views li:not(#nav-all-views)")


def save(page: Page, name: str, *, shared: bool = False) -> None:
    """What the list shows, by keyboard."""
    page.get_by_role("button", name="Save view").press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type(name)
    if shared:
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_a_view_is_saved_shared_opened_by_a_colleague_renamed_and_removed(sit) -> None:
    page = sit("bo")
    page.goto("/members/")
    page.keyboard.press("/")
    page.keyboard.type("stage:champion")
    expect(page).to_have_url("/members/?q=stage%3Achampion&stage=&sort=-seen")
    rows = page.locator("#rows a.person-row").count()
    save(page, "Champions", shared=True)
    mine = views(page).get_by_role("link", name="Champions")
    expect(mine).to_have_attribute("aria-current", "page")
    expect(mine.locator(".count")).not_to_be_empty()
    link = page.url

    colleague = sit("lena")
    colleague.goto(link)
    expect(colleague.get_by_role("heading", name="Champions", level=1)).to_be_visible()
    expect(colleague.locator(".sheet > header")).to_contain_text("shared by Bo Nilsson")
    assert colleague.locator("#rows a.person-row").count() == rows
    colleague.get_by_role("button", name="View options").press("Enter")
    expect(colleague.get_by_role("link", name="Edit")).to_be_focused()
    colleague.keyboard.press("Enter")
    streams: list[Route] = []
    page.route("**/live/**", lambda route: streams.append(route))
    page.reload()
    colleague.get_by_label("Name").fill("Best members")
    colleague.keyboard.press("Enter")
    expect(colleague.locator("#saved-views")).to_contain_text("Best members")
    streams[0].continue_()  # what was said since Bo's page was made, it tells first
    expect(views(page)).to_contain_text(["Best members"])
    page.unroute("**/live/**")

    page.goto("/members/?q=last:<30d")
    save(page, "Newly seen")
    page.keyboard.press("g")
    page.keyboard.press("v")
    expect(page.get_by_role("heading", name="Views", level=1)).to_be_visible()
    own = page.locator("#own-views li strong")
    expect(own).to_have_text(["Best members", "Newly seen"])
    page.route("**/views/navigation/", lambda route: route.fulfill(status=204))
    up = page.get_by_role("button", name="Move “Newly seen” up")
    up.press("Enter")
    expect(own).to_have_text(["Newly seen", "Best members"])
    expect(up).to_be_focused()
    expect(views(page).first).to_contain_text("Newly seen")  # the answer itself brought it along
    page.unroute("**/views/navigation/")

    page.get_by_role("button", name="Options of “Best members”").press("Enter")
    expect(page.get_by_role("link", name="Edit")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(own).to_have_text(["Newly seen"])
    expect(views(colleague)).to_have_count(0)
    page.keyboard.press("z")
    expect(own).to_have_text(["Newly seen", "Best members"])
    expect(views(page)).to_have_count(2)
    expect(views(colleague)).to_have_count(1)


def test_a_changed_query_updates_its_view(sit) -> None:
    page = sit("bo")
    page.goto("/members/?q=stage:champion")
    save(page, "Champions")
    box = page.get_by_label("Search members")
    box.fill("stage:contributor")
    update = page.get_by_role("button", name="Update view")
    update.press("Enter")
    expect(page.locator(".toast")).to_contain_text("View updated.")
    expect(box).to_have_value("stage:contributor")
    expect(update).to_have_count(0)


def test_what_is_typed_as_a_name_outlasts_results_that_arrive_late(sit) -> None:
    page = sit("bo")
    page.goto("/members/")
    with page.expect_response(lambda answer: "q=stage" in answer.url):
        page.get_by_label("Search members").press_sequentially("stage:champion")
        page.get_by_role("button", name="Save view").press("Enter")
        page.get_by_label("Name", exact=True).fill("Champions")
    expect(page.locator("#save-view [name=q]")).to_have_value("stage:champion")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Champions")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Search members")).to_have_value("stage:champion")


def test_the_link_of_a_view_is_copied(sit) -> None:
    page = sit("bo")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/members/?q=stage:champion")
    save(page, "Champions")
    page.get_by_role("button", name="View options").press("Enter")
    page.get_by_role("button", name="Copy link").press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_views_fit_and_have_no_barriers(sit, tmp_path: Path) -> None:
    page = sit("bo")
    page.goto("/members/?q=stage:champion")
    save(page, "The champions of all our forums whom we have not spoken with since last summer")
    page.goto("/members/?q=last:<30d")
    save(page, "Newly seen", shared=True)
    look_at(page, tmp_path, "opened view")
    page.goto("/views/")
    look_at(page, tmp_path, "views")
    page.locator("[aria-label^='Options of']").first.click()
    assert not violations(page, RULES, "command-menu:popover-open")
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_role("heading", name="Edit view")).to_be_visible()
    look_at(page, tmp_path, "edit view")


@pytest.mark.parametrize("width", [1440, 360])
def test_the_form_that_saves_a_view_fits_into_the_window(sit, width: int) -> None:
    page = sit("bo", viewport={"width": width, "height": 740}, reduced_motion="reduce")
    page.goto("/members/?q=last:<30d")
    page.get_by_role("button", name="Save view").click()
    form = page.locator("#save-view")
    expect(form).to_be_in_viewport(ratio=1)
    assert not violations(page, RULES, "#save-view")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_menus_of_a_view_open_beside_the_navigation_and_the_account_stays_in_sight(sit) -> None:
    page = sit("bo")
    for number in range(6):
        page.goto("/inbox/search/?q=encoder+is:open")
        page.get_by_role("button", name="Save view").press("Enter")
        page.get_by_label("Name", exact=True).fill(f"Of the encoder {number}")
        if number == 0:
            assert left_of(page, "#save-view") >= left_of(page, "#list")
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(page).to_have_url(re.compile("view="))
    expect(page.locator(".me")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="View options").press("Enter")
    assert left_of(page, "#view-menu") >= left_of(page, "#list")
    page.get_by_role("button", name="Copy link").press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert page.locator("#view-menu copy-text input").bounding_box()["width"] < 10


def test_undo_of_an_update_shows_the_former_order_at_once(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/search/?q=is:open")
    save(page, "Open ones")
    expect(page).to_have_url(re.compile("view="))
    page.locator("#list-sort").select_option("oldest")
    page.get_by_role("button", name="Update view").press("Enter")
    expect(page.locator(".toast")).to_contain_text("View updated.")
    expect(page.locator("#list-sort")).to_have_value("oldest")
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Undone")
    expect(page.locator("#list-sort")).to_have_value("newest")
    heading = page.get_by_role("heading", name="Open ones", level=1)
    expect(heading).to_be_focused()

    page.get_by_role("button", name="View options").press("Enter")
    page.get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_role("heading", name="Search", level=1)).to_be_focused()
    page.keyboard.press("z")
    expect(heading).to_be_focused()
    expect(page.locator("a.row").first).to_be_visible()


def test_the_focus_stays_near_what_left_and_comes_to_the_box_of_a_search(sit) -> None:
    page = sit("bo")
    for name in ("First one", "Second one"):
        page.goto("/members/?q=is:bot")
        save(page, name)
    page.goto("/views/")
    for left in ("Second one", ""):
        options = page.locator("#own-views button[popovertarget^=view-menu]").first
        options.press("Enter")
        page.locator("command-menu:popover-open").get_by_role("button", name="Remove").press(
            "Enter"
        )
        focused = page.locator(":focus")
        expect(focused).to_have_text(left or "Views")
    page.goto("/inbox/")
    page.keyboard.press("Control+k")
    page.keyboard.type("tag")
    expect(page.locator("#palette .menu-item", has_text="Tags")).to_be_visible()
    page.goto("/inbox/")
    page.keyboard.press("Control+k")
    page.keyboard.type("encoder")
    chosen = page.locator("#palette .menu-item.active")
    expect(chosen).to_contain_text("Search conversations:")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=encoder"))
    expect(page.locator("#list-q")).to_be_focused()


def left_of(page: Page, selector: str) -> float:
    return page.locator(selector).bounding_box()["x"]
