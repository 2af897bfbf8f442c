"""What a stranger is shown of an event: nothing that is the team's, and no name of anybody.

Pages are kept for a second at most, by event, version and language: a link that is shared with
thousands is made once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language

from community_hub.lib import html
from community_hub.lib.paths import path
from community_hub.lib.text import shortened
from team.models import Hub

from . import answers, rsvp, structured_data
from .calendar_words import public_url
from .models import Answer, Attendance, Event
from .when_words import When, place_of, when_of

KEPT = 1  # seconds: a page is never older
LONGEST_DESCRIPTION = 300
PICTURE_KEPT = 24 * 60 * 60


@dataclass
class PublicEvent:
    """One event, with what its templates ask for."""

    event: Event

    @cached_property
    def when(self) -> When:
        return when_of(self.event)

    @cached_property
    def place(self) -> str:
        return place_of(self.event)

    @cached_property
    def state(self) -> str:
        """ "published", "cancelled" or "over"."""
        return self.event.state_now

    @cached_property
    def going(self) -> int:
        """With their guests."""
        return answers.taken(self.event.pk)

    @cached_property
    def seats_left(self) -> int | None:
        """None where there is room for everybody. Who waits comes before anybody else."""
        if self.event.capacity is None:
            return None
        line = Attendance.objects.filter(event=self.event, answer=Answer.WAITING)
        return 0 if line.exists() else max(0, self.event.capacity - self.going)

    @property
    def is_full(self) -> bool:
        return self.seats_left == 0

    @cached_property
    def purpose(self) -> str:
        """Clean HTML."""
        return html.from_markdown(self.event.purpose)

    @cached_property
    def words(self) -> str:
        return shortened(" ".join(html.to_text(self.purpose).split()), LONGEST_DESCRIPTION)

    @property
    def address(self) -> str:
        return public_url(self.event)

    @property
    def picture(self) -> str:
        """With the version, since chat programs keep pictures for long."""
        drawn, language = path("event-picture", self.event.slug), get_language()
        spoken = "" if language == settings.LANGUAGE_CODE else f"&lang={language}"
        return f"{settings.HUB_URL}{drawn}?v={self.event.version}{spoken}"

    @property
    def data(self) -> Any:
        return structured_data.of_event(
            self.event,
            url=self.address,
            picture=self.picture,
            words=self.words,
            organiser=team_name(),
            seats_left=self.seats_left,
        )


def team_name() -> str:
    return str(Hub.current() or "Community Hub")


def kept(event: Event, name: str, build: Callable[[], str]) -> str:
    """The page `name` of an event as it was up to a second ago."""
    key = f"event-page:{event.pk}:{event.version}:{event.state_now}:{get_language()}:{name}"
    found: str | None = cache.get(key)
    if found is None:
        found = build()
        cache.set(key, found, KEPT)
    return found


def picture_of(event: Event) -> bytes:
    key = f"event-picture:{event.pk}:{event.version}:{get_language()}"
    found: bytes | None = cache.get(key)
    if found is None:
        from . import share_picture  # Pillow is read by who draws alone

        found = share_picture.png_of(event, team_name())
        cache.set(key, found, PICTURE_KEPT)
    return found


def seats_for(attendance: Attendance) -> bool:
    """Whether somebody who is not going yet would wait."""
    return rsvp.seats_left(attendance.event) == 0
