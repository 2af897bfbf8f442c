"""Who may see events, and change them."""

from .endpoints import TRIAGERS, Endpoint

EVENT = {"pk": lambda world: world.event.pk}
DRAFT = {"pk": lambda world: world.draft_event.pk}
CANCELLED = {"pk": lambda world: world.cancelled_event.pk}
ATTENDANCE = {"pk": lambda world: world.attendance.pk}
DELETE = {"_method": "DELETE"}
KEY = {"key": lambda world: f"conversation:{world.conversation.pk}"}
LINKED = {**KEY, "event": lambda world: world.event.pk}
LINK = {"pk": lambda world: world.event_link.pk}
WRITTEN = {
    "title": "Repair café",
    "kind": "in_person",
    "starts_at": "2031-05-06T19:00",
    "ends_at": "2031-05-06T21:00",
    "timezone": "Europe/Berlin",
    "most_guests": "1",
    "visibility": "public",
}
PEOPLE = {"who": "Jo Park", "answer": "going", "role": "attendee"}
CHANGED = {"answer": "maybe", "role": "speaker", "guests": "0"}

REFUSED = {"notice": lambda world: world.refused_notice.pk}
CALENDAR_LINK = {"pk": lambda world: world.calendar_link.pk}
FEED = {"pk": lambda world: world.calendar_feed.pk}
NEW_FEED = {"url": "https://example.org/a.ics", "visibility": "team"}
IMPORT = {**EVENT, "import_pk": lambda world: world.attendance_import.pk}

ENDPOINTS = (
    Endpoint("events/", "GET"),
    Endpoint("events/new/", "GET", TRIAGERS),
    Endpoint("events/new/", "POST", TRIAGERS, {}, WRITTEN, ok=(302,)),
    Endpoint("events/<int:pk>/", "GET", ids=EVENT),
    Endpoint("events/<int:pk>/", "POST", TRIAGERS, DRAFT, DELETE, ok=(302,)),
    Endpoint("events/<int:pk>/", "DELETE", TRIAGERS, DRAFT, ok=(302,)),
    Endpoint("events/<int:pk>/details/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/details/", "POST", TRIAGERS, EVENT, WRITTEN, ok=(302,)),
    Endpoint("events/<int:pk>/publication/", "POST", TRIAGERS, DRAFT, ok=(302,)),
    Endpoint("events/<int:pk>/cancellation/", "POST", TRIAGERS, EVENT, ok=(302,)),
    Endpoint("events/<int:pk>/cancellation/", "DELETE", TRIAGERS, CANCELLED, ok=(302,)),
    Endpoint("events/<int:pk>/copies/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/copies/", "POST", TRIAGERS, EVENT, {"starts_at": "2031-05-06T19:00"}),
    Endpoint("events/<int:pk>/attendances/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/attendances/", "POST", TRIAGERS, EVENT, PEOPLE, ok=(302,)),
    Endpoint("events/links/", "GET", TRIAGERS, data=KEY, scoped=True),
    Endpoint("events/links/", "POST", TRIAGERS, data=LINKED, scoped=True),
    Endpoint("event-links/<int:pk>/", "POST", TRIAGERS, LINK, DELETE, scoped=True),
    Endpoint("event-links/<int:pk>/", "DELETE", TRIAGERS, LINK, scoped=True),
    Endpoint("attendances/<int:pk>/", "GET", TRIAGERS, ATTENDANCE, scoped=True),
    Endpoint("attendances/<int:pk>/", "POST", TRIAGERS, ATTENDANCE, CHANGED, scoped=True),
    Endpoint("attendances/<int:pk>/", "DELETE", TRIAGERS, ATTENDANCE, scoped=True),
    Endpoint("events/<int:pk>/undelivered/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/undelivered/", "POST", TRIAGERS, EVENT, REFUSED, ok=(302,)),
    # Calendars
    Endpoint("events/calendars/", "GET"),
    Endpoint("events/calendars/links/", "POST"),
    Endpoint("events/calendars/links/<int:pk>/revocation/", "POST", ids=CALENDAR_LINK),
    Endpoint("events/calendars/feeds/", "POST", TRIAGERS, data=NEW_FEED),
    Endpoint("events/calendars/feeds/<int:pk>/", "POST", TRIAGERS, FEED),
    Endpoint("events/calendars/feeds/<int:pk>/", "DELETE", TRIAGERS, FEED),
    Endpoint("events/calendars/feeds/<int:pk>/pause/", "POST", TRIAGERS, FEED),
    Endpoint("events/calendars/feeds/<int:pk>/pause/", "DELETE", TRIAGERS, FEED),
    Endpoint("events/<int:pk>/imports/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/imports/", "POST", TRIAGERS, EVENT, ok=(422,)),
    Endpoint("events/<int:pk>/imports/<int:import_pk>/", "GET", TRIAGERS, IMPORT),
    Endpoint("events/<int:pk>/imports/<int:import_pk>/", "POST", TRIAGERS, IMPORT),
    Endpoint("events/<int:pk>/imports/<int:import_pk>/", "DELETE", TRIAGERS, IMPORT),
    Endpoint("events/<int:pk>/imports/<int:import_pk>/confirmation/", "POST", TRIAGERS, IMPORT),
    Endpoint("events/calendars/files/", "POST", TRIAGERS, ok=(422,)),
    # Effect and content
    Endpoint("events/<int:pk>/effect/", "GET", ids=EVENT),
    Endpoint("events/<int:pk>/effect/<slug:slug>/", "GET", ids={**EVENT, "slug": "came"}),
    Endpoint(
        "events/<int:pk>/participants/",
        "POST",
        TRIAGERS,
        ids={"pk": lambda world: world.content.pk},
        data={"who": lambda world: world.member.name},
    ),
)
