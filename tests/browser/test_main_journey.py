"""A mention arrives, a manager answers in the browser, the answer stands on the platform."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from .hub import Hub, at
from .practice import Practice, new_title

README = Path(__file__).parents[2] / "README.md"


def test_the_exercise_of_the_readme_names_what_the_test_below_presses() -> None:
    exercise = README.read_text().split("\n## Try it")[1].split("\n## ")[0]
    steps = re.findall(r"\*\*(.+?)\*\*", exercise)
    pressed = ["Everything", "The Polyphon Forum", "New topic", "Post", "Send", "Refresh"]
    assert steps == pressed


def test_a_post_arrives_live_is_answered_and_the_answer_stands_on_the_forum(
    sit, hub: Hub, forum: Practice
) -> None:
    title = new_title("Does the second voice glide?")
    inbox = sit("bo")
    inbox.goto("/")
    inbox.get_by_role("link", name="Everything", exact=True).click()
    expect(inbox.get_by_role("heading", name="Everything")).to_be_visible()
    loads = count_loads(inbox)

    tab = inbox.context.new_page()  # the same person plays a member in a second tab
    post_as_a_member(tab, title, "@polyphon only the first one does, or do I hold it wrong?")
    talk = tab.url

    row = inbox.locator("a.row").filter(has_text=title)
    expect(row).to_be_in_viewport(timeout=20_000)
    assert loads == []

    inbox.bring_to_front()
    walk_to(row, inbox)
    inbox.keyboard.press("Enter")
    expect(inbox.get_by_role("heading", name=title, level=1)).to_be_visible()
    address = at(inbox)

    inbox.keyboard.press("r")
    expect(inbox.locator('textarea[name="reply"]')).to_be_focused()
    answer = f"Both glide: hold Shift and turn Time. ({title})"
    inbox.keyboard.type(answer)
    inbox.get_by_role("button", name="Send", exact=True).click()
    ours = inbox.locator("article.ours").filter(has_text=answer)
    expect(ours).to_contain_text("sending in a moment")
    expect(inbox.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()
    assert answer not in forum.read(talk)
    expect(ours).to_contain_text("delivered", timeout=20_000)

    tab.bring_to_front()
    tab.get_by_role("link", name="Refresh").click()
    expect(tab.locator("article.ours")).to_contain_text(answer)

    inbox.bring_to_front()
    inbox.keyboard.press("Escape")
    inbox.keyboard.press("e")
    expect(inbox.locator(".toast").filter(has_text="Done")).to_be_visible()
    expect(inbox.locator(".head h1")).not_to_have_text(title)
    assert at(inbox) != address
    assert at(inbox).startswith("/conversations/")
    assert loads == []
    state = hub.ask("select state from inbox_conversation where subject = %s", title)
    assert state == "done"


def post_as_a_member(tab: Page, title: str, body: str) -> None:
    """The README's first exercise: from the list of practice sites, with a category chosen."""
    tab.goto("/sandbox/")
    tab.locator("main").get_by_role("link", name="The Polyphon Forum").first.click()
    tab.get_by_role("link", name="New topic").click()
    tab.get_by_label("Write as").fill("Wren Ashby")
    tab.get_by_label("Title").fill(title)
    tab.get_by_label("Category").select_option(index=1)
    tab.get_by_label("Your text").fill(body)
    tab.get_by_role("button", name="Post").click()
    expect(tab.get_by_role("heading", name=title)).to_be_visible()


def walk_to(row: Locator, page: Page) -> None:
    """Down and up: replies of the tests before may still land above the row."""
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    for _ in range(10):
        if row.evaluate("row => row === document.activeElement"):
            break
        page.keyboard.press("j")
    expect(row).to_be_focused()


def count_loads(page: Page) -> list[str]:
    """Fills with the address of each whole page that is loaded from now on."""
    loads: list[str] = []
    page.on("load", lambda page: loads.append(page.url))
    return loads
