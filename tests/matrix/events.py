"""Who may see events, and change them."""

from .endpoints import OPEN, Endpoint

EVENT = {"pk": lambda world: world.event.pk}

SLUG = {"slug": lambda world: world.event.slug}
LINK = {"pk": lambda world: world.calendar_link.pk}
LINK_TOKEN = {"token": lambda world: world.calendar_token}

ENDPOINTS = (
    Endpoint("events/<int:pk>/", "GET", ids=EVENT),
    # Calendars
    Endpoint("e/calendar.ics", "GET", stranger=OPEN),
    Endpoint("e/<str:slug>/event.ics", "GET", ids=SLUG, stranger=OPEN),
    Endpoint("e/team/<str:token>/events.ics", "GET", ids=LINK_TOKEN, stranger=OPEN),
    Endpoint("events/calendars/", "GET"),
    Endpoint("events/calendars/links/", "POST"),
    Endpoint("events/calendars/links/<int:pk>/revocation/", "POST", ids=LINK),
)
