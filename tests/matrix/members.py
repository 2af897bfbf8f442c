"""Who may read about members, and write about them."""

from .doors import LEADS, NOTERS, TRIAGERS, Door

MEMBER = {"pk": lambda world: world.member.pk}
TAG = {**MEMBER, "tag_pk": lambda world: world.tag.pk}
NOTE = {**MEMBER, "note_pk": lambda world: world.own_note.pk}
DELETE = {"_method": "DELETE"}

DOORS = (
    Door("members/", "GET"),
    Door("members/tags/", "GET"),
    Door("members/<int:pk>/", "GET", ids=MEMBER),
    Door("members/<int:pk>/details/", "GET", TRIAGERS, MEMBER),
    Door("members/<int:pk>/details/", "POST", TRIAGERS, MEMBER, {"name": "Mika"}, (200, 302, 422)),
    Door("members/<int:pk>/owner/", "POST", TRIAGERS, MEMBER, {"owner": ""}),
    Door("members/<int:pk>/user/", "POST", LEADS, MEMBER, {"user": ""}),
    Door("members/<int:pk>/stage/", "POST", TRIAGERS, MEMBER, {"stage": "champion"}),
    Door("members/<int:pk>/tags/", "POST", NOTERS, MEMBER, {"name": "loud"}),
    Door("members/<int:pk>/tags/<int:tag_pk>/", "POST", NOTERS, TAG, DELETE),
    Door("members/<int:pk>/tags/<int:tag_pk>/", "DELETE", NOTERS, TAG),
    Door("members/<int:pk>/notes/", "POST", NOTERS, MEMBER, {"text": "Hm.", "visibility": "team"}),
    Door("members/<int:pk>/notes/<int:note_pk>/", "POST", NOTERS, NOTE, DELETE),
    Door("members/<int:pk>/notes/<int:note_pk>/", "DELETE", NOTERS, NOTE),
)
