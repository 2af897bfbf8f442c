"""Who may see events, and change them."""

from .endpoints import Endpoint

EVENT = {"pk": lambda world: world.event.pk}

ENDPOINTS = (Endpoint("events/<int:pk>/", "GET", ids=EVENT),)
