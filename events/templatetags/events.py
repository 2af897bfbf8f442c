"""What templates say of an event."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from events import when
from events.models import Event
from events.repeat_form import words_of

register = template.Library()

register.filter("when", when.in_words)
register.filter("own_when", when.in_own_place)
register.filter("clock", when.clock)
register.filter("repeats", words_of)


@register.filter
def state_word(event: Event) -> str:
    """As a chip says it."""
    return {
        "draft": _("Draft"),
        "published": _("Published"),
        "cancelled": _("Cancelled"),
        "over": _("Over"),
    }[event.state_now]


@register.filter
def state_colour(event: Event) -> str:
    """A class of a chip."""
    return {"draft": "warn", "published": "good", "cancelled": "bad"}.get(event.state_now, "")


@register.filter
def place_words(event: Event) -> str:
    """Where it is, in a line of a list."""
    return event.venue or event.address or (event.get_content_display() if event.content else "")
