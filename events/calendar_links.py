"""“Add to calendar”: addresses at which a web calendar offers an event to whoever opens them."""

from __future__ import annotations

from urllib.parse import urlencode

from community_hub.lib.text import shortened

from .calendar_words import lasts_whole_days, page_of, place_of, second, words_of, zone_of
from .models import Event

MOST_WORDS = 600  # an address may not be longer than some servers take
GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


def google(event: Event) -> str:
    begin, end = second(event.starts_at), second(event.ends_at)
    if lasts_whole_days(event):
        zone = zone_of(event.timezone)
        dates = "/".join(f"{at.astimezone(zone):%Y%m%d}" for at in (begin, end))
    else:
        dates = f"{begin:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}"
    asked = {
        "action": "TEMPLATE",
        "text": event.title,
        "dates": dates,
        "ctz": event.timezone,
        "details": _words(event),
        "location": place_of(event),
    }
    return f"{GOOGLE}?{urlencode(asked)}"


def outlook(event: Event) -> str:
    begin, end = second(event.starts_at), second(event.ends_at)
    asked = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": event.title,
        "body": _words(event),
        "location": place_of(event),
    }
    if lasts_whole_days(event):
        zone = zone_of(event.timezone)
        asked |= {
            "startdt": f"{begin.astimezone(zone):%Y-%m-%d}",
            "enddt": f"{end.astimezone(zone):%Y-%m-%d}",
            "allday": "true",
        }
    else:
        asked |= {"startdt": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "enddt": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
    return f"{OUTLOOK}?{urlencode(asked)}"


def _words(event: Event) -> str:
    words = shortened(words_of(event), MOST_WORDS)
    return f"{words}\n\n{page_of(event)}".strip()
