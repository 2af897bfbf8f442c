"""Addresses of events for anybody, without an account."""

from django.urls import path

from events.views import feeds_out, personal, public

urlpatterns = [
    path("e/calendar.ics", feeds_out.public_feed, name="public-calendar-feed"),
    path("e/<str:slug>/event.ics", feeds_out.one_event, name="event-ics"),
    path("e/team/<str:token>/events.ics", feeds_out.own_feed, name="own-calendar-feed"),
    path("e/", public.events, name="public-events"),
    path("e/confirm/<str:token>/", personal.confirmation, name="event-confirmation"),
    path("e/mine/<str:token>/", personal.mine, name="my-answer"),
    path("e/mine/<str:token>/event.ics", personal.calendar_file, name="my-calendar-file"),
    path("e/<slug:slug>/", public.event, name="public-event"),
    path("e/<slug:slug>/sent/", public.sent, name="public-event-sent"),
    path("e/<slug:slug>/embed/", public.embedded, name="embedded-event"),
    path("e/<slug:slug>/picture.png", public.picture, name="event-picture"),
]
