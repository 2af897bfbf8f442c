"""The list of members, and one member's page and pane."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from community_hub.lib import htmx, keyset
from community_hub.lib.query import Mistake
from community_hub.lib.text import storable
from members import filters
from members.forms import NoteForm
from members.models import Identity, Member, Stage, Tag
from members.models.member import LATELY_SEEN_FIRST, MemberQuerySet
from members.profile import load_profile
from team import jobs
from team.http import AuthenticatedHttpRequest
from team.models import User

from .access import visible_member

PAGE = 40
LINES = 25  # of the log, on the page
PAGE_PARTS = ("person", "notes", "timeline", "timeline-more")
MOST_NAMES = 200
MOST_TAGS = 50


@require_GET
def members(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`q`: a query; `stage`; `before`: the cursor of the last row above."""
    wanted = storable(request.GET.get("q", "")).strip()
    stage = request.GET.get("stage", "")
    user = request.user
    found = Member.objects.visible_to(user).community().with_seen_at(user)
    if stage in Stage.values:
        found = found.filter(stage=stage)
    found, mistake = queried(found, wanted, user)
    listing = keyset.page(
        with_row_facts(found, user),
        LATELY_SEEN_FIRST,
        request.GET.get("before", ""),
        PAGE,
        filters={"q": wanted, "stage": stage},
    )
    context = {
        "listing": listing,
        "stages": Stage.choices,
        "mistake": mistake,
        "corrected": urlencode({"q": mistake.corrected, "stage": stage}) if mistake else "",
        "help": filters.PEOPLE.help(),
    }
    return htmx.respond(request, "members/list.html", context, parts=("members", "more-members"))


@require_GET
def member(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return member_page(request, visible_member(request, pk))


@require_GET
def tag_names(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What the box for a new tag offers, once somebody steps into it."""
    tags = Tag.objects.visible_to(request.user).current().order_by("name")[:MOST_NAMES]
    return htmx.respond(request, "members/tag_names.html", {"tags": tags})


# Below the views --------------------------------------------------------------------------------


def member_page(
    request: AuthenticatedHttpRequest,
    found: Member,
    *,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    before, until = request.GET.get("before", ""), request.GET.get("until", "")
    profile = load_profile(found, request.user, lines=LINES, before=before, until=until)
    context: dict[str, Any] = {
        "member": found,
        "profile": profile,
        "tags": found.tags.filter(removed_at__isnull=True).order_by("name")[:MOST_TAGS],
        "is_later_page": keyset.place(before) is not None,
        "stages": Stage.choices,
        "note_form": note_form or NoteForm(),
    }
    if request.user.can_link_staff and (job := jobs.unfinished(f"member:{found.pk}")):
        context |= {"job": job, "job_words": jobs.words_of(job)}
    return htmx.respond(request, "members/member.html", context, parts=PAGE_PARTS, status=status)


def queried(found: MemberQuerySet, text: str, user: User) -> tuple[MemberQuerySet, Mistake | None]:
    """Nobody, where there is a mistake in the query."""
    if not text:
        return found, None
    try:
        return filters.apply(found, text, user), None
    except Mistake as mistake:
        return found.none(), mistake


def with_row_facts(found: MemberQuerySet, user: User) -> MemberQuerySet:
    """What a row shows: three queries a page, however many rows."""
    accounts = Identity.objects.visible_to(user).order_by("network", "id")
    tags = Tag.objects.current().order_by("name")
    return found.select_related("owner", "user").prefetch_related(
        Prefetch("identities", accounts), Prefetch("tags", tags)
    )
