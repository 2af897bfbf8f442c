"""The hub in demo mode."""

from django.urls import include, path

from community_hub.urls import urlpatterns as hub

urlpatterns = [*hub, path("sandbox/", include("sandbox.urls"))]
