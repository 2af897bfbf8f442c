"""Who may connect sources and look after them."""

from __future__ import annotations

from functools import partial

from .endpoints import ADMINS, Endpoint

SOURCE = {"pk": lambda world: world.source.pk}
CHANNEL = {**SOURCE, "channel_pk": lambda world: world.channel.pk}
KIND = {"kind": "sandbox"}
managed = partial(Endpoint, may=ADMINS, ids=SOURCE, scoped=True)
form = partial(managed, ok=(200, 302, 422))  # an empty form is answered with what is missing

ENDPOINTS = (
    # whoever knows no key finds nothing; tests/inbox/test_webhooks.py has the keys
    Endpoint(
        "hooks/<int:pk>/<slug:key>/",
        "POST",
        may=(),
        refused=404,
        stranger=404,
        ids={"pk": lambda world: world.source.pk, "key": "guessed"},
    ),
    Endpoint("sources/", "GET"),
    Endpoint("sources/<int:pk>/", "GET", ids=SOURCE, scoped=True),
    Endpoint("sources/new/", "GET", ADMINS),
    Endpoint("sources/new/<slug:kind>/", "GET", ADMINS, KIND),
    Endpoint("sources/new/<slug:kind>/", "POST", ADMINS, KIND, ok=(422,)),
    Endpoint("sources/new/<slug:kind>/choices/", "GET", ADMINS, KIND),
    Endpoint("sources/new/<slug:kind>/choices/", "POST", ADMINS, KIND),
    Endpoint("sources/authorisation/", "GET", ADMINS),
    managed("sources/<int:pk>/pause/", "POST"),
    managed("sources/<int:pk>/pause/", "DELETE"),
    managed("sources/<int:pk>/pulls/", "POST"),
    form("sources/<int:pk>/settings/", "POST"),
    form("sources/<int:pk>/audience/", "POST"),
    managed("sources/<int:pk>/credentials/", "GET"),
    form("sources/<int:pk>/credentials/", "POST"),
    managed("sources/<int:pk>/removal/", "GET"),
    managed("sources/<int:pk>/disconnection/", "POST"),
    managed("sources/<int:pk>/deletion/", "POST"),
    managed("sources/<int:pk>/deletion/", "DELETE"),
    managed("sources/<int:pk>/quarantine/", "GET"),
    managed("sources/<int:pk>/channels/<int:channel_pk>/mute/", "POST", ids=CHANNEL),
    managed("sources/<int:pk>/channels/<int:channel_pk>/mute/", "DELETE", ids=CHANNEL),
    # what the inbox adds to a member's page
    Endpoint("members/<int:pk>/conversations/", "GET", ids={"pk": lambda world: world.member.pk}),
)
