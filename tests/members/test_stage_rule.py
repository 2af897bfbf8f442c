"""The stage that milestones give: at once on the way up, once a month on the way down."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from inbox.ingest.pipeline import ingest
from inbox.models import Message
from inbox.verbs.credits import credit
from members import derived, log, stage_verbs, stages, verbs
from members.log import Line
from members.models import Activity, ActivityKind, Member, Milestones
from members.stage_rule import promote, review, review_when_due
from team import jobs
from team.models import Action, BackgroundJob, Hub
from tests.inbox.items import item, page, person, reply
from tests.make import make_identity, make_member, make_source

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def days_ago(days, **parts):
    return timezone.now() - timedelta(days=days, **parts)


def wrote(member, *moments, kind=ActivityKind.MESSAGE, scope=""):
    """Lines as ingest writes them."""
    start = Activity.objects.count()
    log.log_many(
        Line(
            member_id=member.pk,
            kind=kind,
            occurred_at=at,
            summary="Hello",
            key=f"message:9{start + number:05d}",
            scope=scope,
        )
        for number, at in enumerate(moments)
    )
    promote([member.pk])
    member.refresh_from_db()
    return member.stage


def reasons(member):
    lines = Activity.objects.present().filter(member=member, kind="stage")
    return list(lines.order_by("occurred_at", "id").values_list("summary", flat=True))


def posts(source, author, subject, count, *, first="a", days=0):
    """Answers of one author below the first post of another, one a day."""
    root = item(f"{first}-root", thread_title=subject, created_at=days_ago(days + count + 1))
    answers = [
        reply(
            f"{first}-{n}",
            root,
            author=person(author),
            thread_title=subject,
            created_at=days_ago(days + count - n),
        )
        for n in range(count)
    ]
    ingest(source, page(root, *answers))


def test_ingest_raises_a_stage_at_once_and_says_by_what(bob):
    source = make_source()
    posts(source, "petra", "MIDI clock drifts", 10)
    petra = Member.objects.get(identities__handle="petra")
    assert petra.stage == "contributor"
    assert reasons(petra) == [
        "Became a contributor · 10th activity: answered “MIDI clock drifts”",
    ]
    line = Activity.objects.get(member=petra, kind="stage")
    tenth = Message.objects.get(external_id="a-9")
    assert line.occurred_at == tenth.sent_at
    assert (line.scope, line.link) == (
        source.scope,
        f"/conversations/{tenth.conversation_id}/#message-{tenth.pk}",
    )
    assert stages.stage_reason(petra, bob).why == "10th activity: answered “MIDI clock drifts”"


def test_each_step_is_one_line_when_it_comes_one_by_one():
    source = make_source()
    for number in range(10):
        root = item(f"r{number}", thread_title=f"Topic {number}", created_at=days_ago(20 - number))
        ingest(source, page(root))
    ines = Member.objects.get(identities__handle="ines")
    assert reasons(ines) == [
        "Became a participant · 3rd activity, on 3 days: started “Topic 2”",
        "Became a contributor · 10th activity: started “Topic 9”",
    ]
    ingest(source, page(item("r0", thread_title="Topic 0", version="2")))
    assert len(reasons(ines)) == 2


def test_a_thread_without_a_subject_is_named_by_its_place():
    source = make_source(name="Mastodon")
    posts(source, "joss", "", 3)
    joss = Member.objects.get(identities__handle="joss")
    assert reasons(joss) == [
        "Became a participant · 3rd activity, on 3 days: wrote in Mastodon",
    ]


@time_machine.travel(NOW, tick=False)
def test_three_activities_on_one_day_make_no_participant_and_days_are_the_hubs():
    Hub.objects.create(pk=1, name="Polyphon", timezone="Pacific/Auckland")
    noon = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)  # 23:30 there
    member = make_member()
    assert wrote(member, noon, noon, noon) == "visitor"
    assert wrote(member, noon + timedelta(hours=1)) == "participant"
    Hub.objects.update(timezone="UTC")
    other = make_member()
    assert wrote(other, noon, noon, noon, noon + timedelta(hours=1)) == "visitor"


def test_a_timezone_that_the_database_does_not_know_counts_in_utc():
    Hub.objects.create(pk=1, name="Polyphon", timezone="Mars/Olympus")
    assert wrote(make_member(), *map(days_ago, range(1, 5))) == "participant"


def test_what_is_older_than_the_milestones_look_back_counts_by_its_own_date():
    member = make_member()
    assert wrote(member, *(days_ago(400 + n) for n in range(20))) == "visitor"
    assert wrote(member, *(days_ago(363 - n) for n in range(9))) == "participant"
    assert wrote(member, days_ago(364, hours=23)) == "contributor"


def test_an_outsider_who_writes_is_a_visitor_also_by_old_words():
    new, old = make_member(stage="outsider"), make_member(stage="outsider")
    assert wrote(new, days_ago(1)) == "visitor"
    assert wrote(old, days_ago(800)) == "visitor"
    assert reasons(old) == ["Became a visitor · seen in one of your places"]


def test_two_credits_make_a_contributor_and_undo_takes_it_back(bob):
    source = make_source()
    for days, first in enumerate("ab"):
        posts(source, "petra", "Tuning", 1, first=first, days=days)
    petra = Member.objects.get(identities__handle="petra")
    credit(Message.objects.get(external_id="a-0"), by=bob)
    second = credit(Message.objects.get(external_id="b-0"), by=bob)
    petra.refresh_from_db()
    assert petra.stage == "contributor"
    assert reasons(petra)[-1] == "Became a contributor · 2nd answer credited"
    assert second.undo(by=bob)
    petra.refresh_from_db()
    assert petra.stage == "participant"
    assert not [words for words in reasons(petra) if "contributor" in words]


def test_who_is_pinned_a_champion_a_teammate_a_bot_or_ourselves_never_moves(bob):
    many = [days_ago(n) for n in range(1, 15)]
    for fields in ({"stage_pinned": True}, {"stage": "champion"}, {"user": bob}, {"is_bot": True}):
        member = make_member(**fields)
        before = member.stage
        assert wrote(member, *many) == before
        review()
        member.refresh_from_db()
        assert member.stage == before
        assert reasons(member) == []
    us = make_identity(is_us=True).member
    assert wrote(us, *many) == "visitor"


def test_only_the_monthly_review_lowers_and_says_why(bob):
    with time_machine.travel(NOW - timedelta(days=300), tick=False):
        quiet, slower = make_member("Quiet"), make_member("Slower")
        for member in (quiet, slower):
            assert wrote(member, *map(days_ago, range(1, 12))) == "contributor"
        review_when_due()
    with time_machine.travel(NOW + timedelta(days=80), tick=False):
        assert wrote(slower, *map(days_ago, (3, 2, 1))) == "contributor"
        review_when_due()
        quiet.refresh_from_db()
        slower.refresh_from_db()
        assert (quiet.stage, slower.stage) == ("visitor", "participant")
        assert reasons(quiet)[-1] == "Became a visitor · no activity within 365 days"
        assert reasons(slower)[-1] == "Became a participant · 3 activities within 365 days"
        assert stages.stage_reason(quiet, bob).since == timezone.now()
        before = Activity.objects.count()
        review_when_due()
        review()
        assert Activity.objects.count() == before


def test_the_review_waits_for_the_next_month_of_the_hub():
    Hub.objects.create(pk=1, name="Polyphon", timezone="Pacific/Auckland")
    with time_machine.travel(datetime(2026, 10, 30, 12, tzinfo=UTC), tick=False):
        review_when_due()
    member = make_member(stage="contributor", last_seen=timezone.now())
    make_identity(member)
    with time_machine.travel(datetime(2026, 10, 31, 10, tzinfo=UTC), tick=False):
        review_when_due()
        assert Member.objects.get(pk=member.pk).stage == "contributor"
    with time_machine.travel(datetime(2026, 10, 31, 11, tzinfo=UTC), tick=False):  # November there
        review_when_due()
        assert Member.objects.get(pk=member.pk).stage == "visitor"


def test_a_deleted_message_counts_no_more_but_lowers_nobody_before_the_review():
    member = make_member()
    assert wrote(member, *map(days_ago, range(1, 11))) == "contributor"
    keys = Activity.objects.filter(member=member, kind="message").values_list("key", flat=True)
    log.say_deleted(keys[:1])
    wrote(member)
    assert member.stage == "contributor"
    review()
    member.refresh_from_db()
    assert member.stage == "participant"


def test_unpinned_the_milestones_decide_again_and_undo_pins(client, bob):
    member = make_member(last_seen=timezone.now())
    wrote(member, *map(days_ago, range(1, 5)))
    verbs.set_stage(member, "champion", by=bob)
    client.force_login(bob)
    shown = client.get(f"/members/{member.pk}/").content.decode()
    assert "Let the milestones decide" in shown
    client.post(f"/members/{member.pk}/stage/", {"_method": "DELETE"})
    member.refresh_from_db()
    assert (member.stage, member.stage_pinned) == ("participant", False)
    reason = stages.stage_reason(member, bob)
    assert reason.why == "by milestones: 4 activities within 365 days"
    assert reason.by == "Bob Baker"
    client.post(f"/undo/{Action.objects.filter(verb='unpin-stage').get().group}/")
    member.refresh_from_db()
    assert (member.stage, member.stage_pinned) == ("champion", True)
    assert not stage_verbs.unpin_stage(make_member(), by=bob)


def test_teammates_and_bots_have_no_stage_to_set_find_or_show(client, bob, alice):
    bot = make_member("Welcome bot", is_bot=True, last_seen=timezone.now())
    one_of_us = make_member("Suri", user=alice, last_seen=timezone.now())
    member = make_member("Ines", last_seen=timezone.now())
    assert len(verbs.set_stage([bot, one_of_us, member], "champion", by=bob)) == 1
    client.force_login(bob)
    for address in ("/members/?q=stage:visitor", "/members/?stage=visitor"):
        shown = client.get(address).content.decode()
        assert "Welcome bot" not in shown
        assert "Suri" not in shown
    for each in (bot, one_of_us):
        client.post(f"/members/{each.pk}/stage/", {"stage": "champion"})
        each.refresh_from_db()
        assert each.stage == "visitor"
        assert "stage-of-member" not in client.get(f"/members/{each.pk}/").content.decode()


# Milestones ---------------------------------------------------------------------------------------

USUAL = {
    "participant_activities": 3,
    "participant_days": 2,
    "contributor_activities": 10,
    "contributor_credits": 2,
    "within_days": 365,
}


def test_an_admin_sees_who_would_move_saves_and_takes_it_back(client, alice, bob):
    ines = make_member("Ines", last_seen=timezone.now())
    wrote(ines, *map(days_ago, range(1, 6)))
    client.force_login(bob)
    assert client.get("/members/stages/").status_code == 403
    client.force_login(alice)
    given = {**USUAL, "contributor_activities": 5}
    shown = client.post("/members/stages/", {**given, "check": "1"}).content.decode()
    assert "This would move 1 member." in shown
    assert f'href="/members/{ines.pk}/"' in shown
    ines.refresh_from_db()
    assert (ines.stage, Milestones.objects.count()) == ("participant", 0)
    client.post("/members/stages/", given)
    assert Milestones.objects.get().contributor_activities == 5
    run_the_job()
    ines.refresh_from_db()
    assert ines.stage == "contributor"
    assert reasons(ines)[-1].startswith("Became a contributor · 5th activity")
    shown = client.get("/team/audit-trail/").content.decode()
    assert "changed the milestones of stages" in shown
    client.post(f"/undo/{Action.objects.get(verb='milestones').group}/")
    run_the_job()
    ines.refresh_from_db()
    assert (ines.stage, Milestones.objects.get().contributor_activities) == ("participant", 10)


def run_the_job():
    jobs.run(BackgroundJob.objects.filter(kind="review-stages", finished_at=None).get().pk)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("participant_activities", "0", "greater than or equal to 1"),
        ("within_days", "99999", "less than or equal to 3650"),
        ("contributor_activities", "2", "at least as many as a participant"),
        ("contributor_credits", "", "required"),
    ],
)
def test_milestones_that_make_no_sense_are_refused(client, alice, name, value, said):
    client.force_login(alice)
    answer = client.post("/members/stages/", {**USUAL, name: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()


# Against an independent function ------------------------------------------------------------------


THEIRS = ("message", "credit", "attended")
KINDS = (*THEIRS, "event", "note", "reply")


def slow_stage(lines, now, zone):
    """`lines`: (kind, moment, is there)."""
    theirs = [
        (kind, at)
        for kind, at, there in lines
        if there and kind in THEIRS and at > now - timedelta(days=365)
    ]
    days = {at.astimezone(zone).date() for _kind, at in theirs}
    credits = Counter(kind for kind, _at in theirs)["credit"]
    if len(theirs) >= 10 or credits >= 2:
        return "contributor"
    if len(theirs) >= 3 and len(days) >= 2:
        return "participant"
    return "visitor" if lines else "outsider"


@pytest.mark.parametrize("seed", [1, 2, 3])
@time_machine.travel(NOW, tick=False)
def test_stages_are_those_of_a_slow_function_over_random_histories(seed):
    chance = random.Random(seed)
    zone = ZoneInfo("America/St_Johns")
    Hub.objects.create(pk=1, name="Polyphon", timezone="America/St_Johns")
    made = {}
    for number in range(60):
        stage = chance.choice(["visitor", "outsider"])
        member = make_member(f"Member {number}", stage=stage)
        made[member.pk] = []
    for start in range(8):
        batch = []
        for pk in chance.sample(sorted(made), 30):
            if chance.random() < 0.2:
                continue
            for number in range(chance.choice([1, 1, 2, 5])):
                kind = chance.choices(KINDS, [8, 1, 2, 2, 2, 2])[0]
                at = NOW - timedelta(days=chance.choice([1, 1, 2, 30, 364, 366, 700]))
                at -= timedelta(minutes=chance.randint(0, 600))
                key = f"message:9{start}{pk}{number}"
                made[pk].append((kind, at, True))
                batch.append(
                    Line(
                        member_id=pk, kind=ActivityKind(kind), occurred_at=at, summary="Hm",
                        key=key, scope="",
                    )
                )  # fmt: skip
        log.log_many(batch)
        promote({line.member_id for line in batch if line.kind.is_theirs})
    wanted = {
        pk: slow_stage([line for line in lines if line[0] in THEIRS], NOW, zone)
        for pk, lines in made.items()
    }
    now = dict(Member.objects.filter(pk__in=made).values_list("pk", "stage"))
    as_made = {
        pk: stage if stage != "outsider" else now[pk] for pk, stage in wanted.items()
    }  # nobody is lowered yet
    assert now == as_made
    review()
    assert dict(Member.objects.filter(pk__in=made).values_list("pk", "stage")) == wanted
    lines = Activity.objects.filter(kind="stage").count()
    derived.rebuild()
    assert dict(Member.objects.filter(pk__in=made).values_list("pk", "stage")) == wanted
    assert Activity.objects.filter(kind="stage").count() == lines
    assert set(wanted.values()) == {"outsider", "visitor", "participant", "contributor"}


def test_a_page_costs_one_statement_more_where_nobody_moves(django_assert_max_num_queries):
    people = [make_member(f"Member {n}") for n in range(30)]
    for member in people:
        wrote(member, days_ago(2))
    with django_assert_max_num_queries(2):  # the hub's timezone, and who has reached a milestone
        promote([member.pk for member in people])
    assert not Activity.objects.filter(kind="stage").exists()
