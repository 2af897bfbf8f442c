"""How close a member is, since when and why."""

import pytest
from django.utils import timezone

from members import log, stage_words, stages, verbs
from members.log import Line
from members.models import ActivityKind
from tests.make import make_identity, make_member, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines():
    member = make_member("Ines Wolff", last_seen=timezone.now())
    make_identity(member)
    return member


def changed(member, stage, why, scope=""):
    line = Line(
        member_id=member.pk,
        kind=ActivityKind.STAGE,
        summary=stage_words.summary(stage, why),
        key=f"stage:{member.pk}:{stage}",
        scope=scope,
    )
    return log.log(line)


def test_the_reason_is_that_of_the_newest_change(ines, bob):
    assert stages.stage_reason(ines, bob).why == "seen in one of your places"
    ines.stage = "contributor"
    changed(ines, "contributor", "10th activity: answered “MIDI clock drifts”")
    reason = stages.stage_reason(ines, bob)
    assert (reason.stage.label, reason.why, reason.by) == (
        "Contributor",
        "10th activity: answered “MIDI clock drifts”",
        "",
    )
    assert reason.since
    verbs.set_stage(ines, "champion", by=bob)
    reason = stages.stage_reason(ines, bob)
    assert (reason.stage, reason.why, reason.by, reason.is_pinned) == (
        "champion",
        "set by Bob Baker",
        "Bob Baker",
        True,
    )


def test_a_reason_of_a_restricted_source_is_told_to_who_may_see_it(ines, bob, lena):
    scope = make_source(restricted=True).scope
    changed(ines, "contributor", "2nd answer credited: “Secret beta”", scope)
    assert stages.stage_reason(ines, lena).why == "2nd answer credited: “Secret beta”"
    hidden = stages.stage_reason(ines, bob)
    assert (hidden.why, hidden.since) == ("", None)


def test_teammates_bots_and_our_own_accounts_have_no_stage(bob):
    teammate, bot = make_member(user=bob), make_member(is_bot=True)
    us = make_identity(is_us=True)
    for member, accounts in ((teammate, []), (bot, []), (us.member, [us])):
        assert stages.stage_reason(member, bob, accounts) is None
