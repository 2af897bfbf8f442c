"""What is known of a member, in one form; and what gifts need, with consent, for few."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .test_member_page import open_member
from .watch import Watch


def open_details(page: Page, name: str) -> None:
    open_member(page, name)
    page.locator("#edit-details").press("Enter")
    expect(page.get_by_role("heading", name=f"Edit {name}")).to_be_visible()


def test_what_was_typed_survives_a_step_elsewhere_and_one_undo_takes_a_save_back(
    sit, watch: Watch
) -> None:
    watch.expects(422)
    page = sit("bo")
    open_details(page, "Arjun R.")
    here, place, interests = page.url, page.get_by_label("Place"), page.get_by_label("Interests")
    before = place.input_value()
    place.fill("Mysuru")
    interests.fill("DSP, filters")
    page.get_by_label("Do not contact").check()
    page.goto("/members/")
    page.goto(here)
    expect(page.get_by_text("This is what you typed and didn’t save.")).to_be_visible()
    expect(place).to_have_value("Mysuru")
    expect(page.get_by_label("Do not contact")).to_be_checked()
    page.get_by_role("button", name="Discard").click()
    expect(place).to_have_value(before)
    expect(page.get_by_label("Do not contact")).not_to_be_checked()
    page.reload()
    expect(place).to_have_value(before)

    place.fill("Mysuru")
    interests.fill("DSP, filters")
    page.get_by_label("Birthday").fill("30 February")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("February has no day 30.")).to_be_visible()
    expect(place).to_have_value("Mysuru")
    page.goto(here)
    expect(place).to_have_value("Mysuru")
    expect(page.get_by_label("Birthday")).to_have_value("30 February")
    page.get_by_label("Birthday").fill("28 February")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".glance")).to_contain_text("filters")
    expect(page.locator(".member-line")).to_contain_text("Mysuru")
    page.locator("body").press("z")
    expect(page.locator(".glance")).not_to_contain_text("filters")
    expect(page.locator(".member-line")).not_to_contain_text("Mysuru")
    page.goto(here)
    expect(place).to_have_value(before)


def test_gift_details_are_added_deleted_and_brought_back_and_hidden_from_contributors(
    sit, watch: Watch
) -> None:
    watch.expects(422)
    page = sit("bo")
    open_member(page, "Petra Lindqvist")
    page.get_by_role("link", name="Add size or address").press("Enter")
    page.get_by_label("Size").fill("M")
    page.get_by_label("Postal address").fill("Petra Lindqvist\nStorgatan 900\nGothenburg")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Say where or how they agreed.")).to_be_visible()
    page.get_by_label("Where or how they agreed").fill("on the phone")
    page.get_by_role("button", name="Save").click()
    panel = page.locator(".side section", has_text="For gifts")
    expect(panel).to_contain_text("on the phone")
    expect(panel.get_by_text("Storgatan 900")).to_be_hidden()
    panel.get_by_text("Show", exact=True).click()
    expect(panel.get_by_text("Storgatan 900")).to_be_visible()
    here = page.url
    panel.get_by_role("button", name="Delete now").click()
    expect(page.locator(".toast")).to_contain_text("Deleted.")
    expect(panel).not_to_contain_text("Storgatan")
    expect(panel.get_by_role("link", name="Add size or address")).to_be_focused()
    page.locator("body").press("z")
    expect(panel).to_contain_text("on the phone")

    other = sit("suri")
    other.goto(here)
    expect(other.locator(".member-name")).to_have_text("Petra Lindqvist")
    assert "For gifts" not in other.content()
    assert "Storgatan" not in other.content()
    panel.get_by_role("button", name="Delete now").click()
    expect(page.locator(".toast")).to_contain_text("Deleted.")
