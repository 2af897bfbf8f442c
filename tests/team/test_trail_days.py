"""The days that the trail is narrowed to are the hub's, whoever reads it from wherever."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inbox.verbs import tags
from team.models import Action, Hub
from tests.make import make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, lena):
    """Reads in Los Angeles what a hub in Auckland did, 19 or 21 hours ahead."""
    Hub.objects.create(pk=1, name="Polyphon", timezone="Pacific/Auckland")
    lena.timezone = "America/Los_Angeles"
    lena.save()
    client.force_login(lena)
    return client


@pytest.mark.parametrize(
    ("day", "shown"), [("2026-07-01", False), ("2026-07-02", True), ("2026-07-03", False)]
)
def test_a_day_of_the_trail_is_the_hubs(reader, lena, time_machine, day, shown) -> None:
    time_machine.move_to(datetime(2026, 7, 1, 12, 30, tzinfo=UTC))  # half past midnight there
    tags.tag([make_conversation()], "late", by=lena)
    assert Action.objects.count() == 1
    found = reader.get("/team/audit-trail/", {"since": day, "until": day}).context["trail"].entries
    assert bool(found) is shown


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "yesterday"])
def test_a_day_that_is_none_or_far_away_breaks_nothing(reader, day) -> None:
    assert reader.get("/team/audit-trail/", {"since": day, "until": day}).status_code == 200
