"""The practice sites alone, where the hub would serve them in demo mode."""

from django.urls import include, path

urlpatterns = [path("sandbox/", include("sandbox.urls"))]
