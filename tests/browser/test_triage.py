"""Snooze, assign, take, tag, unread, done, and z for each: by keyboard alone."""

import re

from playwright.sync_api import Page, Route, expect

from .hub import Hub, at
from .practice import Practice
from .talks import EVERYTHING, Talk, arrived


def state(hub: Hub, talk: Talk, column: str = "state") -> object:
    return hub.ask(f"select {column} from inbox_conversation where id = %s", talk.pk)


def colleague(hub: Hub, name: str) -> object:
    return hub.ask("select id from team_user where name = %s", name)


def toast(page: Page, words: str):
    return page.locator(".toast").filter(has_text=words)


def test_h_offers_times_and_z_brings_it_back(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("h")
    menu = page.locator("#snooze-menu")
    expect(menu.get_by_role("button", name="Until they reply")).to_be_visible()
    presets = menu.locator("button[name=until]")
    expect(presets.first).to_be_focused()
    for _ in range(presets.count() - 2):  # the last that has a time, whatever day it is
        page.keyboard.press("ArrowDown")
    expect(presets.nth(presets.count() - 2)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".head h1")).not_to_have_text(talk.title)
    assert state(hub, talk) == "snoozed"
    page.keyboard.press("z")
    expect(page.locator(".toast")).not_to_contain_text("Snoozed")
    assert state(hub, talk) == "open"


def test_a_gives_it_to_a_colleague_and_i_takes_it(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("a")
    expect(page.get_by_label("Search teammates")).to_be_focused()
    page.keyboard.type("lena")
    page.keyboard.press("Enter")
    expect(page.locator(".system").last).to_contain_text("Lena Okafor")
    assert state(hub, talk, "assignee_id") == colleague(hub, "Lena Okafor")
    page.keyboard.press("i")
    expect(page.get_by_role("button", name="Assigned to Bo Nilsson")).to_be_visible()
    assert state(hub, talk, "assignee_id") == colleague(hub, "Bo Nilsson")
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Assigned to Lena Okafor")).to_be_visible()


def test_z_undoes_on_the_next_page_what_was_done_on_the_one_before(
    sit, hub: Hub, talk: Talk
) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("i")
    expect(toast(page, "Assigned")).to_be_visible()
    page.goto("/members/")
    expect(toast(page, "Assigned")).to_be_visible()
    page.keyboard.press("z")
    expect(toast(page, "Undone")).to_be_visible()
    assert state(hub, talk, "assignee_id") is None
    page.goto("/members/")
    expect(page.locator(".toast")).to_have_count(0)


def test_l_makes_a_tag_that_stands_on_the_row(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("l")
    expect(page.get_by_label("Find or create a tag")).to_be_focused()
    page.keyboard.type("resistors")
    page.keyboard.press("Enter")
    row = page.locator("a.row").filter(has_text=talk.title)
    expect(row.locator(".chip.tag")).to_have_text("resistors")
    page.keyboard.press("l")
    expect(page.get_by_label("Find or create a tag")).to_be_focused()
    page.keyboard.type("resistors")
    expect(page.locator("#tag-list .menu-item:visible")).to_have_text("resistorsremove")
    page.keyboard.press("Enter")  # takes nothing away that one did not choose
    page.keyboard.press("Escape")
    expect(row.locator(".chip.tag")).to_have_text("resistors")
    page.keyboard.press("z")
    expect(row.locator(".chip.tag")).to_have_count(0)


def test_enter_prefers_a_tag_that_is_there_and_the_entry_names_the_one_it_makes(sit, talks) -> None:
    first, second = talks.together(2)
    page = sit("bo")

    def typed(talk: Talk, words: str) -> None:
        page.goto(talk.page)
        page.keyboard.press("l")
        expect(page.get_by_label("Find or create a tag")).to_be_focused()
        page.keyboard.type(words)

    def tags(talk: Talk):
        return page.locator("a.row").filter(has_text=talk.title).locator(".chip.tag")

    shown = page.locator("#tag-list .menu-item:visible")
    typed(first, "not ohmic")
    expect(shown).to_have_text("Create tag “not ohmic”")
    page.keyboard.press("Enter")
    expect(tags(first)).to_have_text("not ohmic")
    typed(first, "ohmic")
    expect(shown).to_have_text(["Create tag “ohmic”", "not ohmicremove"])
    page.keyboard.press("Enter")  # something has that in its name, and it is on already: nothing
    expect(shown).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(tags(first)).to_have_text(["not ohmic", "ohmic"])

    typed(second, "ohm")
    expect(shown).to_have_text(["not ohmic", "ohmic", "Create tag “ohm”"])
    page.keyboard.press("Enter")
    expect(tags(second)).to_have_text("ohmic")


def test_u_puts_it_back_as_unread(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    row = page.locator("li:has(a.row)").filter(has_text=talk.title)
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Select a conversation")).to_be_visible()
    assert at(page) == "/inbox/everything/"
    expect(row).to_have_class("unread")
    row.locator("a.row").click()
    expect(page.locator(".head h1")).to_have_text(talk.title)
    expect(row).not_to_have_class("unread")


def test_u_holds_though_the_page_just_said_how_far_it_was_seen(sit, talk: Talk) -> None:
    page = sit("bo")
    said: list[str] = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST":
            page.wait_for_timeout(800)
            said.append("seen")
        route.continue_()

    page.on("request", lambda r: said.append("unread") if r.url.endswith("/readmark/") else None)
    page.route("**/presence/", slowly)
    page.goto(talk.page)
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Select a conversation")).to_be_visible()
    row = page.locator("li:has(a.row)").filter(has_text=talk.title)
    expect(row).to_have_class("unread")
    assert said[:2] == ["seen", "unread"]


def test_e_and_z_close_and_open_again(sit, hub: Hub, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("e")
    expect(toast(page, "Done:")).to_be_visible()
    assert state(hub, talk) == "done"
    page.keyboard.press("z")
    expect(toast(page, "Done:")).to_have_count(0)
    assert state(hub, talk) == "open"


def test_a_toast_takes_the_place_of_the_one_before_and_z_undoes_the_newest(
    sit, hub: Hub, talks
) -> None:
    first, second = talks.together(2)
    page = sit("bo")
    page.goto(first.page)
    page.keyboard.press("e")
    expect(toast(page, "Done:")).to_have_count(1)
    page.goto(second.page)
    page.keyboard.press("i")
    expect(toast(page, "Assigned")).to_be_visible()
    page.keyboard.press("e")
    expect(toast(page, "Done:")).to_be_visible()
    expect(page.locator(".toast")).to_have_count(1)
    # what is only said, or went wrong, leaves Undo where it is
    for detail in ({"text": "No changes."}, {"text": "That failed", "level": "error"}):
        for _ in range(2):
            page.evaluate(
                "detail => document.body.dispatchEvent(new CustomEvent('toast', {detail}))", detail
            )
    expect(page.locator(".toast .text")).to_have_text(
        [re.compile("Done:"), "No changes.", "That failed"]
    )
    expect(toast(page, "Done:").locator("kbd:not(.leave)")).to_be_visible()
    page.keyboard.press("z")
    expect(toast(page, "Done:")).to_have_count(0)
    assert state(hub, second) == "open"
    assert state(hub, first) == "done"


def test_z_after_done_and_after_snooze_goes_back_to_what_was_left(sit, hub: Hub, talks) -> None:
    """The next key means the conversation that came back, not the one that had opened."""
    following, talk = talks.together(2)
    page = sit("bo")
    page.goto(f"/conversations/{talk.pk}/?in=needs-reply&shown=200")
    page.locator(f"#row-{talk.pk}").focus()
    page.keyboard.press("h")
    page.locator("#snooze-menu").get_by_role("button", name="Until they reply").press("Enter")
    for undone in ("snoozed", "done"):
        expect(page.locator(".head h1")).not_to_have_text(talk.title)
        assert state(hub, talk) == undone
        following_row = page.locator("a.row[aria-current]")
        expect(following_row).to_have_count(1)
        following_row.focus()
        page.keyboard.press("z")
        expect(page.locator(".head h1")).to_have_text(talk.title)
        expect(page.locator(f"#row-{talk.pk}[aria-current]")).to_have_count(1)
        expect(page.locator("a.row:focus:not([aria-current])")).to_have_count(0)
        assert at(page) == f"/conversations/{talk.pk}/"
        page.keyboard.press("e")
    expect(page.locator(".head h1")).not_to_have_text(talk.title)
    assert (state(hub, talk), state(hub, following)) == ("done", "open")


def test_x_picks_several_and_one_press_takes_them(sit, hub: Hub, talk: Talk, talks) -> None:
    both = [talk, talks.next()]
    page = sit("bo")
    page.goto(EVERYTHING)
    for one in both:
        page.locator("a.row").filter(has_text=one.title).focus()
        page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("2")
    page.locator("[data-bulk]").get_by_role("button", name="Assign to me").press("Enter")
    expect(page.locator(".toast")).to_be_visible()
    assert {state(hub, one, "assignee_id") for one in both} == {colleague(hub, "Bo Nilsson")}


def test_e_and_i_mean_the_rows_that_were_picked(sit, hub: Hub, talks) -> None:
    open_one, first, second = talks.together(3)
    page = sit("bo")
    page.goto(open_one.page)
    for talk in (first, second):
        page.locator(f"#row-{talk.pk}").focus()
        page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("2")
    page.keyboard.press("i")
    expect(toast(page, "2 conversations assigned to you")).to_be_visible()
    page.goto(EVERYTHING)
    page.locator(f"#row-{first.pk}").focus()
    page.keyboard.press("e")
    expect(toast(page, "1 conversation done")).to_be_visible()
    mine = colleague(hub, "Bo Nilsson")
    for talk, took, became in [
        (first, mine, "done"),
        (second, mine, "open"),
        (open_one, None, "open"),
    ]:
        assert (state(hub, talk, "assignee_id"), state(hub, talk)) == (took, became)


def test_the_focus_is_in_the_list_that_a_change_by_mouse_empties_and_its_undo_fills(
    sit, talk: Talk
) -> None:
    page = sit("bo")
    page.goto(f'/inbox/search/?q=is:open "{talk.title}"')
    row, empty = page.locator(f"#row-{talk.pk}"), page.locator("#rows .empty")
    bulk = page.locator("[data-bulk]")
    for undone_by in ("click", "z"):
        row.locator("xpath=..").locator(".pick input").click(force=True)
        bulk.get_by_role("button", name="Done").click()
        expect(empty).to_be_focused()
        if undone_by == "z":
            page.keyboard.press("z")
        else:
            toast(page, "1 conversation done").get_by_role("button", name="Undo").click()
        expect(row).to_be_focused()
        expect(bulk).to_be_hidden()


def test_the_next_row_is_the_one_below_after_a_row_has_left(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/unassigned/")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    taken = page.locator("a.row[aria-current]")
    expect(taken).to_have_count(1)
    left = taken.get_attribute("id")
    below = page.locator(f"li:has(#{left}) + li a.row").get_attribute("id")
    expect(page.locator("#thread-" + str(left).removeprefix("row-"))).to_be_visible()
    page.keyboard.press("i")
    expect(page.locator(f"#{left}")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator(f"#{below}")).to_be_focused()
    page.keyboard.press("z")
    expect(page.locator(f"#{left}")).to_have_count(1)


def test_the_focus_is_in_the_thread_after_the_next_one_opened(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.locator(".head [data-key=e]").press("Enter")
    expect(page.locator(".head h1")).not_to_have_text(talk.title)
    expect(page.locator("#main")).to_be_focused()


def test_e_means_the_conversation_that_is_open_and_not_the_row_one_came_from(
    sit, hub: Hub, talks
) -> None:
    """Where the list keeps the row of what was done, the focus goes along with what is open."""
    talks.next()
    talk = talks.next()
    page = sit("bo")
    page.goto(EVERYTHING)
    page.locator(f"#row-{talk.pk}").press("Enter")
    expect(page.locator(".head h1")).to_have_text(talk.title)
    page.keyboard.press("e")
    expect(page.locator(".head h1")).not_to_have_text(talk.title)
    following = at(page).split("/")[2]
    expect(page.locator(f"#row-{following}")).to_be_focused()
    page.keyboard.press("i")
    mine = "select name from team_user u join inbox_conversation c on c.assignee_id = u.id"
    expect(page.get_by_role("button", name="Assigned to Bo Nilsson")).to_be_visible()
    assert hub.ask(f"{mine} where c.id = %s", int(following)) == "Bo Nilsson"
    assert state(hub, talk, "assignee_id") is None
    page.keyboard.press("z")


def test_keys_act_on_the_ringed_row_and_not_on_the_one_that_is_open(
    sit, hub: Hub, talk: Talk, talks
) -> None:
    other = talks.next()
    page = sit("bo")
    page.goto(talk.page)
    row = page.locator("a.row").filter(has_text=other.title)
    row.focus()
    page.keyboard.press("h")
    expect(page.locator("#bulk-snoozes")).to_contain_text("Until they reply")
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.locator("#bulk-snoozes").get_by_role("button", name="Until they reply").press("Enter")
    expect(toast(page, "1 conversation snoozed")).to_be_visible()
    assert (state(hub, other), state(hub, talk)) == ("snoozed", "open")
    expect(page.locator(".head h1")).to_have_text(talk.title)


def test_select_turns_rows_into_boxes_by_keyboard(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/everything/")
    select = page.get_by_role("button", name="Select", exact=True)
    select.press("Enter")
    boxes = page.locator(".pick input")
    expect(boxes.first).to_be_focused()
    expect(page.locator("[data-bulk]")).to_contain_text("0 selected")
    page.keyboard.press("Space")
    page.locator("a.row").nth(2).click()
    expect(boxes.nth(2)).to_be_checked()
    expect(page.locator("[data-picked]")).to_have_text("2")
    assert at(page) == "/inbox/everything/"
    page.get_by_role("button", name="Clear selection").press("Enter")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    expect(select).to_be_focused()
    page.locator("a.row").nth(2).click()
    expect(page).to_have_url(re.compile("/conversations/"))


def test_shift_j_selects_a_range_and_escape_clears_it(sit, talk: Talk, talks) -> None:
    talks.next()
    page = sit("bo")
    page.goto("/inbox/everything/")
    page.keyboard.press("j")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-picked]")).to_have_text("3")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    boxes = page.locator(".pick input")
    boxes.nth(0).check(force=True)
    boxes.nth(2).click(modifiers=["Shift"], force=True)
    expect(page.locator("[data-picked]")).to_have_text("3")


def test_z_with_nothing_to_undo_says_so(sit) -> None:
    page = sit("bo")
    page.goto("/members/")
    page.keyboard.press("z")
    expect(toast(page, "Nothing to undo here.")).to_contain_text("Recent actions")


def test_the_thread_takes_the_focus_of_what_has_gone(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.locator(".head [data-key=e]").press("Enter")
    expect(page.locator(".head h1")).not_to_have_text(talk.title)
    expect(page.locator("#main")).to_be_focused()


def test_the_buttons_of_the_reply_stand_on_one_line_with_the_counter(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.type("The plan is right, and the board is old.")
    expect(page.locator("[data-draft=saved]")).to_be_visible()
    page.locator("char-count").evaluate("each => { each.textContent = '12,345 characters left'; }")
    buttons = page.locator(".composer .foot .btn:visible")
    tops = {round(box["y"]) for box in (each.bounding_box() for each in buttons.all()) if box}
    assert max(tops) - min(tops) < 10, tops  # small ones are centred beside the others


def test_p_credits_the_message_with_the_focus_and_z_takes_it_back(
    sit, hub: Hub, talk: Talk
) -> None:
    answers = {name: f"{name} knows {talk.title}" for name in ("Halvard Moe", "Bram Visser")}
    with Practice(hub.url, "forum") as forum:
        for who, words in answers.items():
            forum.reply(talk.address, words, who)
    for words in answers.values():
        arrived(hub, "select id from inbox_message where body_text = %s", words)
    page = sit("bo")
    page.goto(talk.page)
    first, second = (page.locator("article.message", has_text=words) for words in answers.values())
    first.get_by_role("link").first.focus()
    page.keyboard.press("p")
    expect(first).to_contain_text("answer credited")
    expect(second).not_to_contain_text("answer credited")
    assert state(hub, talk) == "done"
    page.keyboard.press("z")
    expect(first).not_to_contain_text("answer credited")
    assert state(hub, talk) == "open"
