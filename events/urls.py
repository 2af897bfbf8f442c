"""Addresses of events: nouns; the method says what happens."""

from django.urls import path

from events.views import (
    attendances,
    calendars,
    copies,
    editing,
    effect,
    event_list,
    event_page,
    imports,
    links,
    states,
    undelivered,
)

urlpatterns = [
    path("events/", event_list.events, name="events"),
    path("events/new/", editing.event_new, name="event-new"),
    path("events/<int:pk>/", event_page.event, name="event"),
    path("events/<int:pk>/details/", editing.details, name="event-details"),
    path("events/<int:pk>/publication/", states.publication, name="event-publication"),
    path("events/<int:pk>/cancellation/", states.cancellation, name="event-cancellation"),
    path("events/<int:pk>/copies/", copies.copies, name="event-copies"),
    path("events/<int:pk>/attendances/", attendances.attendances, name="event-attendances"),
    path("events/links/", links.event_links, name="event-links"),
    path("event-links/<int:pk>/", links.event_link, name="event-link"),
    path("attendances/<int:pk>/", attendances.attendance, name="attendance"),
    path("events/<int:pk>/effect/", effect.effect, name="event-effect"),
    path("events/<int:pk>/effect/<slug:slug>/", effect.rows, name="event-effect-rows"),
    path("events/<int:pk>/participants/", effect.participants, name="event-participants"),
    path("events/<int:pk>/undelivered/", undelivered.mails, name="event-undelivered"),
    # Calendars: read by others, and imported
    path("events/calendars/", calendars.calendars, name="calendars"),
    path("events/calendars/links/", calendars.links, name="calendar-links"),
    path(
        "events/calendars/links/<int:pk>/revocation/",
        calendars.revocation,
        name="calendar-link-revocation",
    ),
    path("events/calendars/feeds/", calendars.feeds_added, name="calendar-feeds"),
    path("events/calendars/feeds/<int:pk>/", calendars.feed, name="calendar-feed"),
    path(
        "events/calendars/feeds/<int:pk>/pause/", calendars.feed_pause, name="calendar-feed-pause"
    ),
    path("events/<int:pk>/imports/", imports.imports, name="attendance-imports"),
    path(
        "events/<int:pk>/imports/<int:import_pk>/",
        imports.one_import,
        name="attendance-import",
    ),
    path(
        "events/<int:pk>/imports/<int:import_pk>/confirmation/",
        imports.confirmation,
        name="attendance-import-confirmation",
    ),
    path("events/calendars/files/", calendars.file_import, name="calendar-files"),
]
