"""Addresses of the check-in: for the team, and for helpers with a link to the door."""

from django.urls import path

from events.views import check_in, door, door_links

urlpatterns = [
    path("events/<int:pk>/check-in/", check_in.page, name="check-in"),
    path("events/<int:pk>/check-in/people/", check_in.people, name="check-in-people"),
    path("events/<int:pk>/check-in/scans/", check_in.scans, name="check-in-scans"),
    path("events/<int:pk>/check-in/worker.js", check_in.worker, name="check-in-worker"),
    path("events/<int:pk>/door-links/", door_links.door_links, name="door-links"),
    path("door-links/<int:pk>/revocation/", door_links.revocation, name="door-link-revocation"),
    path("door/<str:token>/", door.page, name="door"),
    path("door/<str:token>/people/", door.people, name="door-people"),
    path("door/<str:token>/scans/", door.scans, name="door-scans"),
    path("door/<str:token>/worker.js", door.worker, name="door-worker"),
]
