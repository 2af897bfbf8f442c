"""Addresses of events: nouns; the method says what happens."""

from django.urls import path

from events.views import calendars, event_page, feeds_out

urlpatterns = [
    path("events/<int:pk>/", event_page.event, name="event"),
    # Calendars: read by others, and imported
    path("e/calendar.ics", feeds_out.public_feed, name="public-calendar-feed"),
    path("e/<str:slug>/event.ics", feeds_out.one_event, name="event-ics"),
    path("e/team/<str:token>/events.ics", feeds_out.own_feed, name="own-calendar-feed"),
    path("events/calendars/", calendars.calendars, name="calendars"),
    path("events/calendars/links/", calendars.links, name="calendar-links"),
    path(
        "events/calendars/links/<int:pk>/revocation/",
        calendars.revocation,
        name="calendar-link-revocation",
    ),
]
