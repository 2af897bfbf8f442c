"""The practice sites, which exist in demo mode alone and are then open to anyone at the keyboard;
their API asks for a token of its own."""

from __future__ import annotations

from functools import partial

from .endpoints import NOBODY, OPEN, Endpoint

SITE = {"slug": lambda world: world.practice_site("help").slug}
SOCIAL = {"slug": lambda world: world.practice_site("social").slug}
PLACE = {**SITE, "place": lambda world: world.practice_site("help").places.first().slug}
TALK = {**SITE, "pk": lambda world: world.practice.thread.pk}
POST = {**SITE, "pk": lambda world: world.practice.pk}
ANSWER = {**SITE, "pk": lambda world: world.practice_answer.pk}
MEMBER = {**SITE, "handle": lambda world: world.practice.account.handle}
HELD = {**SITE, "pk": lambda world: world.practice_held.pk}

Open = partial(Endpoint, stranger=OPEN, urlconf="tests.sandbox.urls", ok=(200, 302))
Form = partial(Open, ok=(200, 302, 422))  # an empty form is answered with what is missing
Api = partial(
    Endpoint, may=NOBODY, refused=401, stranger=401, urlconf="tests.sandbox.urls", ids=SITE
)

ENDPOINTS = (
    Open("sandbox/", "GET"),
    Open("sandbox/<slug:slug>/", "GET", ids=SITE),
    Open("sandbox/<slug:slug>/in/<slug:place>/", "GET", ids=PLACE),
    Open("sandbox/<slug:slug>/pictures/<slug:name>.png", "GET", ids={**SITE, "name": "latch"}),
    Open("sandbox/<slug:slug>/messages/", "GET", ids=SOCIAL),
    *(Form("sandbox/<slug:slug>/threads/", method, ids=SITE) for method in ("GET", "POST")),
    Open("sandbox/<slug:slug>/threads/<int:pk>/", "GET", ids=TALK),
    Open("sandbox/<slug:slug>/posts/<int:pk>/", "GET", ids=POST),
    *(
        Form(f"sandbox/<slug:slug>/posts/<int:pk>/{noun}/", method, ids=POST)
        for noun in ("replies", "text", "deletion")
        for method in ("GET", "POST")
    ),
    Open("sandbox/<slug:slug>/posts/<int:pk>/acceptance/", "POST", ids=ANSWER),
    Open("sandbox/<slug:slug>/members/<slug:handle>/", "GET", ids=MEMBER),
    Open("sandbox/<slug:slug>/members/<slug:handle>/departure/", "POST", ids=MEMBER),
    *(Form("sandbox/<slug:slug>/moderation/", method, ids=SITE) for method in ("GET", "POST")),
    Open("sandbox/<slug:slug>/moderation/token/", "POST", ids=SITE),
    Open("sandbox/<slug:slug>/moderation/approvals/<int:pk>/", "POST", ids=HELD),
    Api("sandbox/<slug:slug>/api/me", "GET"),
    Api("sandbox/<slug:slug>/api/places", "GET"),
    Api("sandbox/<slug:slug>/api/changes", "GET"),
    Api("sandbox/<slug:slug>/api/posts", "GET"),
    Api("sandbox/<slug:slug>/api/posts", "POST"),
    Api("sandbox/<slug:slug>/api/posts/<int:pk>/context", "GET", ids=POST),
)
