"""A meeting is logged on a phone, in a page that was left before it was saved."""

from __future__ import annotations

from playwright.sync_api import expect

from .hub import Hub


def test_a_meeting_of_two_is_logged_on_a_phone_though_the_page_is_left(sit, hub: Hub) -> None:
    page = sit("bo", viewport={"width": 360, "height": 740})
    member = hub.ask("select member_id from members_identity where handle = 'ettore'")
    page.goto(f"/members/{member}/")
    page.locator("main").get_by_role("link", name="Log an encounter").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("What was said")).to_be_focused()
    dialog.get_by_label("When").fill("yesterday 15:00")
    expect(dialog.get_by_role("status")).to_contain_text(", 15:00")
    who = dialog.get_by_label("Who was there")
    who.press_sequentially("Jo Perkins")
    offered = dialog.locator("people-picker [role=option]")
    expect(offered).to_have_text(["Add “Jo Perkins” as somebody new"])
    who.press("Enter")
    dialog.get_by_label("What was said").fill("Compared encoders over coffee")
    dialog.get_by_text("Next step").click()
    dialog.get_by_label("What to do next").fill("Send the spare knobs")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.reload()  # what was typed is kept in the browser
    page.locator("main").get_by_role("link", name="Log an encounter").click()
    expect(dialog.get_by_text("This is what you typed and didn’t save.")).to_be_visible()
    expect(dialog.locator("people-picker bdi")).to_have_text(["Ettore Bini", "Jo Perkins"])
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Meeting with 2 people logged")
    expect(dialog).to_have_count(0)
    expect(page.locator("#timeline")).to_contain_text("Compared encoders over coffee")
    expect(page.locator(".follow-ups")).to_contain_text("Send the spare knobs")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('encounter'))") == []
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".follow-ups")).not_to_contain_text("Send the spare knobs")


def test_what_was_saved_by_key_is_not_offered_again(sit, hub: Hub) -> None:
    page = sit("bo")
    member = hub.ask("select member_id from members_identity where handle = 'ettore'")
    page.goto(f"/members/{member}/")
    note = page.get_by_text("This is what you typed and didn’t save.")
    expect(note).to_be_hidden()
    page.locator("body").press("m")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What was said").press_sequentially("Talked about faders")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("logged")
    expect(dialog).to_have_count(0)
    page.locator("body").press("m")
    expect(dialog.get_by_label("What was said")).to_have_value("")
    expect(dialog.get_by_text("This is what you typed and didn’t save.")).to_be_hidden()
    page.keyboard.press("Escape")
    page.locator("body").press("z")
    expect(page.locator("#timeline")).not_to_contain_text("Talked about faders")
