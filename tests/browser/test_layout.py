"""How the panes hold together: their widths, what lies over what, what fits where."""

import pytest
from playwright.sync_api import Locator, Page, expect

from .hub import Hub, at
from .talks import EVERYTHING, Talk
from .test_accessible import resize

PHONE = {"width": 360, "height": 740}
INITIALS = """face => {
    const range = document.createRange(), badge = face.querySelector(".badge");
    range.selectNode(face.firstChild);
    const text = range.getBoundingClientRect(), over = badge.getBoundingClientRect();
    return over.left < text.right - 1 && over.top < text.bottom - 2;
}"""


CONTRAST = """button => {
    const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (colour) => {
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((part) => {
            const of1 = part / 255;
            return of1 <= 0.04045 ? of1 / 12.92 : ((of1 + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const { color, backgroundColor } = getComputedStyle(button);
    const [high, low] = [light(color), light(backgroundColor)].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
}"""  # WCAG 2.2, contrast ratio


def box(element: Locator) -> dict[str, float]:
    found = element.bounding_box()
    assert found, element
    return dict(found)


def meet(one: dict[str, float], other: dict[str, float]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_ten_rows_fit_into_a_window_of_900_pixels(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/")
    expect(page.locator("a.row").nth(10)).to_be_attached()
    bottoms = page.locator("#rows > li").evaluate_all(
        "rows => rows.map(row => row.getBoundingClientRect().bottom)"
    )
    assert len([bottom for bottom in bottoms if bottom <= 900]) >= 10
    query, title = page.locator("#list-q"), page.locator("#list-title h1")
    for text in (query, title):  # above them, whole
        assert text.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_compact_rows_show_the_whole_initials(sit) -> None:
    page = sit("bo")
    page.goto("/inbox/")
    page.evaluate("document.documentElement.dataset.density = 'compact'")
    faces = page.locator("a.row .face:has(.badge)")
    for number in range(8):
        assert not faces.nth(number).evaluate(INITIALS), faces.nth(number).inner_text()


def test_the_list_is_made_wider_by_keys_and_by_the_pointer_and_stays_so(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    edge = page.get_by_role("separator", name="Width of the list")
    pane = page.locator("#list")
    before = box(pane)["width"]
    with page.expect_response(lambda answer: "/me/preferences/" in answer.url):
        edge.press("ArrowRight")
        edge.press("ArrowRight")
        assert box(pane)["width"] == before + 32
    expect(edge).to_have_attribute("aria-valuenow", str(round(before + 32)))
    page.reload()
    assert box(pane)["width"] == before + 32
    other = sit("bo")  # another browser of the same person, and another person
    other.goto(talk.page)
    assert box(other.locator("#list"))["width"] == before + 32
    lenas = sit("lena")
    lenas.goto(talk.page)
    assert box(lenas.locator("#list"))["width"] == before

    here = box(edge)
    at, down = here["x"] + here["width"] / 2, here["y"] + 300
    page.mouse.move(at, down)
    page.mouse.down()
    page.mouse.move(at + 60, down, steps=4)
    page.mouse.up()
    assert box(pane)["width"] == pytest.approx(before + 92, abs=1)
    edge.press("Home")
    assert box(pane)["width"] == 256
    edge.press("End")
    assert box(pane)["width"] == 576  # two fifths of the window: the conversation keeps its room
    with page.expect_response(lambda answer: "/me/preferences/" in answer.url):
        edge.dblclick()
        assert box(pane)["width"] == before
    page.set_viewport_size(PHONE)
    expect(edge).not_to_be_visible()


@pytest.mark.parametrize("width", [1440, 1000, 360])
def test_a_toast_lies_neither_over_send_nor_over_notifications(sit, talk: Talk, width) -> None:
    page = sit("bo", viewport={"width": width, "height": 740})
    page.goto(talk.page)
    page.locator('textarea[name="reply"]').fill("Ten kilohms.")
    page.get_by_role("button", name="Send", exact=True).click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Sending in")
    page.wait_for_timeout(300)  # it rises
    reached = [".composer", "#head-" + str(talk.pk), *([".nav footer"] if width > 1024 else [])]
    for other in reached:
        assert not meet(box(toast), box(page.locator(other))), other
    page.keyboard.press("z")


@pytest.mark.parametrize("width", [1440, 360])
def test_the_teammates_that_a_note_may_mention_cover_nothing(sit, talk: Talk, width) -> None:
    page = sit("bo", viewport={"width": width, "height": 740})
    page.goto(talk.page)
    page.keyboard.press("n")
    page.keyboard.type("@")
    names = page.get_by_role("listbox", name="Teammates")
    expect(names.get_by_role("option").first).to_be_visible()
    expect(names).to_be_in_viewport(ratio=1)
    for other in (".composer .foot", ".composer .to", 'textarea[name="note"]', ".thread article"):
        assert not meet(box(names), box(page.locator(other).first)), other
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("@")


def test_the_buttons_of_the_composer_stand_on_one_line_on_a_phone(sit, talk: Talk) -> None:
    page = sit("bo", viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(talk.page)
    page.locator('textarea[name="reply"]').fill("Ten kilohms, by the plan.")
    expect(page.locator(".composer .state")).to_contain_text("32,000")
    middles = page.locator(".composer .foot > .btn:visible").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(b => (b.top + b.bottom) / 2)"
    )
    assert len(middles) == 5
    assert max(middles) - min(middles) < 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_sending_draws_no_ring_around_the_thread(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.keyboard.press("r")
    page.keyboard.type("Ten kilohms, by the plan.")
    page.keyboard.press("Control+Enter")
    thread = page.locator("#main")
    expect(thread).to_be_focused()
    assert thread.evaluate("element => getComputedStyle(element).outlineStyle") == "none"
    page.keyboard.press("z")


def test_the_head_has_two_lines_on_a_phone_although_others_are_there(sit, talk: Talk) -> None:
    for name in ("lena", "suri"):
        sit(name).goto(talk.page)
    page = sit("bo", viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(talk.page)
    expect(page.locator(".head .present")).to_have_count(2)
    middles = page.locator(".head > *:visible, .head > form").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).filter(b => b.width > 1)"
        ".map(b => Math.round((b.top + b.bottom) / 2 / 12))"
    )
    assert len(set(middles)) == 2, middles
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_long_title_keeps_the_head_low_and_is_told_in_full(sit, hub: Hub) -> None:
    longest = (
        "from inbox_conversation where subject <> '' order by length(subject) desc, id limit 1"
    )
    title, found = (hub.ask(f"select {column} {longest}") for column in ("subject", "id"))
    assert len(title) > 50
    page = sit("bo")
    page.goto(f"/conversations/{found}/")
    heading, head, bar = (page.locator(each) for each in (".head h1", ".head", "#list .bar"))
    expect(heading).to_have_attribute("title", title)
    for width, lines in ((1440, 1), (1100, 1), (360, 2)):
        resize(page, {"width": width, "height": 740})
        line = heading.evaluate("element => parseFloat(getComputedStyle(element).lineHeight)")
        assert box(heading)["height"] == pytest.approx(lines * line, abs=1), width
        if width > 752:
            assert box(head)["height"] == box(bar)["height"], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_ring_goes_to_the_next_row_when_its_row_leaves(sit, hub: Hub, talks) -> None:
    """e, e: two rows from the list are done, and what is open in the other pane stays open."""
    opened, second, first = talks.together(3)
    page = sit("bo")
    page.goto(f"/conversations/{opened.pk}/?in=unassigned&shown=200")
    page.locator(f"#row-{first.pk}").focus()
    for done, following in ((first, second), (second, opened)):
        page.keyboard.press("e")
        expect(page.locator(f"#row-{done.pk}")).to_have_count(0)
        expect(page.locator(f"#row-{following.pk}")).to_be_focused()
    assert [state(hub, talk) for talk in (first, second, opened)] == ["done", "done", "open"]
    expect(page.locator(".head h1")).to_have_text(opened.title)


def test_the_ring_goes_on_where_the_list_is_swapped_twice_at_once(sit, talks) -> None:
    """Its own answer and the live event of one change may both bring the list up to date."""
    second, first = talks.together(2)
    page = sit("bo")
    page.goto("/inbox/unassigned/?shown=200")
    page.locator(f"#row-{first.pk}").focus()
    page.evaluate(
        """(id) => {
            const list = document.querySelector("row-list");
            const say = (name) => list.dispatchEvent(new CustomEvent(name));
            say("htmx:beforeSwap");
            document.getElementById(id).closest("li").remove();
            say("htmx:beforeSwap");
            say("htmx:afterSettle");
            say("htmx:afterSettle");
        }""",
        f"row-{first.pk}",
    )
    expect(page.locator(f"#row-{second.pk}")).to_be_focused()


def state(hub: Hub, talk: Talk) -> object:
    return hub.ask("select state from inbox_conversation where id = %s", talk.pk)


def test_a_list_that_is_brought_up_to_date_stays_as_long_and_where_it_was(sit, talk: Talk) -> None:
    page = sit("bo")
    page.goto(talk.page)
    rows = page.locator("a.row")
    page.locator("#more-rows").scroll_into_view_if_needed()
    expect(page.locator("#more-rows")).to_have_count(1)
    page.locator("#list .scroll").evaluate("element => { element.scrollTop = 900; }")
    before = rows.count()
    with page.expect_response(lambda answer: "/inbox/everything/" in answer.url):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('hub:tick'))")
    page.wait_for_timeout(200)
    assert rows.count() >= before
    assert page.locator("#list .scroll").evaluate("element => element.scrollTop") == 900


def test_a_line_of_the_log_has_its_icon_before_its_kind(sit, hub: Hub) -> None:
    page = sit("bo", viewport=PHONE)
    found = "select member_id from members_identity where handle = 'inesw'"
    page.goto(f"/members/{hub.ask(found)}/")
    when = page.locator(".tale > .when:has(> .icon)").first
    icon = when.locator("> .icon").bounding_box()
    words = when.evaluate(
        """when => {
            const range = document.createRange();
            range.selectNode(when.querySelector(".icon").nextSibling);
            return range.getClientRects()[0].toJSON();
        }"""
    )
    assert icon["y"] < words["y"] + words["height"]
    assert icon["x"] + icon["width"] <= words["x"] + words["width"]
    assert icon["y"] + icon["height"] > words["y"]


@pytest.mark.parametrize("width", [1440, 1100, 800])
def test_what_will_be_acted_on_is_ticked_and_in_view_and_the_rows_stay(
    sit, talk: Talk, width
) -> None:
    page = sit("bo", viewport={"width": width, "height": 740})
    page.goto(talk.page)
    row = page.locator("a.row:not([aria-current])").nth(3)
    row.focus()
    before = box(row)
    page.keyboard.press("h")
    menu = page.locator("#bulk-snoozes")
    expect(menu.get_by_role("button", name="Until they reply")).to_be_visible()
    expect(page.locator("[data-picked]")).to_have_text("1")
    assert box(row) == before
    beside(menu, page)
    page.keyboard.press("Escape")


def beside(menu: Locator, page: Page) -> None:
    """The menu stands at the upper end of the list's edge, within the window."""
    pane, here = box(page.locator("#list")), box(menu)
    assert 0 <= here["x"] - pane["x"] - pane["width"] < 12
    assert 0 <= here["y"] < 12
    assert here["x"] + here["width"] <= page.viewport_size["width"]


def test_a_menu_of_the_selection_keeps_its_place_and_closes_when_nothing_is_selected(
    sit, talk: Talk
) -> None:
    page = sit("bo")
    page.goto(talk.page)
    page.locator("a.row:not([aria-current])").nth(3).focus()
    page.keyboard.press("h")
    menu = page.locator("#bulk-snoozes")
    expect(menu.get_by_role("button", name="Until they reply")).to_be_visible()
    page.evaluate(
        "document.querySelector('[data-bulk]').hidden = true"
    )  # as in the midst of a swap
    beside(menu, page)
    page.locator("row-list").evaluate("list => list.clear()")  # as when the last one leaves
    expect(menu).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 1100, 360])
def test_what_can_be_done_with_a_selection_fits_on_one_line(sit, width) -> None:
    touch = {"has_touch": True, "is_mobile": True} if width == 360 else {}
    page = sit("bo", viewport={"width": width, "height": 740}, **touch)
    page.goto("/inbox/everything/")
    head = box(page.locator("#list .bar"))
    page.get_by_role("button", name="Select", exact=True).click()
    page.locator("a.row").first.click()
    bar = page.locator("[data-bulk]")
    expect(bar).to_contain_text("1 selected")
    assert box(bar)["height"] == head["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_several_rows_are_selected_by_touch_and_the_menu_hides_none_of_them(
    sit, hub: Hub, talks
) -> None:
    first, second = talks.together(2)
    page = sit("bo", viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(EVERYTHING)
    page.get_by_role("button", name="Select", exact=True).tap()
    expect(page.locator("[data-bulk]").get_by_role("button", name="Snooze")).to_be_disabled()
    for talk in (first, second):
        page.locator(f"#row-{talk.pk}").tap()
    expect(page.locator("[data-picked]")).to_have_text("2")
    assert at(page) == "/inbox/everything/"  # a tap ticks a row and does not open it
    page.locator("[data-bulk]").get_by_role("button", name="Snooze").tap()
    menu = page.locator("#bulk-snoozes")
    expect(menu.get_by_role("button", name="Until they reply")).to_be_visible()
    last = page.locator("li:has(.pick :checked)").last
    expect(last).to_be_in_viewport(ratio=0.98)  # its edge lies between two pixels
    assert box(menu)["y"] > box(last)["y"] + box(last)["height"] - 1
    menu.get_by_role("button", name="Until they reply").tap()
    expect(page.locator(".toast")).to_contain_text("2 conversations snoozed")
    assert [state(hub, talk) for talk in (first, second)] == ["snoozed", "snoozed"]
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.locator(f"#row-{first.pk}").tap()
    expect(page.locator(".head h1")).to_have_text(first.title)


def test_what_one_should_know_stands_above_the_box_at_every_width(sit, hub: Hub) -> None:
    asked = "select id from inbox_conversation where subject like 'MIDI clock drifts%%'"
    page = sit("bo")
    page.goto(f"/conversations/{hub.ask(asked)}/")
    notes = page.get_by_role("complementary", name="Notes and warnings")
    expect(notes).to_contain_text("Wants to test builds early")
    for width in (1440, 1100, 720, 360):
        resize(page, {"width": width, "height": 740})
        expect(notes, f"at {width} px").to_be_in_viewport(ratio=1)
        above, below = box(notes), box(page.locator(".composer"))
        assert 0 <= below["y"] - above["y"] - above["height"] < 16, width


def test_a_button_can_be_read_while_the_pointer_is_on_it(sit, talk: Talk) -> None:
    page = sit("bo", reduced_motion="reduce")
    page.goto(talk.page)
    for key, name in (("r", "Send"), ("n", "Add note")):
        page.keyboard.press(key)
        button = page.locator(".composer").get_by_role("button", name=name, exact=True)
        page.keyboard.press("Escape")
        page.locator("h1, h2").first.click()
        button.hover()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)  # the colours change over a moment
            assert button.evaluate(CONTRAST) >= 4.5, (scheme, name)


def test_the_open_place_stands_in_sight_in_a_navigation_that_scrolls(sit) -> None:
    page = sit("bo", viewport={"width": 1440, "height": 520})
    here = page.locator("#inbox-nav [aria-current]")
    for name, address in (("Team", "/team/"), ("Sources", "/sources/")):
        page.goto(address)
        expect(here).to_have_text(name)
        expect(here).to_be_in_viewport(ratio=0.9)
        assert box(here)["y"] + box(here)["height"] <= box(page.locator(".nav footer"))["y"]
    middle = page.locator("#inbox-nav")
    assert middle.evaluate("it => it.scrollWidth <= it.clientWidth")
    today = middle.get_by_role("link", name="Today")
    middle.hover()
    page.mouse.wheel(0, -2000)
    expect(today).to_be_in_viewport()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('hub:catch-up'))")
    page.wait_for_load_state("networkidle")
    expect(
        page.get_by_role("link", name="Today")
    ).to_be_in_viewport()  # it stays as it was scrolled
    link = page.locator("#inbox-nav a").last
    link.focus()
    expect(link).to_be_in_viewport(ratio=0.9)
