"""The list of members, and one member's page and pane."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from community_hub.lib import htmx, keyset
from community_hub.lib.text import storable
from members.forms import NoteForm
from members.models import Identity, Member, Stage, Tag
from members.models.member import MemberQuerySet
from members.profile import load_profile
from members.tags import offered_tags
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
    """`q`: a part of a name or handle; `stage`; `before`: the cursor of the last row above."""
    wanted = storable(request.GET.get("q", ""))[:100].strip()
    stage = request.GET.get("stage", "")
    user = request.user
    found = Member.objects.visible_to(user).community().with_seen_at(user).lately_seen_first()
    if wanted:
        found = found.named_like(wanted, user)
    if stage in Stage.values:
        found = found.filter(stage=stage)
    page = seen_before(found, request.GET.get("before", ""))
    rows = list(with_row_facts(page, user)[: PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "more": cursor_of(rows[PAGE - 1]) if len(rows) > PAGE else "",
        "wanted": wanted,
        "stage": stage,
        "stages": Stage.choices,
    }
    return htmx.respond(request, "members/list.html", context, parts=("members", "more-members"))


@require_GET
def member(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return member_page(request, visible_member(request, pk))


@require_GET
def tag_names(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What the box for a new tag offers, once somebody steps into it."""
    tags = offered_tags(request.user).order_by("name")[:MOST_NAMES]
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
        "tags": found.tags.order_by("name")[:MOST_TAGS],
        "is_later_page": keyset.place(before) is not None,
        "stages": Stage.choices,
        "note_form": note_form or NoteForm(),
    }
    if request.user.can_link_staff and (job := jobs.unfinished(f"member:{found.pk}")):
        context |= {"job": job, "job_words": jobs.words_of(job)}
    return htmx.respond(request, "members/member.html", context, parts=PAGE_PARTS, status=status)


def with_row_facts(found: MemberQuerySet, user: User) -> MemberQuerySet:
    """What a row shows: three queries a page, however many rows."""
    accounts = Identity.objects.visible_to(user).order_by("network", "id")
    tags = Tag.objects.order_by("name")
    return found.select_related("owner", "user").prefetch_related(
        Prefetch("identities", accounts), Prefetch("tags", tags)
    )


def cursor_of(row: Member) -> str:
    seen_at = getattr(row, "seen_at", None)
    assert seen_at  # the list holds nobody who was never seen
    return keyset.cursor(seen_at, row.pk)


def seen_before(found: MemberQuerySet, cursor: str) -> MemberQuerySet:
    place: tuple[datetime, int] | None = keyset.place(cursor)
    if place is None:
        return found
    return found.filter(Q(seen_at__lt=place[0]) | Q(seen_at=place[0], pk__lt=place[1]))
