"""What must not happen while a page stands open: errors in the console, failed requests."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Page, Request, Response

HUNG_UP = "net::ERR_ABORTED"  # the page was left while it still asked
# htmx says so when hx-sync replaces a request that is under way, which is what it is there for
REPLACED = ("htmx:afterRequest, ", "htmx:sendAbort, ")


class Watch:
    """`expects(409)`: this answer belongs to the test, and the browser may complain about it."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.origins: list[str] = []
        self.expected: set[int] = set()

    def own(self, origin: str) -> None:
        self.origins.append(origin)

    def expects(self, *statuses: int) -> None:
        self.expected.update(statuses)

    def page(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("requestfailed", self.failed)
        page.on("response", self.answered)

    def console(self, message: ConsoleMessage) -> None:
        fine = [*REPLACED, *(f"status of {status}" for status in self.expected)]
        if message.type in ("error", "warning") and not any(part in message.text for part in fine):
            self.problems.append(f"console {message.type}: {message.text} {message.location}")

    def failed(self, request: Request) -> None:
        if self.is_ours(request.url) and request.failure != HUNG_UP:
            self.problems.append(f"failed: {request.method} {request.url}: {request.failure}")

    def answered(self, response: Response) -> None:
        if not self.is_ours(response.url):
            self.problems.append(f"asked elsewhere: {response.url}")
        elif response.status >= 400 and response.status not in self.expected:
            self.problems.append(
                f"{response.status}: {response.request.method} {response.request.url}"
            )

    def is_ours(self, url: str) -> bool:
        return url.startswith((*self.origins, "data:", "blob:"))
