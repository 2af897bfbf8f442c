"""A promise by keyboard: made beside a conversation, met on Today, put off, undone and kept."""

from __future__ import annotations

from playwright.sync_api import expect

from .talks import Talk


def test_a_promise_is_made_in_the_inbox_and_kept_on_today(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.locator("body").press("f")
    text = f"Measure R14 for {talk.title[-8:]}"
    box = page.get_by_label("What to do")
    expect(box).to_be_focused()
    page.keyboard.type(text)
    page.locator("#follow-up-menu").get_by_role("button", name="Today").press("Enter")
    page.get_by_label("Promised").press("Space")
    page.locator("#follow-up-menu").get_by_role("button", name="Add").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Promise noted. Due today.")
    expect(page.locator("#person .follow-ups")).to_contain_text(text)

    page.goto("/today/")
    row = page.locator(".due-row", has_text=text)
    expect(row).to_have_count(1)
    for _ in range(page.locator(".due-row").count()):
        page.keyboard.press("j")
        if text in page.evaluate("document.activeElement.innerText"):
            break
    expect(row.locator(".due-what")).to_be_focused()
    page.keyboard.press("h")
    first_day = row.get_by_role("button", name="Tomorrow").or_(
        row.get_by_role("button", name="Next working day")
    )
    expect(first_day).to_be_focused()
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)
    expect(page.locator("body")).not_to_be_focused()
    page.keyboard.press("z")
    expect(row).to_have_count(1)
    expect(row.locator(".due-what")).to_be_focused()  # back where it was before
    page.keyboard.press("e")
    expect(page.locator(".toast").last).to_contain_text(f"Promise kept: {text}")
    expect(row).to_have_count(0)


def test_a_managers_morning_on_today(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.locator("body").press("r")
    page.keyboard.type(f"Thank you. We measure {talk.title[-8:]} on Friday.")
    page.keyboard.press("Control+.")
    menu = page.locator("#promise-menu")
    promised = f"We measure {talk.title[-8:]} on Friday."
    expect(menu.get_by_label("What you promise")).to_have_value(promised)
    menu.get_by_label("What you promise").press("Control+Enter")  # never sends the reply behind it
    expect(page.locator(".reply-promises")).to_contain_text(promised)
    page.locator("textarea[name=reply]").press("Control+Enter")
    expect(page.locator(".reply-promises p")).to_have_count(0)
    expect(page.locator("#person .follow-ups")).to_contain_text(promised, timeout=40_000)

    page.goto("/today/")
    hello = page.locator("section", has=page.locator("#today-welcome"))
    name = hello.locator(".due-row b").first.inner_text()
    hello.locator(".due-what").first.focus()
    page.keyboard.press("i")
    expect(page.locator(".toast").last).to_contain_text("It’s on your list for today.")
    row = hello.locator(".due-row", has_text=name)
    expect(row).to_contain_text("due today")
    page.keyboard.press("z")
    expect(row).not_to_contain_text("due today")


def test_a_reply_owed_is_assigned_snoozed_and_done_by_key(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.locator("body").press("i")
    expect(page.locator(".toast").last).to_contain_text("Assigned to you")
    page.goto("/today/")
    row = page.locator(f"#waits-{talk.pk}")
    row.locator(".due-what").focus()
    page.keyboard.press("h")
    first = page.locator(f"#snooze-{talk.pk}").get_by_role("button").first
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("1 conversation snoozed")
    expect(row).to_have_count(0)
    expect(page.locator("body")).not_to_be_focused()
    page.keyboard.press("z")
    expect(row).to_have_count(1)
    row.locator(".due-what").focus()
    page.keyboard.press("e")
    expect(page.locator(".toast").last).to_contain_text("1 conversation done")
    expect(row).to_have_count(0)
    page.keyboard.press("z")
    expect(row).to_have_count(1)
    row.locator(".due-what").focus()
    page.keyboard.press("a")
    menu = page.locator(f"#assign-{talk.pk}")
    expect(menu.get_by_label("Search teammates")).to_be_focused()
    page.keyboard.type("Lena")
    menu.get_by_role("button", name="Lena").press("Enter")
    expect(page.locator(".toast").last).to_contain_text("assigned to Lena")
    page.keyboard.press("z")


def test_today_fits_a_phone_and_shows_the_team(sit) -> None:
    page = sit("bo", viewport={"width": 360, "height": 740})
    page.goto("/today/")
    page.get_by_role("link", name="The team’s").click()
    expect(page.get_by_role("link", name="The team’s")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("heading", name="Replies owed")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


LINES = """() => [...document.querySelectorAll(".due-actions")].map((row) => {
  const tops = [...row.querySelectorAll(".btn")].filter((each) => each.offsetWidth)
    .map((each) => each.getBoundingClientRect().top);
  return Math.max(...tops) - Math.min(...tops);
})"""


def test_the_buttons_of_a_row_stand_on_one_line_on_a_phone(sit) -> None:
    page = sit("bo", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.goto("/today/?whose=team")
    page.locator(".due-what").first.focus()
    differences = page.evaluate(LINES)
    assert len(differences) > 10
    assert max(differences) < 12  # pixels: a second line is a whole button lower
