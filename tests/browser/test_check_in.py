"""Check-in on a phone at the door: with a connection, without one, and with one again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.start.running import manage

from .hub import Hub
from .test_accessible import look_at
from .watch import Watch

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
CUT_OFF = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "no answer in time", "Failed to fetch")
MADE = """
import json
from datetime import timedelta
from django.utils import timezone
from events.verbs import door_links
from members.models import Member
from team.models import User
from events.models import Answer, Attendance, Event, Origin, State
now = timezone.now()
event = Event.objects.create(
    title="Berlin meet-up", starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(hours=2),
    timezone="Europe/Berlin", state=State.PUBLISHED, published_at=now)
codes = {}
for name in ("Ilka Testwood", "Dee Testwood", "Tomás Testwood"):
    member = Member.objects.create(name=name)
    row = Attendance.objects.create(
        event=event, member=member, answer=Answer.GOING, origin=Origin.HAND)
    codes[name] = row.code
token = door_links.create(event, "Hanna", by=User.objects.get(name="Bo Nilsson"))[1]
print("MADE", json.dumps({"pk": event.pk, "codes": codes, "token": token}))
"""
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas"), paint = canvas.getContext("2d");
    setInterval(() => paint.fillRect(0, 0, Math.random() * 100, 9), 50);
    return canvas.captureStream(20);
};
window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() { return window.held ? [{ rawValue: window.held }] : []; }
};
"""


@dataclass
class Door:
    pk: int
    codes: dict[str, str]
    token: str

    @property
    def page(self) -> str:
        return f"/events/{self.pk}/check-in/"

    @property
    def helper_page(self) -> str:
        return f"/door/{self.token}/"


@pytest.fixture
def door(hub: Hub) -> Door:
    """An event of its own that has begun, with three people who are expected."""
    said = manage(hub.var.root, "shell", "-c", MADE)
    line = next(line for line in said.splitlines() if line.startswith("MADE "))
    return Door(**json.loads(line.removeprefix("MADE ")))


@pytest.fixture
def offline_is_fine(watch: Watch) -> Iterator[None]:
    """What a browser says about a connection that the test itself cut."""
    yield
    watch.problems[:] = [
        said for said in watch.problems if not any(words in said for words in CUT_OFF)
    ]


def stood_ready(page: Page) -> None:
    """The worker has kept what the page needs, and stands between it and the hub."""
    page.wait_for_function("() => navigator.serviceWorker.controller")
    expect(page.locator("check-in-desk[data-ready]")).to_be_attached()


def guest(page: Page, name: str):
    return page.locator(".guest").filter(has=page.get_by_text(name, exact=True))


def came(hub: Hub, door: Door) -> int:
    return hub.ask(
        "select count(*) from events_attendance where event_id = %s and checked_in_at is not null",
        door.pk,
    )


def count(page: Page, n: int) -> None:
    expect(page.locator("[data-count=here]")).to_have_text(str(n))


@pytest.mark.usefixtures("offline_is_fine")
@pytest.mark.parametrize("who", ["bo", None], ids=["team", "helper"])
def test_people_come_while_there_is_no_connection_and_count_when_it_is_back(
    who, sit, hub: Hub, door: Door
) -> None:
    page, other = sit(who, **PHONE), sit("lena", **PHONE)
    page.goto(door.page if who else door.helper_page)
    other.goto(door.page)
    stood_ready(page)
    page.get_by_role("searchbox").fill("ilk t")
    expect(page.locator(".guest")).to_have_count(1)
    guest(page, "Ilka Testwood").get_by_role("button", name="Here").click()
    count(page, 1)
    count(other, 1)
    page.get_by_role("searchbox").fill("")

    page.context.set_offline(True)
    guest(page, "Dee Testwood").get_by_role("button", name="Here").click()
    page.get_by_role("button", name="Add a walk-in").click()
    page.get_by_label("Who walked in?").fill("Joss Weber")
    page.get_by_label("Who walked in?").press("Enter")
    expect(page.locator("scan-queue")).to_have_text("Offline: 2 waiting to sync")
    count(page, 3)
    assert came(hub, door) == 1
    page.reload()
    expect(page.locator("scan-queue")).to_have_text("Offline: 2 waiting to sync")
    expect(guest(page, "Dee Testwood").get_by_role("button", name="Undo")).to_be_visible()
    expect(guest(page, "Joss Weber")).to_be_visible()
    count(page, 3)
    # meanwhile the same person is checked in by somebody else
    guest(other, "Dee Testwood").get_by_role("button", name="Here").click()
    count(other, 2)

    page.context.set_offline(False)
    expect(page.locator("scan-queue")).to_be_hidden(timeout=20_000)
    count(page, 3)
    count(other, 3)
    assert came(hub, door) == 3
    guest(page, "Joss Weber").get_by_role("button", name="Undo").click()
    count(other, 2)


def test_a_code_is_read_by_the_camera_or_typed(sit, door: Door) -> None:
    page = sit("bo", **PHONE)
    page.add_init_script(CAMERA)
    page.goto(door.page)
    stood_ready(page)
    page.get_by_role("button", name="Scan a code").click()
    dialog = page.get_by_role("dialog")
    page.evaluate("text => { window.held = text; }", f"HUB:{door.pk}:{door.codes['Ilka Testwood']}")
    expect(dialog).to_contain_text("Ilka Testwood is here.")
    page.evaluate("text => { window.held = text; }", f"HUB:{door.pk + 1}:22222222")
    expect(dialog).to_contain_text("This code is for another event.")
    dialog.get_by_role("button", name="Close").click()
    count(page, 1)
    page.get_by_role("searchbox").fill(door.codes["Dee Testwood"].lower())
    page.get_by_role("searchbox").press("Enter")
    count(page, 2)


def test_the_door_works_without_scripts(sit, hub: Hub, door: Door) -> None:
    for who, address in (("bo", door.page), (None, door.helper_page)):
        page = sit(who, java_script_enabled=False, **PHONE)
        page.goto(address)
        guest(page, "Dee Testwood").get_by_role("button", name="Here").click()
        expect(page.locator("[data-said]")).to_have_text("Dee Testwood is here.")
        count(page, 1)
        guest(page, "Dee Testwood").get_by_role("button", name="Undo").click()
        count(page, 0)
        page.get_by_role("button", name="Add a walk-in").click()
        page.get_by_label("Who walked in?").fill(f"Joss {who}")
        page.get_by_role("button", name="Check in").click()
        expect(guest(page, f"Joss {who}").get_by_role("button", name="Undo")).to_be_visible()
        guest(page, f"Joss {who}").get_by_role("button", name="Undo").click()
    assert came(hub, door) == 0


def test_the_check_in_is_accessible_light_dark_and_at_360_px(
    sit, door: Door, tmp_path: Path
) -> None:
    page = sit("bo")
    page.goto(door.page)
    guest(page, "Ilka Testwood").get_by_role("button", name="Here").click()
    count(page, 1)
    look_at(page, tmp_path, "check-in")
    page.get_by_role("button", name="Add a walk-in").click()
    look_at(page, tmp_path, "walk-in")
    page = sit("bo")
    page.goto(f"/events/{door.pk}/door-links/")
    page.get_by_label("Who is it for?").fill("Hanna")
    page.get_by_role("button", name="Create link").click()
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    look_at(page, tmp_path, "door links")


@pytest.mark.usefixtures("offline_is_fine")
def test_what_was_kept_goes_with_the_link_and_with_the_sign_out(sit, hub: Hub, door: Door) -> None:
    page = sit("bo", **PHONE)
    page.goto(door.page)
    stood_ready(page)
    kept = "() => caches.keys().then(names => names.filter(name => name.startsWith('check-in')))"
    assert len(page.evaluate(kept)) == 1
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.wait_for_function(f"async () => !(await ({kept})()).length")
