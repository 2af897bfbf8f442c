"""Every address of the hub, app by app."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("inbox.urls")),
    path("", include("members.urls")),
    path("", include("team.urls")),
]

if settings.SANDBOX_ENABLED:
    urlpatterns += [path("sandbox/", include("inbox.connectors.sandbox.site.urls"))]
