"""What templates say of an event."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib import compiled
from community_hub.lib.paths import path
from events import when
from events.models import Event, Part
from events.repeat_form import words_of
from members.models import Stage

register = template.Library()
NUMBER = 1234567890  # stands for any number in an address

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


@register.simple_tag(takes_context=True)
def attendance_rows(context: dict[str, Any]) -> str:
    """Who answered, on the page of an event."""
    return compiled.render(
        "events/attendances.jinja",
        context,
        rows=context["page"].rows,
        stages={stage.value: stage.label for stage in Stage},
        roles={part.value: part.label for part in Part},
        brings=brings,
        may_change=context["user"].can_edit_events,
        member_address=path("member", NUMBER).replace(str(NUMBER), "%d"),
        address=path("attendance", NUMBER).replace(str(NUMBER), "%d"),
    )


def brings(guests: int) -> str:
    words = ngettext("brings %(n)d guest", "brings %(n)d guests", guests)
    return words % {"n": guests}
