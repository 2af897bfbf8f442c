"""A lead reviews three people by keyboard: filters, an opened conversation, a year, print."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .watch import Watch


def open_member(page: Page, name: str) -> None:
    page.goto(f'/members/?q="{name}"')
    page.locator("a.person-row", has_text=name).first.press("Enter")
    expect(page.locator(".member-name")).to_have_text(name)


def test_a_lead_reviews_three_people(sit) -> None:
    page = sit("lena")
    open_member(page, "Ines Wolff")
    expect(page.locator(".glance")).to_contain_text("Last contact")
    page.locator("body").press("/")
    expect(page.get_by_label("Search this history")).to_be_focused()
    page.keyboard.type("clock")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"text=clock"))
    entries = page.locator("[data-entry]")
    expect(entries.first).to_contain_text(re.compile("clock", re.IGNORECASE))
    page.get_by_role("link", name="Remove the filter Text: clock").press("Enter")
    expect(page).not_to_have_url(re.compile(r"text=clock"))
    group = page.locator("[data-entry]", has=page.locator("summary")).first
    for _ in range(entries.count()):
        page.locator("body").press("j")
        if page.evaluate("document.activeElement.matches('summary')"):
            break
    expect(group.locator("summary")).to_be_focused()
    expect(group.locator(".lines")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(group.locator(".lines")).to_be_visible()

    open_member(page, "Petra Lindqvist")
    page.locator(".years a[aria-label]").last.press("Enter")
    expect(page).to_have_url(re.compile(r"when=\d{4}-\d\d"))
    expect(page.locator(".years a.on")).to_have_count(1)
    page.locator(".years .link").last.press("Enter")
    expect(page).to_have_url(re.compile(r"when=\d{4}(#|$)"))
    page.get_by_role("link", name="Notes", exact=True).press("Enter")
    expect(page.locator("#kind-notes")).to_have_attribute("aria-current", "true")
    expect(page.locator("#kind-notes")).to_be_focused()
    expect(page.locator(".note-text").first).to_be_visible()

    open_member(page, "Arjun R.")
    page.locator("#print-member").press("Enter")
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    expect(page.locator(".story details:not([open])")).to_have_count(0)
    page.emulate_media(media="print")
    for each in page.locator("main button, main .line, toast-rack").all():
        expect(each).to_be_hidden()


def test_the_chart_s_table_fits_on_a_phone(sit) -> None:
    page = sit("bo", viewport={"width": 360, "height": 740})
    open_member(page, "Ines Wolff")
    page.locator(".chart-table summary").click()
    table = page.get_by_role("region", name="Activity as a table")
    expect(table.get_by_role("row")).not_to_have_count(0)
    expect(table.get_by_role("cell").first).to_be_visible()
    assert table.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_a_half_written_note_is_there_again_until_it_is_saved(sit) -> None:
    page = sit("bo")
    open_member(page, "Kofi Mensah")
    here, note = page.url, page.get_by_label("Internal note")
    note.fill("Asked for the schematics, wants")
    page.get_by_label("Visible to").select_option("leads")
    open_member(page, "Petra Lindqvist")
    expect(note).to_have_value("")
    page.goto(here)
    expect(note).to_have_value("Asked for the schematics, wants")
    expect(page.get_by_label("Visible to")).to_have_value("leads")
    expect(page.get_by_text("This is what you typed and didn’t save.")).to_be_visible()
    note.fill("Asked for the schematics")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".toast")).to_contain_text("Note added for leads and you.")
    page.reload()
    expect(note).to_have_value("")
    note.fill("Something else")
    page.route("**/logout/", lambda route: route.fulfill(body="Good-bye"))  # others are Bo too
    page.get_by_role("button", name="Bo Nilsson").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Good-bye")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('note:'))") == []


def test_an_organisation_is_added_by_keyboard_and_what_is_half_typed_stays(
    sit, watch: Watch
) -> None:
    watch.expects(422)  # "soon" is no day
    page = sit("bo")
    open_member(page, "Hanna Noor")
    page.locator(".add-affiliation summary").press("Enter")
    name = page.locator("#affiliation-organisation")
    name.press("r")
    expect(page.locator("#organisation-names option").first).to_be_attached()
    name.fill("Half typed")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "person"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('hub:catch-up'))")
    expect(name).to_be_visible()
    expect(name).to_have_value("Half typed")
    name.fill("Bath House Nishinari")
    page.locator("#affiliation-role").fill("Sound engineer")
    page.locator("#affiliation-since").fill("soon")
    page.locator("#affiliation-since").press("Enter")
    expect(page.locator(".add-affiliation .errorlist")).to_contain_text("no day, month or year")
    expect(name).to_have_value("Bath House Nishinari")
    page.locator("#affiliation-since").fill("Mar 2024")
    page.locator("#affiliation-since").press("Enter")
    said = "Sound engineer at Bath House Nishinari"
    expect(page.locator(".organisations")).to_contain_text(f"{said} since Mar 2024")
    expect(page.locator(".member-head")).to_contain_text(said)
    expect(page.locator(".add-affiliation[open]")).to_have_count(0)
    page.get_by_role("button", name=f"End “{said}” today").press("Enter")
    expect(page.locator(".member-head")).not_to_contain_text(said)
    expect(page.locator(".former")).to_contain_text("1 former")
    toast = page.locator(".toast", has_text="ended today")
    toast.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".member-head")).to_contain_text(said)
