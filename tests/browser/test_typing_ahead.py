"""Who types ahead of the server: a picker's letters and keys count, however late its items come."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .hub import Hub
from .talks import EVERYTHING, Talk
from .test_triage import colleague, state

LATENCY = 300  # ms to the server and back
TAKEN_BACK = re.compile("restored|Undone")
QUICK = 60  # ms between the keys of somebody who knows them


def far_away(page: Page) -> None:
    """From now on every request takes `LATENCY` longer."""
    speed = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {**speed, "latency": LATENCY})


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(QUICK)


@pytest.mark.parametrize("many", [False, True])
def test_an_owner_is_found_by_letters_typed_before_the_list_is_there(
    sit, hub: Hub, many: bool
) -> None:
    def owned(name: str) -> int:
        owner = colleague(hub, name)
        return int(hub.ask("select count(*) from members_member where owner_id = %s", owner))

    page = sit("bo")
    bo, suri = owned("Bo Nilsson"), owned("Suri Anand")
    page.goto("/members/")
    page.locator("body").press("j")
    press(page, *("X" if many else "x"))
    far_away(page)
    if many:
        press(page, "X")  # and the next key before all that match are counted
    press(page, "a", *"suri", "Enter")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("changed")
    assert owned("Suri Anand") > suri + 40 * many
    assert owned("Bo Nilsson") <= bo
    press(page, "z")
    expect(toast).to_contain_text(TAKEN_BACK)


@pytest.mark.parametrize("where", ["row", "conversation"])
def test_a_teammate_is_found_by_letters_typed_before_the_list_is_there(
    sit, hub: Hub, talk: Talk, where: str
) -> None:
    page = sit("bo")
    page.goto(EVERYTHING if where == "row" else talk.page)
    if where == "row":
        page.locator("a.row", has_text=talk.title).focus()
        press(page, "x")
    far_away(page)
    press(page, "a", *"lena", "Enter")
    expect(page.locator(".toast")).to_contain_text(re.compile("assigned", re.IGNORECASE))
    assert state(hub, talk, "assignee_id") == colleague(hub, "Lena Okafor")


def test_a_letter_that_is_taken_back_and_one_that_fits_nobody(sit) -> None:
    page = sit("bo")
    page.goto("/members/")
    page.locator("body").press("j")
    far_away(page)
    press(page, "a", *"lx", "Backspace", "e")
    field = page.get_by_label("Search teammates")
    expect(field).to_have_value("le")
    marked = page.locator("#bulk-owners .menu-item.active")
    expect(marked).to_contain_text("Lena Okafor")
    expect(field).to_be_focused()
    press(page, "Escape", "a", *"zzz", "Enter")  # it is there by now
    expect(page.get_by_text("No teammate with that name.")).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)


def test_a_tag_is_made_of_letters_typed_before_the_tags_are_there(sit) -> None:
    page = sit("bo")
    page.goto("/members/")
    page.locator("body").press("j")
    far_away(page)
    press(page, "l", *"ahead", "Enter")
    expect(page.locator(".toast")).to_contain_text("tagged")
    expect(page.locator(".chip.tag", has_text="ahead")).to_have_count(1)
    press(page, "z")
    expect(page.locator(".chip.tag", has_text="ahead")).to_have_count(0)


@pytest.mark.parametrize("key", ["s", "a"])
def test_arrows_and_enter_wait_for_the_items_and_never_open_the_row(sit, key: str) -> None:
    page = sit("bo")
    page.goto("/members/")
    page.locator("body").press("j")
    far_away(page)
    press(page, key, "ArrowDown", "Enter")
    expect(page.locator(".toast")).to_contain_text("1 member")
    assert page.url.endswith("/members/")
    press(page, "z")
    expect(page.locator(".toast")).to_contain_text(TAKEN_BACK)


def test_enter_in_the_palette_waits_for_the_members_of_these_letters(sit) -> None:
    page = sit("bo")
    page.goto("/today/")
    far_away(page)
    page.keyboard.press("Control+k")
    press(page, *"wren ash", "Enter")
    expect(page.get_by_role("heading", name="Wren Ashby", level=1)).to_be_visible()


def test_enter_in_the_palette_does_not_wait_for_what_stands_below_a_command(sit) -> None:
    page = sit("bo")
    page.goto("/today/")
    page.route("**/members/named/**", lambda route: None)
    page.keyboard.press("Control+k")
    press(page, *"every", "Enter")
    page.wait_for_url("**/inbox/everything/**")


def test_enter_in_the_saved_replies_waits_for_their_list(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    far_away(page)
    press(page, ";", *"refund", "Enter")
    box = page.locator('textarea[name="reply"]')
    expect(box).to_have_value(re.compile("^Your refund is under way"))
