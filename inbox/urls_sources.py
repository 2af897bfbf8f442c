"""Addresses of the sources and of what the inbox shows on a member's page."""

from django.urls import path

from inbox.views import (
    hooks,
    members,
    sources,
    sources_add,
    sources_authorisation,
    sources_removal,
)

urlpatterns = [
    path("members/<int:pk>/conversations/", members.conversations, name="member-conversations"),
    path("hooks/<int:pk>/<slug:key>/", hooks.hook, name="hook"),
    path("sources/", sources.sources, name="sources"),
    path("sources/new/", sources_add.platforms, name="source-add"),
    path("sources/new/<slug:kind>/", sources_add.sign_in, name="source-add-sign-in"),
    path("sources/new/<slug:kind>/choices/", sources_add.choices, name="source-add-choices"),
    path("sources/authorisation/", sources_authorisation.callback, name="source-authorisation"),
    path("sources/<int:pk>/", sources.source, name="source"),
    path("sources/<int:pk>/pause/", sources.pause, name="source-pause"),
    path("sources/<int:pk>/pulls/", sources.pulls, name="source-pulls"),
    path("sources/<int:pk>/settings/", sources.settings, name="source-settings"),
    path("sources/<int:pk>/audience/", sources.audience, name="source-audience"),
    path("sources/<int:pk>/credentials/", sources_add.credentials, name="source-credentials"),
    path("sources/<int:pk>/quarantine/", sources.quarantine, name="source-quarantine"),
    path("sources/<int:pk>/removal/", sources_removal.removal, name="source-removal"),
    path(
        "sources/<int:pk>/disconnection/",
        sources_removal.disconnection,
        name="source-disconnection",
    ),
    path("sources/<int:pk>/deletion/", sources_removal.deletion, name="source-deletion"),
    path(
        "sources/<int:pk>/channels/<int:channel_pk>/mute/", sources.mute, name="source-channel-mute"
    ),
]
