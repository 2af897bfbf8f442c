"""What a stage asks for: an admin's page, with a look at who would move before it is saved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from members import stage_rule
from members.milestone_forms import MilestonesForm
from members.models import Member, Milestones, Stage
from members.stage_rule import Standing
from members.stage_verbs import ABOUT, set_milestones
from team import jobs
from team.http import AuthenticatedHttpRequest

MOST = 200  # members that are listed


@dataclass(frozen=True)
class Moved:
    """One who would move."""

    member: Member
    standing: Standing

    @property
    def before(self) -> str:
        return str(Stage(self.standing.stage).label)

    @property
    def after(self) -> str:
        return str(Stage(self.standing.by_rule).label)


@dataclass(frozen=True)
class Trial:
    """`into`: by a stage’s name, how many would come into it."""

    count: int
    into: list[tuple[str, int]]
    listed: list[Moved]

    @property
    def left_out(self) -> int:
        return self.count - len(self.listed)


@require_http_methods(["GET", "HEAD", "POST"])
def milestones(request: AuthenticatedHttpRequest) -> HttpResponse:
    """POST `check`: who would move; else they hold from now on."""
    set_milestones.require(request.user)
    data = request.POST if request.method == "POST" else None
    form = MilestonesForm(data, now=Milestones.current())
    if not form.is_valid():
        return page(request, form, status=422 if form.is_bound else 200)
    if "check" in request.POST:
        return page(request, form, trial=trial_of(form.given))
    changes = set_milestones(form.given, by=request.user)
    said = _("Saved. Members are moving to their stages.") if changes else _("No changes.")
    return htmx.tell(request, redirect("milestones"), said, undo=changes.undo_url)


# Below the view -----------------------------------------------------------------------------------


def trial_of(given: Milestones) -> Trial:
    moving = stage_rule.would_move(given)
    members = Member.objects.in_bulk([row.member for row in moving[:MOST]])
    into = Counter(row.by_rule for row in moving)
    return Trial(
        count=len(moving),
        into=[(str(stage.label), into[stage.value]) for stage in Stage if into[stage.value]],
        listed=[Moved(members[row.member], row) for row in moving[:MOST] if row.member in members],
    )


def page(
    request: AuthenticatedHttpRequest,
    form: MilestonesForm,
    *,
    trial: Trial | None = None,
    status: int = 200,
) -> HttpResponse:
    job = jobs.unfinished(ABOUT)
    context = {
        "form": form,
        "trial": trial,
        "job": job,
        "job_words": jobs.words_of(job) if job else "",
    }
    return render(request, "members/milestones.html", context, status=status)
