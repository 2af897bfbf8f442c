"""Who may read, triage and answer."""

from __future__ import annotations

from functools import partial

from community_hub.lib.pictures.keeping import name_of

from .endpoints import ADMINS, LEADS, NOTERS, OPEN, PLANNED, TRIAGERS, Endpoint
from .world import PICTURE_ADDRESS

CONVERSATION = {"pk": lambda world: world.conversation.pk}
about = partial(Endpoint, ids=CONVERSATION, scoped=True)  # one conversation
UNDONE = {**CONVERSATION, "group": lambda world: world.action.group}
PICKED = {"pick": lambda world: f"{world.conversation.pk}-{world.message.pk}"}
SAVED = {"reply_pk": lambda world: world.saved_reply.pk}
PAST = {**CONVERSATION, "message_pk": lambda world: world.past_answer.pk}
ONE_SAVED = {"pk": lambda world: world.saved_reply.pk}
VARIANT = {
    "pk": lambda world: world.variant.variant_of_id,
    "variant_pk": lambda world: world.variant.pk,
}
GERMAN = {"language": "de", "text": "Danke!"}
ANSWER = {"pk": lambda world: world.peer_answer.pk}
AUTHOR = {"pk": lambda world: world.peer_answer.author.member_id}
CREDITED = {"pk": lambda world: world.credited.pk}
PICTURE = {"pk": lambda world: world.illustrated.pk, "name": name_of(PICTURE_ADDRESS)}
TAG = {"pk": lambda world: world.tagged.pk, "tag_pk": lambda world: world.tag.pk}
PROMISED = {**PLANNED, "member": lambda world: world.identity.member_id}
MARKED = {"pk": lambda world: world.marked.pk}
OURS = {"pk": lambda world: world.delivery("sent").message_id}


def reply(state: str) -> dict[str, object]:
    return {"pk": lambda world: world.delivery(state).pk}


ENDPOINTS = (
    Endpoint("system/", "GET", ADMINS),
    Endpoint("metrics", "GET", ok=(404,), stranger=OPEN),
    Endpoint("inbox/", "GET"),
    Endpoint("inbox/nav/", "GET"),
    Endpoint("inbox/health/", "GET"),
    Endpoint("inbox/search/", "GET"),
    Endpoint("inbox/search/by-name/", "GET"),
    Endpoint("inbox/search/few/", "GET"),
    Endpoint("inbox/<slug:slug>/", "GET", ids={"slug": "everything"}),
    Endpoint("inbox/sources/<int:pk>/", "GET", ids={"pk": lambda w: w.source.pk}, scoped=True),
    Endpoint("inbox/selection/<slug:noun>/", "GET", TRIAGERS, {"noun": "snoozes"}),
    Endpoint("inbox/selection/<slug:noun>/", "POST", TRIAGERS, {"noun": "closures"}, PICKED),
    about("conversations/<int:pk>/", "GET"),
    about("conversations/<int:pk>/closure/", "POST", TRIAGERS),
    about("conversations/<int:pk>/closure/", "DELETE", TRIAGERS),
    about("conversations/<int:pk>/assignment/", "GET", TRIAGERS),
    about("conversations/<int:pk>/assignment/", "POST", TRIAGERS, data={"user": "me"}),
    about("conversations/<int:pk>/assignment/", "DELETE", TRIAGERS),
    about("conversations/<int:pk>/snooze/", "GET", TRIAGERS),
    about("conversations/<int:pk>/snooze/", "POST", TRIAGERS, data={"until": "tomorrow"}),
    about("conversations/<int:pk>/snooze/", "DELETE", TRIAGERS),
    about("conversations/<int:pk>/undo/<uuid:group>/", "POST", ids=UNDONE),
    about("conversations/<int:pk>/follow-ups/", "GET", TRIAGERS),
    about("conversations/<int:pk>/follow-ups/", "POST", TRIAGERS, data=PLANNED),
    about("conversations/<int:pk>/tags/", "GET", NOTERS),
    about("conversations/<int:pk>/tags/", "POST", NOTERS, data={"name": "wishes"}),
    Endpoint("conversations/<int:pk>/tags/<int:tag_pk>/", "DELETE", NOTERS, TAG, scoped=True),
    Endpoint("conversations/<int:pk>/tags/<int:tag_pk>/", "POST", NOTERS, TAG, scoped=True),
    about("conversations/<int:pk>/replies/", "POST", TRIAGERS, data={"reply": "Hello"}),
    about("conversations/<int:pk>/notes/", "POST", NOTERS, data={"note": "Hm."}),
    about("conversations/<int:pk>/mentionable/", "GET", NOTERS),
    about("conversations/<int:pk>/saved-replies/", "GET", TRIAGERS),
    Endpoint(
        "conversations/<int:pk>/saved-replies/<int:reply_pk>/",
        "POST",
        TRIAGERS,
        {**CONVERSATION, **SAVED},
        scoped=True,
    ),
    about("conversations/<int:pk>/past-answers/", "GET", TRIAGERS),
    Endpoint(
        "conversations/<int:pk>/past-answers/<int:message_pk>/", "GET", TRIAGERS, PAST, scoped=True
    ),
    Endpoint(
        "conversations/<int:pk>/past-answers/<int:message_pk>/", "POST", TRIAGERS, PAST, scoped=True
    ),
    Endpoint("saved-replies/", "GET", TRIAGERS),
    Endpoint("saved-replies/new/", "GET", TRIAGERS),
    Endpoint("saved-replies/new/", "POST", TRIAGERS, data={"title": "Hello", "text": "Hi"}),
    Endpoint("saved-replies/<int:pk>/", "GET", TRIAGERS, ONE_SAVED),
    Endpoint(
        "saved-replies/<int:pk>/", "POST", TRIAGERS, ONE_SAVED, {"title": "Hello", "text": "Hi"}
    ),
    Endpoint("saved-replies/<int:pk>/", "DELETE", TRIAGERS, ONE_SAVED),
    Endpoint("saved-replies/<int:pk>/variants/new/", "GET", TRIAGERS, ONE_SAVED),
    Endpoint("saved-replies/<int:pk>/variants/new/", "POST", TRIAGERS, ONE_SAVED, GERMAN),
    Endpoint("saved-replies/<int:pk>/variants/<int:variant_pk>/", "GET", TRIAGERS, VARIANT),
    Endpoint(
        "saved-replies/<int:pk>/variants/<int:variant_pk>/", "POST", TRIAGERS, VARIANT, GERMAN
    ),
    Endpoint("saved-replies/<int:pk>/variants/<int:variant_pk>/", "DELETE", TRIAGERS, VARIANT),
    about("conversations/<int:pk>/preview/", "POST", NOTERS, data={"reply": "Hello"}),
    about("conversations/<int:pk>/draft/", "POST", NOTERS, data={"kind": "note", "text": "Hm"}),
    about("conversations/<int:pk>/readmark/", "POST", data={"up_to": 1}),
    about("conversations/<int:pk>/readmark/", "DELETE"),
    about("conversations/<int:pk>/presence/", "GET"),
    about("conversations/<int:pk>/presence/", "POST", data={"state": "viewing"}),
    about("conversations/<int:pk>/presence/", "DELETE"),
    Endpoint("messages/<int:pk>/pictures/<slug:name>/", "GET", ids=PICTURE, ok=(202,), scoped=True),
    Endpoint(
        "messages/<int:pk>/pictures/<slug:name>/large/", "GET", ids=PICTURE, ok=(202,), scoped=True
    ),
    Endpoint("messages/<int:pk>/credit/", "POST", TRIAGERS, ANSWER, scoped=True),
    Endpoint("messages/<int:pk>/credit/", "DELETE", TRIAGERS, CREDITED, scoped=True),
    Endpoint("messages/<int:pk>/thanks/", "POST", TRIAGERS, CREDITED, scoped=True),
    about("conversations/<int:pk>/promises/", "GET", TRIAGERS),
    about("conversations/<int:pk>/promises/", "POST", TRIAGERS, data=PROMISED),
    Endpoint("reply-promises/<int:pk>/", "DELETE", TRIAGERS, MARKED, scoped=True),
    Endpoint("reply-promises/<int:pk>/", "POST", TRIAGERS, MARKED, {"user": "me"}, scoped=True),
    Endpoint("messages/<int:pk>/promises/", "GET", TRIAGERS, OURS, scoped=True),
    Endpoint("members/<int:pk>/approach/", "GET", LEADS, AUTHOR),
    Endpoint("members/<int:pk>/approach/", "POST", LEADS, AUTHOR),
    Endpoint("messages/<int:pk>/approach-request/", "POST", TRIAGERS, ANSWER, scoped=True),
    Endpoint("messages/<int:pk>/promises/", "POST", TRIAGERS, OURS, PLANNED, scoped=True),
    Endpoint("closings/<uuid:group>/promises/", "GET", ids=UNDONE),
    Endpoint("deliveries/<int:pk>/retry/", "POST", TRIAGERS, reply("failed"), scoped=True),
    Endpoint(
        "deliveries/<int:pk>/confirmation/", "POST", TRIAGERS, reply("unconfirmed"), scoped=True
    ),
    Endpoint("deliveries/<int:pk>/cancellation/", "POST", TRIAGERS, reply("held"), scoped=True),
)
