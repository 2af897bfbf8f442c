"""Asking the list of members how far outreach has come with them."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, OperatorDefinition

from . import outreach
from .filters import PEOPLE


def at_outreach_step(value: str, context: Context) -> Q:
    return outreach.at_step(outreach.Step(value), context.user)


PEOPLE.register(
    OperatorDefinition(
        name="outreach",
        help=gettext_lazy("Met elsewhere, and come this far"),
        example="outreach:replied",
        build=at_outreach_step,
        values={step.value: step.label for step in outreach.Step},
    )
)
