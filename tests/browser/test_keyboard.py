"""By keyboard alone: where the focus is, ways out of menus, the list of keys, switching it off."""

import re

from playwright.sync_api import Page, Route, expect

from .hub import Hub, at
from .talks import EVERYTHING, Talk

RING = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    const own = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const around = element.closest("label, .composer, .segments, li");
    const near = around && getComputedStyle(around);
    return own || style.boxShadow !== "none"
        || !!near && (near.outlineStyle !== "none" || near.boxShadow !== "none");
}"""
WHERE = "document.activeElement.outerHTML.slice(0, 120)"


def test_every_stop_of_the_tab_key_shows_where_it_is(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(
        f"/conversations/{talk.pk}/?in=snoozed"
    )  # a short list, which loads no more of itself
    page.locator("body").press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    hidden, stops = [], []
    for _ in range(70):
        where = page.evaluate(WHERE)
        stops.append(where)
        if where.startswith("<body"):
            break
        if not page.evaluate(RING):
            hidden.append(where)
        page.keyboard.press("Tab")
    assert not hidden, hidden
    assert len(set(stops)) > 20


def test_a_date_field_keeps_its_ring_while_tab_goes_through_it(sit) -> None:
    """Day, month, year and the button of the calendar are stops within one field."""
    page = sit("robin")
    page.goto("/team/audit-trail/")
    field = page.locator("input[name=since]")
    field.focus()
    outline = "field => getComputedStyle(field).outlineStyle"
    for _ in range(4):
        assert field.evaluate(outline) == "solid"
        page.keyboard.press("Tab")
    expect(page.locator("input[name=until]")).to_be_focused()
    assert field.evaluate(outline) == "none"


def test_a_row_opens_in_a_tab_of_its_own_where_one_asks_for_it(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(EVERYTHING)
    row = page.locator("a.row").filter(has_text=talk.title)
    with page.context.expect_page() as opened:
        row.click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator("#talk h1")).to_have_text(talk.title)
    assert page.url.endswith(EVERYTHING)
    row.click()
    expect(page.locator("#talk h1")).to_have_text(talk.title)
    expect(page).to_have_url(re.compile(rf"/conversations/{talk.pk}/"))
    page.go_back()
    expect(page.locator("#talk")).to_contain_text("Select a conversation")


def test_reload_and_back_find_the_list_as_it_was(sit) -> None:
    page = sit("bo")
    # not what this is about: whichever conversation is opened may have one, and its site be busy
    page.route("**/pictures/**", lambda route: route.fulfill(content_type="image/gif", body=""))
    page.goto("/inbox/everything/")
    rows = page.locator("a.row")
    expect(rows).to_have_count(25)
    page.locator("#more-rows").scroll_into_view_if_needed()
    expect(rows).to_have_count(50)
    far = rows.nth(40)
    chosen = far.get_attribute("id")
    far.click()
    expect(page.locator(f"#{chosen}[aria-current]")).to_be_in_viewport()
    page.reload()
    expect(page.locator(f"#{chosen}[aria-current]")).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#talk")).to_contain_text("Select a conversation")
    expect(page.locator(f"#{chosen}")).to_be_in_viewport()
    page.goto("/inbox/everything/")
    expect(rows).to_have_count(25)


def test_the_palette_finds_commands_places_and_members(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    words = page.get_by_role("searchbox", name="Commands and members")
    chosen = page.locator("#palette .menu-item:visible").first
    page.keyboard.press("r")
    page.keyboard.press("ControlOrMeta+k")  # from within a text, too
    expect(words).to_be_focused()
    page.keyboard.type("snooze")
    expect(chosen).to_have_text("Snoozeh")
    page.keyboard.press("Enter")
    expect(page.locator("command-menu:popover-open")).to_contain_text("Until they reply")
    page.keyboard.press("Escape")

    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("everyth")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/inbox/everything/"))

    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.press("ControlOrMeta+k")
    expect(words).not_to_be_visible()
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("Wren Ash")
    people = page.locator("#palette-members a")
    expect(people).to_have_text([re.compile(r"Wren Ashby\s+@wren")])
    page.keyboard.type("b")
    expect(chosen).to_contain_text("Wren Ashby")
    page.keyboard.press("ArrowDown")  # below the marked one
    searches = page.locator("#palette a[data-find]")  # that of conversations comes first here
    expect(searches.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(people).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(searches.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Wren Ashby").first).to_be_visible()
    assert page.url.endswith("/members/?q=Wren+Ashb")
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("@wren_as")
    expect(people).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wren Ashby", level=1)).to_be_visible()


def test_a_preference_is_changed_in_the_palette(sit) -> None:
    page = sit("suri")
    page.goto("/inbox/")
    for typed, name, theme in (
        ("dark", "Theme: Dark", "dark"),
        ("theme: sys", "Theme: System", None),
    ):
        page.keyboard.press("ControlOrMeta+k")
        page.keyboard.type(typed)
        expect(page.locator("#palette .menu-item.active")).to_have_text(name)
        with page.expect_response("**/me/preferences/"):
            page.keyboard.press("Enter")
        if theme:
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
        else:
            expect(page.locator("html[data-theme=dark]")).to_have_count(0)
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("pictures")
    expect(page.locator("#palette .menu-item.active")).to_have_text("Pictures in messages: Off")


def test_one_escape_closes_the_palette_whatever_was_typed(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/")
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("every")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("ControlOrMeta+k")
    expect(page.get_by_role("searchbox", name="Commands and members")).to_have_value("")
    marked, items = page.locator("#palette .menu-item.active"), page.locator("#palette .menu-item")
    expect(marked).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()


def test_the_palette_has_the_commands_of_a_conversation_on_a_phone(sit, talk: Talk) -> None:
    page = sit("bo", viewport={"width": 360, "height": 740})
    page.goto(talk.page)
    page.keyboard.press("ControlOrMeta+k")
    shown = page.locator("#palette .menu-item:visible")
    for command in ("Tag", "Assign", "Snooze", "Done", "Reply", "Members"):
        expect(shown.filter(has_text=command).first).to_be_visible()
    expect(shown.filter(has_text="Select a range")).to_have_count(0)
    page.keyboard.type("snooze")
    page.keyboard.press("Enter")
    expect(page.locator("#snooze-menu")).to_contain_text("Until they reply")


def test_escape_leaves_a_menu_and_the_focus_returns(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    for name in ("Tag", "Assign", "Snooze"):
        button = page.locator(".head").get_by_role("button", name=name, exact=True)
        button.press("Enter")
        expect(page.locator("command-menu:popover-open")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        expect(page.locator("command-menu:popover-open")).to_have_count(0)
        expect(button).to_be_focused()


def test_tab_leads_out_of_a_menu(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("h")
    menu = page.locator("#snooze-menu")
    expect(menu).to_be_visible()
    for _ in range(15):
        page.keyboard.press("Tab")
        if not menu.evaluate("menu => menu.contains(document.activeElement)"):
            break
    assert not menu.evaluate("menu => menu.contains(document.activeElement)")


def test_a_menu_that_loads_late_does_not_fetch_the_focus_back(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    held: list[Route] = []
    page.route("**/snooze/**", lambda route: held.append(route))
    page.keyboard.press("h")
    menu = page.locator("#snooze-menu")
    expect(menu).to_contain_text("One moment")
    box = page.locator("textarea[name=reply]")
    box.focus()
    held[0].continue_()
    expect(menu).to_contain_text("Until they reply")
    expect(box).to_be_focused()


def test_question_mark_lists_the_keys(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    listed = keys.locator("dt").all_inner_texts()
    for key in ("j", "k", "e", "h", "a", "i", "l", "r", "n", "u"):
        assert key in listed, (key, listed)
    assert listed.count("z") == 1
    assert "Shift+j" in listed
    assert not {"J", "K"} & set(listed)
    assert "Ctrl+Shift+↵" in listed
    assert "g i" in listed
    expect(keys.get_by_role("heading", name="In a conversation")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


PLACES = {
    "t": "/today/",
    "i": "/inbox/needs-reply/",
    "m": "/members/",
    "o": "/members/outreach/",
    "l": "/tags/",
    "s": "/sources/",
}


def test_question_mark_lists_every_key_that_goes_somewhere_and_each_does(sit) -> None:
    page = sit("bo")
    for start in ("/tags/", "/today/"):
        page.goto(start)
        page.keyboard.press("?")
        keys = page.get_by_role("dialog", name="Keyboard shortcuts")
        listed = keys.locator("dt").all_inner_texts()
        for letter in PLACES:
            assert f"g {letter}" in listed, (letter, listed)
        page.keyboard.press("Escape")
    for letter, address in PLACES.items():
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"**{address}")
        link = page.locator(f'#inbox-nav [data-key="g {letter}"]')
        expect(link).to_have_attribute("aria-current", "page")
    assert page.locator("#inbox-nav [aria-current=page]").count() == 1


def test_question_mark_lists_the_keys_of_a_conversation_before_one_is_open(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/everything/")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    listed = keys.locator("dt").all_inner_texts()
    for key in ("j", "z", "e", "h", "a", "i", "l", "r", "n", "u", "v", "Ctrl+↵", "Ctrl+Shift+↵"):
        assert listed.count(key) == 1, (key, listed)
    group = keys.locator("section")
    expect(group.get_by_role("heading", name="In a conversation")).to_be_visible()
    expect(group.locator("div").filter(has_text="Reply")).to_have_text("rReply")


def test_a_device_without_hover_shows_no_hint_of_keys_but_lists_them(sit) -> None:
    page = sit("bo", has_touch=True, is_mobile=True)
    page.goto("/inbox/everything/")
    expect(page.get_by_role("heading", name="Select a conversation")).to_be_visible()
    expect(page.get_by_text("All shortcuts:")).to_be_hidden()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys.locator("kbd").filter(has_text="j").first).to_be_visible()


def test_single_keys_can_be_switched_off(sit, talk: Talk) -> None:
    page = sit("lena")
    try:
        choose(page, "Off")
        page.goto(talk.page)
        page.keyboard.press("e")
        page.keyboard.press("j")
        page.wait_for_timeout(300)
        assert at(page) == f"/conversations/{talk.pk}/"
        expect(page.locator(".head [data-key=e]")).to_contain_text("Done")
    finally:
        choose(page, "On")


def choose(page: Page, answer: str) -> None:
    page.goto("/me/")
    keys = page.locator("main").get_by_role("group", name="Single-letter shortcuts")
    with page.expect_response(lambda answer: "/me/preferences/" in answer.url):
        keys.get_by_label(answer).check(force=True)


def test_a_sequence_that_leads_nowhere_does_not_press_its_second_key(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.keyboard.press("r")
    expect(page.locator('textarea[name="reply"]')).to_be_focused()
    assert at(page) == f"/conversations/{talk.pk}/"
    expect(page.locator(".toast")).to_have_count(0)


def test_one_goes_on_where_the_draft_ends(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    box = page.locator('textarea[name="reply"]')
    page.keyboard.press("r")
    page.keyboard.type("R14 is")
    expect(page.locator("[data-draft=saved]")).to_be_visible()
    page.reload()
    page.keyboard.press("r")
    page.keyboard.type(" 47k")
    expect(box).to_have_value("R14 is 47k")


def test_after_a_form_that_reloads_the_page_the_focus_goes_on_from_its_section(sit, watch) -> None:
    watch.expects(422)
    page = sit("suri")
    page.goto("/me/")
    for heading in ("Working hours", "Profile"):
        title = page.get_by_role("heading", name=heading, exact=True)
        form = page.locator("form.panel").filter(has=title)
        form.get_by_role("button", name="Save").press("Enter")
        expect(page.locator(".toast")).to_be_visible()
        expect(title).to_be_focused()
        page.keyboard.press("Tab")
        inside = "form => form.contains(document.activeElement)"
        assert form.evaluate(inside), heading
    page.get_by_label("Name", exact=True).fill("   ")
    form.get_by_role("button", name="Save").press("Enter")
    expect(page.locator("[aria-invalid=true]")).to_be_focused()
    page.goto("/views/")  # one that nobody came to by a form begins at its top
    assert page.evaluate("document.activeElement === document.body")


def test_r_says_why_nobody_can_reply_and_what_to_do(sit, hub: Hub, talk: Talk) -> None:
    closed = "The topic is closed. Leave a note."
    change = "update inbox_conversation set reply_blocked = %s where id = %s returning id"
    assert hub.ask(change, closed, talk.pk)
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    expect(page.locator(".toast")).to_have_text(closed)


def test_the_focus_stays_where_the_team_page_answers(sit, watch) -> None:
    watch.expects(422)  # somebody who is there already
    page = sit("robin")
    page.goto("/team/")
    page.get_by_role("button", name="Create invitation").press("Enter")
    expect(page.get_by_label("Invitation link")).to_be_focused()
    page.locator("#invite").get_by_label("Email").fill("bo@polyphon.example")
    page.get_by_role("button", name="Create invitation").press("Enter")
    expect(page.get_by_text("They’re already on the team.")).to_be_visible()
    expect(page.get_by_role("button", name="Create invitation")).to_be_focused()


def test_the_team_is_renamed_on_a_phone_without_scrolling_sideways(sit) -> None:
    page = sit("robin", viewport={"width": 360, "height": 740})
    page.goto("/team/")
    page.get_by_text("Rename the team").click()
    expect(page.get_by_label("Team’s name")).to_be_visible()
    assert page.evaluate("document.querySelector('main').scrollWidth") <= 360
