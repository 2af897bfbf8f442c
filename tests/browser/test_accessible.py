"""axe finds nothing on any screen, in both colours; no screen scrolls sideways on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from .hub import Hub
from .talks import Talk

DESKTOP = {"width": 1440, "height": 900}
ENLARGED = {"width": 720, "height": 450}  # the desktop at 200 %
PHONE = {"width": 360, "height": 740}
# What stands out of the page, or out of the part of it that scrolls, at the end of the line. The
# edge of the list lies over its neighbour on purpose, 5 px wide.
BEYOND = """() => [document.documentElement, ...document.querySelectorAll("main, .panes > .pane")]
    .filter(part => part.scrollWidth > part.clientWidth + 5 && part.clientWidth)
    .flatMap(part => [...part.querySelectorAll("*")]
        .filter(e => e.getBoundingClientRect().right > part.getBoundingClientRect().right + 1)
        .filter(e => !e.closest(".hide, .table-wrap, [hidden]"))
        .slice(0, 3).map(e => e.outerHTML.slice(0, 100)))"""
# What is all right need not be described, and no rule of these asks for the style sheets again.
BRIEFLY = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
RULES = {
    **BRIEFLY,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
CONTRAST = {**BRIEFLY, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
SCREENS = {
    "inbox": "/inbox/",
    "conversation": "talk",
    "today": "/today/?whose=team",
    "search": "/inbox/search/?q=midi",
    "best matches": "/inbox/search/?q=midi&sort=best",
    "mistake in a search": "/inbox/search/?q=tagg:x",
    "operator of another list": "/inbox/search/?q=network:x",
    "empty search": "/inbox/search/?q=zzyzx",
    "encounter form": "/encounters/",
    "members": "/members/",
    "mistake in a query of members": "/members/?q=tagg:x",
    "member": "member",
    "member with gift details": "gifts",
    "member details": "details",
    "gift details": "gift-details",
    "bond": "bond",
    "hand-over brief": "handover",
    "fields of members": "/members/fields/",
    "insights": "/insights/",
    "outreach": "/members/outreach/",
    "organisations": "/organisations/",
    "organisation": "organisation",
    "edit organisation": "organisation details",
    "edit affiliation": "affiliation",
    "events": "/events/",
    "events of a month": "/events/?show=month",
    "events of a week": "/events/?show=week",
    "event form": "/events/new/",
    "tags": "/tags/",
    "tag": "tag",
    "views": "/views/",
    "saved replies": "/saved-replies/",
    "saved reply": "/saved-replies/new/",
    "sources": "/sources/",
    "source": "source",
    "add source": "/sources/new/",
    "sign in to a source": "/sources/new/mastodon/",
    "team": "/team/",
    "team hours": "/team/hours/",
    "audit trail": "/team/audit-trail/",
    "mailbox": "/team/mailbox/",
    "system health": "/system/",
    "profile": "/me/",
    "notifications": "/notifications/",
    "practice forum": "/sandbox/forum/",
}


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_accessible_light_dark_and_on_a_phone(
    screen: str, sit, hub: Hub, tmp_path: Path
) -> None:
    page = sit("robin")
    page.goto(address(SCREENS[screen], hub))
    look_at(page, tmp_path, screen)


def test_the_door_is_accessible(sit, tmp_path: Path) -> None:
    page = sit(None)
    page.goto("/account/login/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    look_at(page, tmp_path, "sign-in")


def test_open_menus_are_accessible(sit, talk: Talk, tmp_path: Path) -> None:
    page = sit("bo")
    page.goto(talk.page)
    for key in (*"fhalm?;", "ControlOrMeta+k"):
        page.keyboard.press(key)
        menu = page.locator("command-menu:popover-open, dialog[open]")
        expect(menu, f"after {key}").to_be_visible()
        expect(menu.get_by_text("One moment")).to_have_count(0)
        found = violations(page, RULES, "command-menu:popover-open, dialog[open]")
        if found:
            page.screenshot(path=tmp_path / f"menu {ord(key[-1])}.png")
        assert not found, f"after {key}\n" + "\n".join(found)
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
        # The browser takes the focus out with its next frame, faster than a hand can be.
        page.wait_for_function("() => !document.activeElement.closest('command-menu')")


def address(path: str, hub: Hub) -> str:
    if path == "talk":
        found = "select id from inbox_conversation where subject like 'MIDI clock drifts%%'"
        return f"/conversations/{hub.ask(found)}/"
    if path == "member":
        found = "select member_id from members_identity where handle = 'inesw'"
        return f"/members/{hub.ask(found)}/"
    if path in ("gifts", "details", "gift-details"):
        found = "select member_id from members_giftdetails where has_address order by id limit 1"
        return f"/members/{hub.ask(found)}/{'' if path == 'gifts' else f'{path}/'}"
    if path in ("bond", "handover"):
        lena = hub.ask("select id from team_user where email like 'lena@%%'")
        found = address("member", hub)
        return f"{found}bonds/{lena}/" if path == "bond" else f"/handovers/{lena}/"
    if path.startswith("organisation"):
        found = "select min(id) from members_organisation where name like 'Repair%%'"
        return f"/organisations/{hub.ask(found)}/{path.partition(' ')[2]}/".replace("//", "/")
    if path == "affiliation":
        return f"/affiliations/{hub.ask('select min(id) from members_affiliation')}/"
    if path == "tag":
        return f"/tags/{hub.ask('select min(id) from members_tag where removed_at is null')}/"
    if path == "source":
        return f"/sources/{hub.ask('select min(id) from inbox_source')}/"
    return path


def look_at(page: Page, folder: Path, name: str) -> None:
    """All rules in light; what the colours alone decide in dark; the width on a phone. `folder`
    gets a picture of each state in which something was found."""
    found = []

    def note(state: str, lines: list[str]) -> None:
        if lines:
            page.screenshot(path=folder / f"{name} {state}.png")
            found.extend(f"{state}: {line}" for line in lines)

    for scheme, rules in (("light", RULES), ("dark", CONTRAST)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        drawn(page)
        note(scheme, violations(page, rules))
    for size in (DESKTOP, ENLARGED, PHONE):
        resize(page, size)
        note(f"{size['width']} px", page.evaluate(BEYOND))
    assert not found, "\n".join(found)


def resize(page: Page, size: dict[str, int]) -> None:
    """Without loading it anew."""
    page.set_viewport_size(size)
    drawn(page)


def drawn(page: Page) -> None:
    """Wait until what was just changed is on the screen."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


# One that is replaced or paused never finishes: two seconds are long for any of ours.
STILL = """() => Promise.race([
    new Promise((done) => setTimeout(done, 2000)),
    Promise.all(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.then(() => null, () => null)))])"""


def violations(page: Page, rules: dict, within: str | None = None) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(STILL)  # what fades in has another contrast meanwhile
    run = "([within, rules]) => axe.run(within ?? document, rules).then(all => all.violations)"
    return [
        f"{broken['id']} ({broken['help']}): {node['html'][:160]} {node['failureSummary'][:200]}"
        for broken in page.evaluate(run, [within, rules])
        for node in broken["nodes"]
    ]
