"""What is typed: drafts, undo, notes, send and done."""

import re

from playwright.sync_api import Page, expect

from .hub import UNDO_SECONDS, Hub, at
from .practice import Practice
from .talks import Talk, arrived
from .watch import Watch

REPLY = 'textarea[name="reply"]'
NOTE = 'textarea[name="note"]'


def open_and_type(page: Page, talk: Talk, text: str, key: str = "r") -> None:
    page.goto(talk.page)
    page.keyboard.press(key)
    expect(page.locator("textarea:focus")).to_have_count(1)
    page.keyboard.type(text[:4])
    page.keyboard.insert_text(text[4:])  # all at once: the page has much to do about each key


def test_undo_send_gives_the_words_back_and_nothing_reaches_the_forum(
    sit, hub: Hub, forum: Practice, talk: Talk
) -> None:
    page = sit("bo")
    open_and_type(page, talk, "R14 is four point seven kilohms, not ten.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.ours")).to_contain_text("R14 is four")
    expect(page.locator(REPLY)).to_have_value("")
    page.keyboard.press("z")  # the key that the toast names, and not a letter in the box
    expect(page.locator(REPLY)).to_have_value("R14 is four point seven kilohms, not ten.")
    expect(page.locator("article.ours")).to_have_count(0)
    page.reload()
    expect(page.locator(REPLY)).to_have_value("R14 is four point seven kilohms, not ten.")
    page.wait_for_timeout(UNDO_SECONDS * 1000)
    assert "R14 is four" not in forum.read(talk.address)
    state = "select d.state from inbox_delivery d join inbox_message m on m.id = d.message_id"
    assert hub.ask(f"{state} where m.conversation_id = %s", talk.pk) == "cancelled"


def test_a_toast_names_the_keys_that_undo_from_where_one_is(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("i")
    keys = page.locator(".toast kbd:visible")
    expect(keys).to_have_text(["z"])
    page.keyboard.press("r")
    page.keyboard.type("z is a letter here")
    expect(keys).to_have_text(["Esc", "z"])
    page.keyboard.press("Escape")
    expect(keys).to_have_text(["z"])
    page.keyboard.press("/")
    expect(page.locator("input:focus")).to_have_count(1)
    expect(keys).to_have_count(0)
    page.locator(REPLY).focus()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Undone")
    assignee = "select assignee_id from inbox_conversation where id = %s"
    assert hub.ask(assignee, talk.pk) is None
    expect(page.locator(REPLY)).to_have_value("z is a letter here")


def test_the_person_beside_it_shows_what_one_has_just_answered(sit, talk: Talk) -> None:
    page = sit("bo", viewport={"width": 1100, "height": 800})  # where the pane is a drawer
    words = f"Ten kilohms in {talk.title}."
    open_and_type(page, talk, words)
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.ours")).to_contain_text(words)
    page.get_by_role("button", name="About this member").click()
    pane = page.locator("#person")
    expect(pane).to_contain_text("Wren Ashby")
    expect(pane).not_to_contain_text(words)  # it is not sent yet
    expect(pane.locator(".log .ours").first).to_contain_text(words, timeout=30_000)
    expect(pane).to_be_visible()  # it stayed open


def test_one_answers_a_message_that_was_picked_and_the_draft_remembers_it(
    sit, hub: Hub, forum: Practice, talk: Talk
) -> None:
    words = f"Mine has ten kilohms there, unlike {talk.title}."
    forum.reply(talk.address, words, who="Halla Jónsdóttir")
    arrived(hub, "select id from inbox_message where body_text = %s", words)
    page = sit("bo")
    page.goto(talk.page)
    theirs = page.locator("article.message").filter(has_text="Mine has ten")
    to = page.locator("answer-to [data-name]")
    expect(to).to_have_text("Wren Ashby")
    theirs.get_by_role("link", name="Reply to").press("Enter")
    expect(page.locator(f"{REPLY}:focus")).to_have_count(1)
    expect(to).to_have_text("Halla Jónsdóttir")
    page.keyboard.type("Yours is the older board.")
    expect(page.get_by_text("draft saved")).to_be_visible()
    page.reload()
    expect(to).to_have_text("Halla Jónsdóttir")
    page.locator(REPLY).press("Control+Enter")
    ours = page.locator("article.ours")
    expect(ours.locator(".delivery.sent")).to_be_visible(timeout=30_000)
    expect(ours).to_have_class(re.compile("depth-1|depth-2"))
    expect(to).to_have_text("Wren Ashby")  # who asked; another is answered only by picking
    assert "Yours is the older board." in forum.read(talk.address)


def test_the_box_says_who_will_read_the_answer_to_whom_one_picks(
    sit, hub: Hub, forum: Practice, talk: Talk
) -> None:
    words = f"Between us, {talk.title} is my doing."
    forum.reply(talk.address, words, who="Halla Jónsdóttir")
    arrived(hub, "select id from inbox_message where body_text = %s", words)
    hub.ask(
        "update inbox_message set visibility = 'private' where body_text = %s returning 1", words
    )
    page = sit("bo")
    page.goto(talk.page)
    label = page.locator("[data-reply-label]")
    expect(label).to_contain_text("Public reply")
    theirs = page.locator("article.message").filter(has_text="Between us")
    theirs.get_by_role("link", name="Reply to").press("Enter")
    expect(label).to_contain_text("Private reply")
    expect(page.locator(REPLY)).to_have_accessible_name(re.compile("Private reply"))
    page.get_by_role("button", name="Reply to the person waiting instead").press("Enter")
    expect(label).to_contain_text("Public reply")


def test_a_draft_survives_a_reload_and_shows_in_the_list(sit, talk: Talk) -> None:
    page = sit("bo")
    open_and_type(page, talk, "Half a thought about")
    expect(page.get_by_text("draft saved")).to_be_visible()
    page.reload()
    expect(page.locator(REPLY)).to_have_value("Half a thought about")
    row = page.locator("a.row").filter(has_text=talk.title)
    expect(row).to_contain_text("Draft: Half a thought about")


def test_a_note_has_a_colour_of_its_own_and_never_leaves_the_hub(
    sit, forum: Practice, talk: Talk
) -> None:
    page = sit("bo")
    open_and_type(page, talk, "Only among us: the plan is wrong.", key="n")
    box = page.locator(NOTE)
    assert colour(page, ".composer:has(textarea[name=note]:focus)") != white(page)
    page.keyboard.press("Control+Enter")
    note = page.locator("article.note")
    expect(note).to_contain_text("Only among us: the plan is wrong.")
    expect(note).to_contain_text("internal note")
    expect(box).to_have_value("")
    assert colour(page, "article.note .body") != colour(page, "article:not(.note) .body")
    assert "Only among us" not in forum.read(talk.address)


def test_send_and_done_answers_closes_and_opens_the_next(
    sit, hub: Hub, forum: Practice, talk: Talk
) -> None:
    page = sit("bo")
    open_and_type(page, talk, "It is on page nine of the plan.")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".head h1")).not_to_have_text(talk.title)
    assert at(page) != f"/conversations/{talk.pk}/"
    assert at(page).startswith("/conversations/")
    assert hub.ask("select state from inbox_conversation where id = %s", talk.pk) == "done"
    page.goto(talk.page)
    expect(page.locator("article.ours")).to_contain_text("delivered", timeout=20_000)
    assert "It is on page nine" in forum.read(talk.address)


def test_undone_from_elsewhere_the_words_go_back_to_their_conversation_and_to_no_other(
    sit, hub: Hub, talk: Talk
) -> None:
    page = sit("bo")
    open_and_type(page, talk, "Between the two of us.")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".head h1")).not_to_have_text(talk.title)
    page.keyboard.press("z")
    expect(page.locator(".head h1")).to_have_text(talk.title)
    expect(page.locator(REPLY)).to_have_value("Between the two of us.")
    assert at(page) == f"/conversations/{talk.pk}/"
    drafts = "select count(*) from inbox_draft where text = 'Between the two of us.'"
    assert hub.ask(drafts) == 1
    assert hub.ask(f"{drafts} and conversation_id = %s", talk.pk) == 1


def test_whom_one_writes_to_stays_when_somebody_else_comes_to_wait(
    sit, hub: Hub, forum: Practice, talk: Talk
) -> None:
    words = f"And mine, @polyphon? It is as in {talk.title}."
    forum.reply(talk.address, words, who="Halla Jónsdóttir")
    arrived(hub, "select id from inbox_message where body_text = %s", words)
    lena, bo = sit("lena"), sit("bo")
    open_and_type(bo, talk, "Ten kilohms, Wren.")
    to = bo.locator("answer-to [data-name]")
    expect(to).to_have_text("Wren Ashby")
    others = bo.get_by_role("button", name="Reply to the person waiting instead")
    expect(others).to_be_hidden()
    open_and_type(lena, talk, "Ten, and thank you.")
    lena.keyboard.press("Control+Enter")
    expect(bo.locator("article.ours")).to_contain_text("Ten, and thank you.")
    expect(others).to_be_visible()
    expect(to).to_have_text("Wren Ashby")
    others.click()
    expect(to).to_have_text("Halla Jónsdóttir")


def test_the_preview_shows_what_markdown_becomes(sit, talk: Talk) -> None:
    page = sit("bo")
    open_and_type(page, talk, "This is **bold**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview strong")).to_have_text("bold")


def colour(page: Page, selector: str) -> str:
    """The background that shows behind the element."""
    return page.locator(selector).first.evaluate(
        """element => {
            for (let at = element; at; at = at.parentElement) {
                const colour = getComputedStyle(at).backgroundColor;
                if (!/, 0\\)$|transparent|\\/ 0\\)$/.test(colour)) return colour;
            }
            return "none";
        }"""
    )


def white(page: Page) -> str:
    return colour(page, "body")


def test_after_a_refusal_one_goes_on_in_the_box_and_the_words_are_a_draft(
    sit, hub: Hub, watch: Watch, talk: Talk
) -> None:
    watch.expects(409, 422)
    page = sit("bo")
    page.goto(talk.page)
    box, warning = page.locator(REPLY), page.locator("#composer-warning")
    for text in ("Hi {{ member.nme }}", "Use `{{ block }}` there"):
        box.fill(text)
        page.get_by_role("button", name="Send", exact=False).last.click()
        expect(warning).not_to_be_empty()
        expect(box).to_be_focused()
        expect(page.locator("[data-draft=saving]")).to_be_hidden()
        expect(page.locator("[data-draft=saved]")).to_be_visible()
        drafts = "select count(*) from inbox_draft where conversation_id = %s and text = %s"
        assert hub.ask(drafts, talk.pk, text) == 1
    warning.get_by_role("button", name="Send anyway").focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.ours")).to_contain_text("Use {{ block }} there")
    expect(warning).to_be_empty()
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    expect(page.locator("[data-draft]:visible")).to_have_count(0)
