"""Who may use the project's own addresses."""

from .doors import OPEN, Door

DOORS = (
    Door("healthz", "GET", ok=(200, 503), stranger=OPEN),
    Door("live/", "GET", stranger=401, by_hand=True),
)
