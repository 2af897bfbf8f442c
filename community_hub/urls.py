"""Every address of the hub, app by app."""

from collections.abc import Callable

from allauth.account import views as account
from django.conf import settings
from django.http import HttpResponseBase
from django.urls import include, path, re_path
from django.views.decorators.http import require_http_methods

from community_hub.health import healthz
from community_hub.stream import stream


def page_and_form(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """allauth's forms would take PUT and answer to PATCH; a page and its form is all we offer."""
    return require_http_methods(["GET", "HEAD", "POST"])(view)


# allauth's own list also offers sign-up, e-mail changes and codes, which the hub does not have. It
# looks "account_signup" up by name; the adapter answers there that invitations are the way in.
account_urls = [
    path("login/", page_and_form(account.login), name="account_login"),
    path("logout/", page_and_form(account.logout), name="account_logout"),
    path("inactive/", page_and_form(account.account_inactive), name="account_inactive"),
    path("signup/", page_and_form(account.signup), name="account_signup"),
    path("confirm/", page_and_form(account.reauthenticate), name="account_reauthenticate"),
    path("password/", page_and_form(account.password_change), name="account_change_password"),
    path("password/set/", page_and_form(account.password_set), name="account_set_password"),
    path("password/reset/", page_and_form(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/sent/",
        page_and_form(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        page_and_form(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        page_and_form(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("live/", stream, name="live"),
    path("account/", include(account_urls)),
    path("", include("inbox.urls")),
    path("", include("inbox.urls_sources")),
    path("", include("members.urls")),
    path("", include("events.urls")),
    path("", include("events.urls_around")),
    path("", include("events.urls_check_in")),
    path("", include("events.urls_public")),
    path("", include("insights.urls")),
    path("", include("team.urls")),
]

if settings.SANDBOX_ENABLED:
    urlpatterns += [path("sandbox/", include("sandbox.urls"))]
