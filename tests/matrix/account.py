"""Who may use allauth's pages: strangers sign in there, colleagues change their password."""

from .endpoints import LOGIN, OPEN, Endpoint

RESET_KEY = r"account/^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"


class KeyDoor(Endpoint):
    def path(self, world: object) -> str:
        return "/account/password/reset/1-nonsense/"


def every(route: str, *, stranger: str = OPEN) -> list[Endpoint]:
    """A page and its form."""
    kind = KeyDoor if route == RESET_KEY else Endpoint
    return [kind(route, method, stranger=stranger) for method in ("GET", "POST")]


def shown(route: str) -> list[Endpoint]:
    """A page without a form: allauth answers 405 to POST itself."""
    return [Endpoint(route, "GET", stranger=OPEN)]


ENDPOINTS = (
    *every("account/login/"),
    *every("account/logout/"),
    *every("account/signup/"),
    *every("account/confirm/", stranger=LOGIN),
    *every("account/password/", stranger=LOGIN),
    *every("account/password/set/", stranger=LOGIN),
    *every("account/password/reset/"),
    *every(RESET_KEY),
    *shown("account/inactive/"),
    *shown("account/password/reset/sent/"),
    *shown("account/password/reset/done/"),
)
