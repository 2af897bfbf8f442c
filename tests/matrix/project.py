"""Who may use the project's own addresses."""

from .endpoints import OPEN, Endpoint

ENDPOINTS = (
    Endpoint("healthz", "GET", ok=(200, 503), stranger=OPEN),
    Endpoint("live/", "GET", stranger=401, by_hand=True),
)
