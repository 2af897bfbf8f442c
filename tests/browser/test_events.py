"""An event is planned, published and filled by keyboard."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from .hub import Hub
from .talks import Talk
from .test_accessible import look_at


def test_an_event_is_made_published_and_gets_a_person_by_keyboard(sit, hub: Hub) -> None:
    page = sit("bo")
    page.goto("/members/")
    page.locator("body").press("g")
    page.locator("body").press("e")
    expect(page.get_by_role("heading", name="Events", exact=True)).to_be_visible()
    page.locator("body").press("c")
    title = page.get_by_label("Title")
    title.focus()
    page.keyboard.type("Soldering evening")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Soldering evening")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Saved as a draft")

    page.locator("body").press("p")
    expect(page.locator(".chip.good")).to_have_text("Published")
    page.locator("body").press("a")
    who = page.locator("#event-who")
    expect(who).to_be_focused()
    who.press_sequentially("Jo Quimbleton")
    expect(page.locator("people-picker [role=option]")).to_have_text(
        ["Add “Jo Quimbleton” as somebody new"]
    )
    who.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".attendances")).to_contain_text("Jo Quimbleton")
    expect(page.locator(".toast")).to_contain_text("1 person added")

    page.get_by_role("link", name="Change Jo Quimbleton").press("Enter")
    page.get_by_label("Role").press("s")  # Speaker
    page.get_by_label("Role").press("Enter")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".attendances .role")).to_have_text("Speaker")
    page.locator("body").press("z")
    expect(page.locator(".attendances .role")).to_have_count(0)


def test_an_event_and_the_form_that_adds_people_are_accessible(
    sit, hub: Hub, tmp_path: Path
) -> None:
    page = sit("bo")
    page.goto("/events/new/")
    page.get_by_label("Title").fill("Synthesizer swap " + "without a break " * 6)
    page.get_by_label("Seats").fill("30")
    page.get_by_role("button", name="Save draft").click()
    page.locator("body").press("p")
    page.locator("body").press("a")
    look_at(page, tmp_path, "add people")
    page.locator("#event-who").fill("Una Testwood, Ann Testwood")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".attendances li")).to_have_count(2)
    look_at(page, tmp_path, "event")
    page.get_by_role("link", name="Change Ann Testwood").click()
    expect(page.get_by_role("button", name="Take off the list")).to_be_visible()
    look_at(page, tmp_path, "changing an answer")


def test_a_conversation_is_linked_to_an_event_by_its_key(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo")
    page.goto("/events/new/")
    title = f"Cable clinic {talk.pk}"
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Save draft").click()
    event = page.url
    page.goto(talk.page)
    page.locator("body").press("c")
    page.keyboard.type(title.lower())
    expect(page.locator("#event-link-list").get_by_role("button", name=title)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text(f"Linked to “{title}”")
    expect(page.locator(".head .sub")).to_contain_text(title)
    page.goto(event)
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
