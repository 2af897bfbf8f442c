"""The funnel of outreach as a page shows it: each step with who is at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from .listing import MemberListing
from .outreach import EXPLAINED, Step

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from team.models import User

CAP = 1000  # members counted of a step


@dataclass(frozen=True)
class CountedStep:
    """`here`: who has come this far and no further; `reached`: they and those who went on; both
    counted up to CAP of each step."""

    step: Step
    words: str | _StrPromise
    here: int
    reached: int
    is_capped: bool

    @property
    def number(self) -> str:
        return f"{CAP}+" if self.here >= CAP else str(self.here)

    @property
    def number_reached(self) -> str:
        return f"{self.reached}+" if self.is_capped else str(self.reached)

    @property
    def url(self) -> str:
        return f"{reverse('members')}?{urlencode({'q': f'outreach:{self.step.value}'})}"


def counted_steps(user: User) -> list[CountedStep]:
    """In their order. A query or two for each."""
    found: list[CountedStep] = []
    reached, is_capped = 0, False
    for step in reversed(Step):
        here = MemberListing(query=f"outreach:{step.value}").count(user, CAP)
        reached, is_capped = reached + here, is_capped or here >= CAP
        found.append(CountedStep(step, EXPLAINED[step], here, reached, is_capped))
    return found[::-1]
