"""Who may see insights: everybody on the team, each of what they may see."""

from .endpoints import Endpoint

ENDPOINTS = (
    Endpoint("insights/", "GET"),
    Endpoint("insights/rows/<slug:key>/", "GET", ids={"key": lambda world: "unanswered"}),
    Endpoint("insights/files/<slug:key>.csv", "GET", ids={"key": lambda world: "measures"}),
)
