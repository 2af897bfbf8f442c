"""What a lead, a contributor and an observer meet."""

from playwright.sync_api import expect

from .practice import Practice
from .talks import Talk


def test_a_lead_reads_who_somebody_is_by_keyboard(sit) -> None:
    page = sit("lena")
    page.goto("/inbox/")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="Members", level=1)).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Search members")).to_be_focused()
    page.keyboard.type("inesw")
    row = page.get_by_role("link").filter(has_text="inesw")
    expect(page.locator(".person-row")).to_have_count(1)
    row.press("Enter")
    expect(page.locator("h1").filter(has_text="Ines")).to_be_visible()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(page.get_by_text("Promised her within a day").first).to_be_visible()
    expect(page.locator(".tale").first).to_be_visible()
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()


def test_an_observer_reads_and_has_nothing_to_write_with(sit, watch, talk: Talk) -> None:
    page = sit("olga")
    page.goto(talk.page)
    expect(page.get_by_text("Your role is read-only.")).to_be_visible()
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.locator("[data-key=e], [data-key=a], [data-key=h]")).to_have_count(0)
    watch.expects(403)
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    status = page.evaluate(
        """([url, token]) => fetch(url, {
            method: "POST", headers: {"X-CSRFToken": token}, body: new URLSearchParams({reply: "x"})
        }).then((answer) => answer.status)""",
        [f"/conversations/{talk.pk}/replies/", token],
    )
    assert status == 403


def test_a_contributor_is_told_why_there_is_only_the_note(sit, forum: Practice, talk: Talk) -> None:
    page = sit("suri")
    page.goto(talk.page)
    expect(page.get_by_text("Your role can’t send replies.")).to_be_visible()
    expect(page.locator('textarea[name="reply"]')).to_have_count(0)
    page.keyboard.press("n")
    page.keyboard.type("They ask for the newer plan.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.note")).to_contain_text("They ask for the newer plan.")
    assert "newer plan" not in forum.read(talk.address)
