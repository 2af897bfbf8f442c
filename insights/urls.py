"""Addresses of insights."""

from django.urls import path

from insights.views import page

urlpatterns = [
    path("insights/", page.insights, name="insights"),
    path("insights/rows/<slug:key>/", page.rows, name="insight-rows"),
    path("insights/files/<slug:key>.csv", page.file, name="insight-file"),
]
