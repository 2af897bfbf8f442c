"""Where the practice sites live: pages for people, api/ for connectors."""

from django.urls import path

from . import api, moderation, views

app_name = "sandbox"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.front, name="front"),
    path("<slug:slug>/in/<slug:place>/", views.front, name="place"),
    path("<slug:slug>/messages/", views.messages, name="messages"),
    path("<slug:slug>/threads/", views.threads, name="threads"),
    path("<slug:slug>/threads/<int:pk>/", views.thread, name="thread"),
    path("<slug:slug>/posts/<int:pk>/", views.post, name="post"),
    path("<slug:slug>/posts/<int:pk>/replies/", views.replies, name="replies"),
    path("<slug:slug>/posts/<int:pk>/text/", views.text, name="text"),
    path("<slug:slug>/posts/<int:pk>/deletion/", views.deletion, name="deletion"),
    path("<slug:slug>/posts/<int:pk>/acceptance/", views.acceptance, name="acceptance"),
    path("<slug:slug>/members/<slug:handle>/", views.member, name="member"),
    path("<slug:slug>/members/<slug:handle>/departure/", views.departure, name="departure"),
    path("<slug:slug>/pictures/<slug:name>.png", views.picture, name="picture"),
    path("<slug:slug>/moderation/", moderation.moderation, name="moderation"),
    path("<slug:slug>/moderation/token/", moderation.token, name="moderation-token"),
    path("<slug:slug>/moderation/approvals/<int:pk>/", moderation.approval, name="approval"),
    path("<slug:slug>/api/me", api.me),
    path("<slug:slug>/api/places", api.places),
    path("<slug:slug>/api/changes", api.changes),
    path("<slug:slug>/api/posts", api.posts),
    path("<slug:slug>/api/posts/<int:pk>/context", api.context),
]
