"""Who may invite people to an event, and who may say afterwards how it was."""

from .endpoints import OPEN, TRIAGERS, Endpoint

EVENT = {"pk": lambda world: world.event.pk}
MINE = {"token": lambda world: world.attendance.token}
CAME = {"token": lambda world: world.came.token}
SAID = {"rating": "4", "best": "The synths"}
RUN = {"pk": lambda world: world.invitation_run.pk}
WRITTEN = {"q": "", "body": "Come!", "way": "mail"}

# What was not previewed is not sent: the preview comes first.
ENDPOINTS = (
    Endpoint("events/<int:pk>/invitations/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/invitations/", "POST", TRIAGERS, EVENT, WRITTEN),
    Endpoint("events/<int:pk>/invitations/preview/", "POST", TRIAGERS, EVENT, WRITTEN),
    Endpoint("events/invitations/<int:pk>/", "GET", TRIAGERS, RUN),
    Endpoint("events/invitations/<int:pk>/stop/", "POST", TRIAGERS, RUN),
    Endpoint("e/mine/<str:token>/reminders/", "POST", ids=MINE, stranger=OPEN),
    Endpoint("events/<int:pk>/feedback/", "GET", ids=EVENT),
    Endpoint("e/mine/<str:token>/feedback/", "GET", ids=CAME, stranger=OPEN),
    Endpoint("e/mine/<str:token>/feedback/", "POST", ids=CAME, data=SAID, stranger=OPEN),
)
