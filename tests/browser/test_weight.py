"""What a page weighs on the wire: the whole of it at first, a fragment afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

KB = 1024
FIRST, FIRST_REQUESTS = 100 * KB, 20
NEXT, NEXT_REQUESTS = 25 * KB, 2


@dataclass
class Scale:
    """Weighs what comes in; the stream, which never ends, and its first bell are left out."""

    bytes: int = 0
    asked: list[str] = field(default_factory=list)

    def put_on(self, page: Page) -> None:
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", self.request)
        wire.on("Network.loadingFinished", self.finished)

    def request(self, event: dict) -> None:
        self.asked.append(f"{event['request']['method']} {event['request']['url']}")

    def finished(self, event: dict) -> None:
        self.bytes += int(event["encodedDataLength"])

    def empty(self) -> None:
        self.bytes, self.asked = 0, []

    @property
    def gets(self) -> list[str]:
        """Without pictures: they come lazily, after the page, and browsers keep them."""
        mine = ("/live/", "/pictures/", "/avatar/")
        return [
            line
            for line in self.asked
            if line.startswith("GET") and not any(part in line for part in mine)
        ]


NEWS = """
window.news = [];
const dispatch = EventTarget.prototype.dispatchEvent;
EventTarget.prototype.dispatchEvent = function (event) {
  if (/^hub:(conversation|presence|catch-up|tick)$/.test(event.type)) news.push(event.type);
  return dispatch.call(this, event);
};
"""


def test_the_inbox_weighs_little_at_first_and_less_with_every_click(sit) -> None:
    page = sit("lena")
    page.add_init_script(NEWS)
    scale = Scale()
    scale.put_on(page)
    page.goto("/inbox/")
    page.wait_for_timeout(1500)
    print(f"first load: {scale.bytes / KB:.1f} KB, {len(scale.gets)} requests")
    assert scale.bytes <= FIRST
    assert len(scale.gets) <= FIRST_REQUESTS, scale.gets

    for nth in (3, 4, 5, 6):
        # The hub is shared with the tests before: what colleagues do in it is no part of a click.
        page.evaluate("news.length = 0")
        open_row(page, scale, nth)
        news = page.evaluate("news")
        if not news:
            break
        print(f"once more, as there was news: {news}")
    assert not news, f"there was news each time: {news}"
    assert scale.bytes <= NEXT
    assert len(scale.gets) <= NEXT_REQUESTS, scale.gets


def open_row(page: Page, scale: Scale, nth: int) -> None:
    row = page.locator("a.row").nth(nth)
    subject = row.locator(".subject, .say").first.inner_text()
    row.focus()
    scale.empty()
    page.keyboard.press("Enter")
    expect(page.locator(".head h1")).to_be_visible()
    page.wait_for_timeout(1000)
    print(f"next ({subject}): {scale.bytes / KB:.1f} KB, {scale.asked}")
