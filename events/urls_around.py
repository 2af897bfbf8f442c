"""Addresses of what happens around an event: invitations, reminders, thanks and feedback."""

from django.urls import path

from events.views import feedback, invitations, reminders

urlpatterns = [
    path("events/<int:pk>/invitations/", invitations.invitations, name="event-invitations"),
    path("events/<int:pk>/invitations/preview/", invitations.preview, name="invitation-preview"),
    path("events/invitations/<int:pk>/", invitations.run, name="invitation-run"),
    path("events/invitations/<int:pk>/stop/", invitations.stop, name="invitation-stop"),
    path("e/mine/<str:token>/reminders/", reminders.reminders, name="my-reminders"),
    path("e/mine/<str:token>/feedback/", feedback.mine, name="my-feedback"),
    path("events/<int:pk>/feedback/", feedback.results, name="event-feedback"),
]
