"""One member's page: who they are, and their history."""

from __future__ import annotations

from typing import Any, NoReturn

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from community_hub.lib import htmx
from members.affiliation_forms import AffiliationForm
from members.forms import NoteForm
from members.models import Member, Stage
from members.profile import Profile, identities_for, load_profile
from members.story import Story, Wanted, read_page, story_of, with_chart
from members.surroundings import Surroundings, read_member
from members.timeline import MOST_PRINTED, page_from
from team import jobs
from team.http import AuthenticatedHttpRequest
from team.models import User

PAGE = "members/member.html"
PRINT = "members/member_print.html"
STORY_PARTS = ("story", "timeline", "timeline-more")
PARTS = ("person", "notes", *STORY_PARTS)


@require_GET
def member(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`kind` (repeated), `person`, `source`, `when` and `text` narrow the history; see
    TimelineFilters. `before`: the cursor of the last line above; `until`: that of the last one that
    is shown, to bring it up to date. `print`: the whole of it, for paper."""
    return member_page(request, pk)


# Below the views --------------------------------------------------------------------------------


def member_page(
    request: AuthenticatedHttpRequest,
    pk: int,
    *,
    note_form: NoteForm | None = None,
    affiliation_form: AffiliationForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """What is asked for of it: a part of the page needs no more than it shows."""
    user, part = request.user, htmx.target(request)
    found, around = read_member(pk, user) or not_found()
    wanted = Wanted.parse(request.GET, user, around.zone)
    context: dict[str, Any] = {"member": found, "stages": Stage.choices, "tags": around.tags}
    context["note_form"] = note_form or NoteForm()
    context["affiliation_form"] = affiliation_form or AffiliationForm()
    if part in STORY_PARTS:
        story = story_of(wanted, read_page(found, user, wanted), around)
        if part == "story":
            story = with_chart(story, found, user, identities_for(found, user))
        context["story"] = story
    elif part in PARTS:
        context["profile"] = load_profile(found, user, lines=0)
    else:
        context["profile"], context["story"] = whole(found, user, wanted, around)
    if user.can_link_staff and around.has_job and (job := jobs.unfinished(f"member:{pk}")):
        context |= {"job": job, "job_words": jobs.words_of(job)}
    template = PAGE
    if "print" in request.GET:
        template, context["most_printed"] = PRINT, f"{MOST_PRINTED:,}"
    return htmx.respond(request, template, context, parts=PARTS, status=status)


def whole(
    member: Member, user: User, wanted: Wanted, around: Surroundings
) -> tuple[Profile, Story]:
    """One query less where nothing narrows the history; narrowed, two that are compiled quickly."""
    is_whole = wanted.condition is None
    profile = load_profile(member, user, lines=wanted.lines if is_whole else 0)
    newest = profile.glance.newest
    page = page_from(newest, "", wanted.size) if is_whole else read_page(member, user, wanted)
    story = story_of(wanted, page, around)
    return profile, with_chart(story, member, user, profile.identities)


def not_found() -> NoReturn:
    raise Http404
