"""Addresses of events: nouns; the method says what happens."""

from django.urls import path

from events.views import calendars, event_page, feeds_out, personal, public

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
    # for anybody, without an account
    path("e/", public.events, name="public-events"),
    path("e/confirm/<str:token>/", personal.confirmation, name="event-confirmation"),
    path("e/mine/<str:token>/", personal.mine, name="my-answer"),
    path("e/mine/<str:token>/event.ics", personal.calendar_file, name="my-calendar-file"),
    path("e/<slug:slug>/", public.event, name="public-event"),
    path("e/<slug:slug>/sent/", public.sent, name="public-event-sent"),
    path("e/<slug:slug>/embed/", public.embedded, name="embedded-event"),
    path("e/<slug:slug>/picture.png", public.picture, name="event-picture"),
]
