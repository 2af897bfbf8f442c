"""Who may read about members, and write about them."""

from django.utils import timezone

from community_hub.lib.pictures.keeping import name_of
from members.reminders import token_of

from .endpoints import ADMINS, LEADS, NOTERS, OPEN, PLANNED, TRIAGERS, Endpoint
from .world import PICTURE_ADDRESS

MEMBER = {"pk": lambda world: world.member.pk}
TAG = {**MEMBER, "tag_pk": lambda world: world.tag.pk}
AVATAR = {"pk": lambda world: world.pictured.pk, "name": name_of(PICTURE_ADDRESS)}
TAGS = {"noun": "tags"}
ONE_TAG = {"pk": lambda world: world.tag.pk}
INTO = {"into": lambda world: world.other_tag.name}
NOTE = {**MEMBER, "note_pk": lambda world: world.own_note.pk}
DELETE = {"_method": "DELETE"}

FIELD = {"pk": lambda world: world.field.pk}
NEWCOMER = {**MEMBER, "slug": "welcome"}
MAIL = {"token": lambda world: token_of(world.asker)}
FOLLOW_UP = {"pk": lambda world: world.follow_up.pk}

MET = {"kind": "call", "when": "now", "who": "Jo Park", "visibility": "team"}
ENCOUNTER = {"pk": lambda world: world.encounter.pk}

GIFT = {
    "size": "XL",
    "agreed_on": lambda world: timezone.localdate(),
    "agreed_where": "by email",
    "months": "12",
}
AFFILIATION = {"pk": lambda world: world.affiliation.pk}
ORGANISATION = {"pk": lambda world: world.affiliation.organisation_id}
OTHER_NAME = {"into": lambda world: world.other_organisation.name}

MILESTONES = {
    "participant_activities": "3",
    "participant_days": "2",
    "contributor_activities": "12",
    "contributor_credits": "2",
    "within_days": "365",
}
BOND = {**MEMBER, "user_pk": lambda world: world.asker.pk}
OTHER = {"pk": lambda world: world.colleague.pk}
TAKER = {"hand-over-to": lambda world: world.asker.pk}

ENDPOINTS = (
    Endpoint("today/", "GET"),
    Endpoint("today/mail/<str:token>/", "GET", ids=MAIL, stranger=OPEN),
    Endpoint("today/mail/<str:token>/", "POST", ids=MAIL, stranger=OPEN),
    Endpoint("members/<int:pk>/follow-ups/", "GET", TRIAGERS, MEMBER),
    Endpoint("members/<int:pk>/follow-ups/", "POST", TRIAGERS, MEMBER, PLANNED),
    Endpoint("members/<int:pk>/occasions/<slug:slug>/", "GET", TRIAGERS, NEWCOMER),
    Endpoint(
        "members/<int:pk>/occasions/<slug:slug>/", "POST", TRIAGERS, NEWCOMER, {"step": "take"}
    ),
    Endpoint("members/<int:pk>/cadence/", "GET", TRIAGERS, MEMBER),
    Endpoint("members/<int:pk>/cadence/", "POST", TRIAGERS, MEMBER, {"cadence_days": "30"}),
    Endpoint("follow-ups/<int:pk>/", "GET", TRIAGERS, FOLLOW_UP, scoped=True),
    Endpoint("follow-ups/<int:pk>/", "POST", TRIAGERS, FOLLOW_UP, PLANNED, scoped=True),
    Endpoint("follow-ups/<int:pk>/due/", "GET", TRIAGERS, FOLLOW_UP, scoped=True),
    Endpoint("follow-ups/<int:pk>/due/", "POST", TRIAGERS, FOLLOW_UP, PLANNED, scoped=True),
    Endpoint("follow-ups/<int:pk>/owner/", "GET", TRIAGERS, FOLLOW_UP, scoped=True),
    Endpoint(
        "follow-ups/<int:pk>/owner/", "POST", TRIAGERS, FOLLOW_UP, {"user": "me"}, scoped=True
    ),
    Endpoint(
        "follow-ups/<int:pk>/closure/", "POST", TRIAGERS, FOLLOW_UP, {"state": "kept"}, scoped=True
    ),
    Endpoint("follow-ups/<int:pk>/closure/", "DELETE", TRIAGERS, FOLLOW_UP, scoped=True),
    Endpoint("members/<int:pk>/bonds/<int:user_pk>/", "GET", ids=BOND),
    Endpoint("handovers/<int:pk>/", "GET", LEADS, OTHER),
    Endpoint("handovers/<int:pk>/", "POST", LEADS, OTHER, TAKER),
    Endpoint("encounters/", "GET", TRIAGERS),
    Endpoint(
        "encounters/",
        "POST",
        TRIAGERS,
        data={"when": "now", "kind": "call", "who": "Jo", "visibility": "team"},
    ),
    Endpoint("encounters/when/", "GET"),
    Endpoint("encounters/people/", "GET"),
    Endpoint("encounters/<int:pk>/details/", "GET", TRIAGERS, ENCOUNTER, scoped=True),
    Endpoint("encounters/<int:pk>/", "GET", ids=ENCOUNTER, scoped=True),
    Endpoint("encounters/<int:pk>/", "POST", TRIAGERS, ENCOUNTER, DELETE, scoped=True),
    Endpoint("encounters/<int:pk>/", "DELETE", TRIAGERS, ENCOUNTER, scoped=True),
    Endpoint("members/", "GET"),
    Endpoint("members/outreach/", "GET"),
    Endpoint("members/fields/", "GET", ADMINS),
    Endpoint("members/fields/", "POST", ADMINS, data={"name": "Shirt", "kind": "text"}),
    Endpoint("members/fields/<int:pk>/", "GET", ADMINS, FIELD),
    Endpoint("members/fields/<int:pk>/", "POST", ADMINS, FIELD, {"name": "Fresh"}),
    Endpoint("members/fields/<int:pk>/", "DELETE", ADMINS, FIELD),
    Endpoint("members/count/", "GET"),
    Endpoint("members/columns/", "POST", data={"column": "owner"}),
    Endpoint("members/exports/", "POST", TRIAGERS, data={"q": "ada"}),
    Endpoint("members/selection/", "GET", NOTERS),
    Endpoint("members/selection/<slug:noun>/", "GET", NOTERS, TAGS),
    Endpoint("members/selection/<slug:noun>/", "POST", NOTERS, TAGS, {"new": "loud", "all": "1"}),
    Endpoint(
        "members/accounts/<int:pk>/avatar/<slug:name>/", "GET", ids=AVATAR, ok=(202,), scoped=True
    ),
    Endpoint("members/named/", "GET"),
    Endpoint("members/stages/", "GET", ADMINS),
    Endpoint("members/stages/", "POST", ADMINS, data=MILESTONES),
    Endpoint("members/tags/", "GET"),
    Endpoint("organisations/", "GET"),
    Endpoint("organisations/names/", "GET"),
    Endpoint("organisations/<int:pk>/", "GET", ids=ORGANISATION, scoped=True),
    Endpoint("organisations/<int:pk>/", "POST", TRIAGERS, ORGANISATION, DELETE, scoped=True),
    Endpoint("organisations/<int:pk>/", "DELETE", TRIAGERS, ORGANISATION, scoped=True),
    Endpoint("organisations/<int:pk>/details/", "GET", TRIAGERS, ORGANISATION, scoped=True),
    Endpoint(
        "organisations/<int:pk>/details/",
        "POST",
        TRIAGERS,
        ORGANISATION,
        {"name": "Fresh"},
        scoped=True,
    ),
    Endpoint(
        "organisations/<int:pk>/merge/", "POST", TRIAGERS, ORGANISATION, OTHER_NAME, scoped=True
    ),
    Endpoint("affiliations/<int:pk>/", "GET", TRIAGERS, AFFILIATION, scoped=True),
    Endpoint(
        "affiliations/<int:pk>/", "POST", TRIAGERS, AFFILIATION, {"role": "Head"}, scoped=True
    ),
    Endpoint("affiliations/<int:pk>/", "DELETE", TRIAGERS, AFFILIATION, scoped=True),
    Endpoint("affiliations/<int:pk>/ending/", "POST", TRIAGERS, AFFILIATION, scoped=True),
    Endpoint("tags/", "GET"),
    Endpoint("tags/", "POST", TRIAGERS, data={"name": "fresh"}),
    Endpoint("tags/<int:pk>/", "GET", TRIAGERS, ONE_TAG),
    Endpoint("tags/<int:pk>/", "POST", TRIAGERS, ONE_TAG, {"name": "calm", "colour": "3"}),
    Endpoint("tags/<int:pk>/", "DELETE", TRIAGERS, ONE_TAG),
    Endpoint("tags/<int:pk>/merge/", "POST", TRIAGERS, ONE_TAG, INTO),
    Endpoint("members/<int:pk>/", "GET", ids=MEMBER),
    Endpoint(
        "members/<int:pk>/affiliations/", "POST", TRIAGERS, MEMBER, {"organisation": "Werk 2"}
    ),
    Endpoint("members/<int:pk>/details/", "GET", TRIAGERS, MEMBER),
    Endpoint(
        "members/<int:pk>/details/", "POST", TRIAGERS, MEMBER, {"name": "Mika"}, (200, 302, 422)
    ),
    Endpoint("members/<int:pk>/gift-details/", "GET", TRIAGERS, MEMBER),
    Endpoint("members/<int:pk>/gift-details/", "POST", TRIAGERS, MEMBER, GIFT),
    Endpoint("members/<int:pk>/gift-details/", "DELETE", TRIAGERS, MEMBER),
    Endpoint("members/<int:pk>/stage/", "POST", TRIAGERS, MEMBER, {"stage": "champion"}),
    Endpoint("members/<int:pk>/stage/", "DELETE", TRIAGERS, MEMBER),
    Endpoint("members/<int:pk>/tags/", "POST", NOTERS, MEMBER, {"name": "loud"}),
    Endpoint("members/<int:pk>/tags/<int:tag_pk>/", "POST", NOTERS, TAG, DELETE),
    Endpoint("members/<int:pk>/tags/<int:tag_pk>/", "DELETE", NOTERS, TAG),
    Endpoint(
        "members/<int:pk>/notes/", "POST", NOTERS, MEMBER, {"text": "Hm.", "visibility": "team"}
    ),
    Endpoint("members/<int:pk>/notes/<int:note_pk>/", "POST", NOTERS, NOTE, DELETE),
    Endpoint("members/<int:pk>/notes/<int:note_pk>/", "DELETE", NOTERS, NOTE),
)
