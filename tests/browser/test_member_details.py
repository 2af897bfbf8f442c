"""What gifts need, with consent, for few."""

from __future__ import annotations

from playwright.sync_api import expect

from .test_member_page import open_member
from .watch import Watch


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
