"""Who may check people in, and make links for helpers at the door."""

from .endpoints import OPEN, TRIAGERS, Endpoint

EVENT = {"pk": lambda world: world.event.pk}
DOOR = {"token": lambda world: world.door_token}
WALK_IN = {"scan": "walk-in", "nonce": "0123456789", "name": "Ines"}

ENDPOINTS = (
    Endpoint("events/<int:pk>/check-in/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/check-in/people/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/check-in/scans/", "POST", TRIAGERS, EVENT, WALK_IN),
    Endpoint("events/<int:pk>/check-in/worker.js", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/door-links/", "GET", TRIAGERS, EVENT),
    Endpoint("events/<int:pk>/door-links/", "POST", TRIAGERS, EVENT, {"name": "Hanna"}),
    Endpoint(
        "door-links/<int:pk>/revocation/",
        "POST",
        TRIAGERS,
        {"pk": lambda world: world.door_link.pk},
    ),
    Endpoint("door/<str:token>/", "GET", ids=DOOR, stranger=OPEN),
    Endpoint("door/<str:token>/people/", "GET", ids=DOOR, stranger=OPEN),
    Endpoint("door/<str:token>/scans/", "POST", ids=DOOR, data=WALK_IN, stranger=OPEN),
    Endpoint("door/<str:token>/worker.js", "GET", ids=DOOR, stranger=OPEN),
)
