"""Addresses of events: nouns; the method says what happens."""

from django.urls import path

from events.views import event_page

urlpatterns = [path("events/<int:pk>/", event_page.event, name="event")]
