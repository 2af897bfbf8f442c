"""What anybody may see of events, and who may answer without an account."""

from events import rsvp

from .endpoints import OPEN, Endpoint

SLUG = {"slug": lambda world: world.event.slug}
LINK_TOKEN = {"token": lambda world: world.calendar_token}
MINE = {"token": lambda world: world.attendance.token}
CONFIRMATION = {"token": lambda world: rsvp.token_of(world.pending_answer)}
DECLINED = {"wanted": "declined"}

# A form without a token of its page is refused with a sentence.
ENDPOINTS = (
    Endpoint("e/calendar.ics", "GET", stranger=OPEN),
    Endpoint("e/<str:slug>/event.ics", "GET", ids=SLUG, stranger=OPEN),
    Endpoint("e/team/<str:token>/events.ics", "GET", ids=LINK_TOKEN, stranger=OPEN),
    Endpoint("e/", "GET", stranger=OPEN),
    Endpoint("e/confirm/<str:token>/", "GET", ids=CONFIRMATION, stranger=OPEN),
    Endpoint("e/confirm/<str:token>/", "POST", ids=CONFIRMATION, stranger=OPEN),
    Endpoint("e/mine/<str:token>/", "GET", ids=MINE, stranger=OPEN),
    Endpoint("e/mine/<str:token>/", "POST", ids=MINE, data=DECLINED, stranger=OPEN),
    Endpoint("e/mine/<str:token>/event.ics", "GET", ids=MINE, stranger=OPEN),
    Endpoint("e/<slug:slug>/", "GET", ids=SLUG, stranger=OPEN),
    Endpoint("e/<slug:slug>/", "POST", ids=SLUG, ok=(422,), stranger=OPEN),
    Endpoint("e/<slug:slug>/sent/", "GET", ids=SLUG, stranger=OPEN),
    Endpoint("e/<slug:slug>/embed/", "GET", ids=SLUG, stranger=OPEN),
    Endpoint("e/<slug:slug>/picture.png", "GET", ids=SLUG, stranger=OPEN),
)
