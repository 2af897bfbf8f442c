"""Conversations for tests to use up: made on the practice forum in one go, since the hub asks the
forum for news every ten seconds only, unless it is told to."""

from __future__ import annotations

import time
from dataclasses import dataclass

from .hub import Hub
from .practice import Practice, new_title

AT_ONCE = 24  # each time, a test waits until they have arrived
# The list, as far down as a talk may be by now: below the rest of its batch, the next one, and what
# else came. Each live event has the whole of it rendered and swapped anew, so it is no longer.
SHOWN = 3 * AT_ONCE
EVERYTHING = f"/inbox/everything/?shown={SHOWN}"
WITHIN = 60  # seconds until the hub must have them
ASK_AGAIN = 2.0  # seconds until the forum is asked once more: the last time may have been too early
ASK_NOW = """
update inbox_source set next_pull_at = least(next_pull_at, now())
where kind = 'sandbox' and state = 'active' and failures = 0 returning id
"""


@dataclass(frozen=True)
class Talk:
    """One topic, in which Wren Ashby asks the team. `address`: on the forum."""

    title: str
    address: str
    pk: int

    @property
    def page(self) -> str:
        return f"/conversations/{self.pk}/?in=everything&shown={SHOWN}"


class Talks:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.ready: list[Talk] = []

    def next(self) -> Talk:
        return self.together(1)[0]

    def together(self, count: int) -> list[Talk]:
        """So many of one batch, the newest first: they stand beside each other in a list, and near
        its top. What is left of a batch that is too short is left alone, further down."""
        if len(self.ready) < count:
            with Practice(self.hub.url, "forum") as forum:
                self.ready = [self.begun(forum) for _ in range(AT_ONCE)]
        taken = [self.ready.pop() for _ in range(count)]
        return [Talk(talk.title, talk.address, self.arrived(talk.title)) for talk in taken]

    def begun(self, forum: Practice) -> Talk:
        title = new_title("Which resistor is R14")
        return Talk(title, forum.start(title, "@polyphon the board and the plan disagree."), 0)

    def arrived(self, title: str) -> int:
        return arrived(self.hub, "select id from inbox_conversation where subject = %s", title)


def arrived(hub: Hub, question: str, words: str) -> int:
    """Wait until the hub has what was written on the forum, which it is to ask at once."""
    asked, until = 0.0, time.monotonic() + WITHIN
    while time.monotonic() < until:
        if pk := hub.ask(question, words):
            return pk
        if time.monotonic() - asked > ASK_AGAIN:
            asked = time.monotonic()
            hub.ask(ASK_NOW)
        time.sleep(0.1)
    raise AssertionError(f"“{words}” did not arrive within {WITHIN} s.\n{hub.logs()}")
