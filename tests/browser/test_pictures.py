"""Pictures in a conversation: shown, opened by keyboard, replaced by words, or switched off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from .hub import Hub
from .practice import Practice, new_title
from .talks import Talks
from .test_accessible import BEYOND, RULES, drawn, violations
from .watch import Watch

WORDS = "Four traces: the gate stays high"
BODY = f"""@polyphon here it is:

![{WORDS}](/sandbox/forum/pictures/latch.png)

![What is not there](/sandbox/forum/pictures/nothing.png)
"""
WITHOUT_PICTURES = """
update inbox_message set body_html = '', body_text = 'Two pictures.', attachments = '[]'
where conversation_id = %s returning conversation_id
"""
LOADED = "img => img.complete && img.naturalWidth > 1"


@pytest.fixture(scope="module")
def illustrated(hub: Hub, talks: Talks) -> Iterator[str]:
    """A conversation with a picture and one that is gone, by Emel, who shows her face.

    Afterwards its pictures are gone from the hub: the other modules' browsers may be led to it,
    and must not meet a 404 there."""
    title = new_title("The gate stays high")
    with Practice(hub.url, "forum") as forum:
        forum.start(title, BODY, who="emel")
    pk = talks.arrived(title)
    yield f"/conversations/{pk}/?in=everything"
    assert hub.ask(WITHOUT_PICTURES, pk) == pk


def loaded(page: Page, selector: str) -> None:
    picture = page.locator(selector).first
    expect(picture).to_be_visible()
    page.wait_for_function(f"img => ({LOADED})(img)", arg=picture.element_handle())


def test_a_picture_is_shown_opens_by_keyboard_and_one_that_is_gone_says_so(
    sit: Callable[..., Page], illustrated: str, watch: Watch
) -> None:
    watch.expects(404)  # of the picture that is gone
    page = sit("bo")
    page.goto(illustrated)
    loaded(page, ".message message-picture img")
    picture = page.locator(".thread").get_by_role("link", name=WORDS)
    gone = page.locator("message-picture.broken")
    expect(gone).to_have_text("What is not there. This picture is gone. Open the original")
    expect(gone.get_by_role("link")).to_have_attribute("href", re.compile(r"/nothing\.png$"))

    picture.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=WORDS)
    expect(dialog).to_be_visible()
    loaded(page, "dialog[open] > img")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(picture).to_be_focused()

    page.keyboard.press("Enter")
    loaded(page, "dialog[open] > img")
    page.locator("dialog[open] > img").click()
    expect(dialog).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()


def test_a_live_update_leaves_pictures_as_they_are(
    sit: Callable[..., Page], illustrated: str, watch: Watch
) -> None:
    watch.expects(404)
    page = sit("bo")
    page.goto(illustrated)
    loaded(page, ".message message-picture img")
    expect(page.locator("message-picture.broken")).to_be_visible()
    page.evaluate("document.querySelectorAll('message-picture').forEach(each => each.same = true)")
    with page.expect_response(lambda answer: "/conversations/" in answer.url):
        page.evaluate("document.body.dispatchEvent(new Event('hub:catch-up'))")
    page.wait_for_timeout(500)
    assert page.evaluate("[...document.querySelectorAll('message-picture')].every(e => e.same)")
    expect(page.locator("message-picture.broken")).to_be_visible()


def test_a_face_is_shown_beside_the_words(
    sit: Callable[..., Page], illustrated: str, watch: Watch
) -> None:
    watch.expects(404)
    page = sit("bo")
    page.goto(illustrated)
    page.wait_for_timeout(1500)
    page.reload()
    loaded(page, ".message .face img")
    loaded(page, "#person .face img")


def test_who_switches_pictures_off_sees_links(
    sit: Callable[..., Page], illustrated: str, watch: Watch
) -> None:
    watch.expects(404)
    page = sit("suri")
    page.goto("/me/")
    choice = page.get_by_role("main").get_by_role("group", name="Pictures in messages")
    try:
        choice.get_by_text("Off").click()
        page.wait_for_timeout(500)
        page.goto(illustrated)
        expect(page.locator(".thread").get_by_role("link", name=f"[{WORDS}]")).to_be_visible()
        expect(page.locator("message-picture, .message .face img")).to_have_count(0)
    finally:
        page.goto("/me/")
        choice.get_by_text("On", exact=True).click()
        page.wait_for_timeout(500)
    page.goto(illustrated)
    loaded(page, ".message message-picture img")


@pytest.mark.parametrize("width", [1440, 360])
def test_pictures_are_accessible_and_stay_within_the_page(
    sit: Callable[..., Page], illustrated: str, watch: Watch, width: int
) -> None:
    watch.expects(404)
    page = sit("bo", viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.goto(illustrated)
    loaded(page, ".message message-picture img")
    expect(page.locator("message-picture.broken")).to_be_visible()
    assert not page.evaluate(BEYOND)
    in_both_schemes(page)
    page.locator("message-picture a").first.press("Enter")
    loaded(page, "dialog[open] > img")
    in_both_schemes(page, "dialog[open]")


def in_both_schemes(page: Page, within: str | None = None) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        drawn(page)
        found = violations(page, RULES, within)
        assert not found, f"{scheme}: " + "\n".join(found)
