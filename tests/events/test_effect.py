"""What followed an event: each figure against its rows, a slow function, and who may know of it."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events import effect
from events.models import Answer, Attendance, Event, EventLink, Kind
from events.verbs import attending, content
from members import derived
from members.encounter_verbs import log_encounter
from members.models import Activity, Bond, Member, Sighting
from team.models import User
from tests.make import (
    make_attendance,
    make_conversation,
    make_event,
    make_identity,
    make_line,
    make_member,
    make_message,
    make_source,
    make_user,
    one_line,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


def past(title: str, days: int, **fields: Any) -> Event:
    return make_event(title, starts_at=NOW - days * DAY, **fields)


def came(event: Event, *members: Member) -> None:
    for member in members:
        make_attendance(event, member, checked_in_at=event.starts_at)


def listed(event: Event, slug: str, user: User) -> list[str]:
    rows, more = effect.rows_of(event, slug, user, "")
    assert not more
    return sorted(row.member.name for row in rows)


def figures(event: Event, user: User) -> dict[str, int]:
    return {figure.slug: figure.number for figure in effect.effect_of(event, user).figures}


def test_each_figure_is_the_number_of_its_rows(bob, lena):
    event = past("Open lab", 100, host=bob)
    names = ("Ada", "Ben", "Cleo", "Dora", "Eva")
    ada, ben, cleo, dora, eva = people = [make_member(name) for name in names]
    came(event, ada, ben, cleo)
    came(event, make_member("Lena", user=lena), make_member("Robot", is_bot=True))
    make_attendance(event, dora)
    make_attendance(event, eva, answer=Answer.INVITED, invited_at=NOW - 120 * DAY)
    came(past("Before", 200), ada)
    came(past("After", 50), ben)
    make_line(ada, occurred_at=event.ends_at + 89 * DAY)
    make_line(ben, occurred_at=event.starts_at - DAY)
    make_line(ben, occurred_at=event.ends_at + DAY)
    make_line(cleo, occurred_at=event.ends_at + 91 * DAY)
    log_encounter("call", [cleo], by=bob, occurred_at=event.starts_at - 3 * DAY)
    derived.update()
    rows = {slug: listed(event, slug, bob) for slug in effect.slugs_of(event)}
    assert rows == {
        "invited": ["Eva"],
        "going": ["Ada", "Ben", "Cleo", "Dora"],
        "came": ["Ada", "Ben", "Cleo"],
        "no-shows": ["Dora"],
        "first-timers": ["Ben", "Cleo"],
        "became-active": ["Ada"],
        "came-back": ["Ada", "Ben", "Cleo"],
        "bonds": ["Ada", "Ben", "Cleo"],
        "echo": [],
    }
    numbers = figures(event, bob)
    assert numbers.pop("bonds") == 5  # bob with Ada and Ben, lena with all three
    rows.pop("bonds")
    assert numbers == {slug: len(names) for slug, names in rows.items()}
    assert effect.bonds_made(event, bob, [cleo.pk]) == {cleo.pk: [str(lena)]}
    assert people


def by_hand(event: Event) -> dict[str, int]:
    """As docs/relationships.md defines them, person by person."""
    there = [
        row for row in Attendance.objects.filter(event=event).select_related("member")
        if row.checked_in_at and not row.member.user_id and not row.member.is_bot
    ]  # fmt: skip
    found = {"first-timers": 0, "became-active": 0, "came-back": 0, "bonds": 0}
    ours = {pk for pk in (event.host_id, *event.co_hosts.values_list("pk", flat=True)) if pk}
    staff = Attendance.objects.filter(event=event, checked_in_at__isnull=False)
    ours |= set(staff.exclude(member__user=None).values_list("member__user", flat=True))
    for row in there:
        others = [
            each.event for each in Attendance.objects.filter(member=row.member).exclude(event=event)
            if each.checked_in_at
        ]  # fmt: skip
        wrote = [
            line.occurred_at
            for line in Activity.objects.filter(member=row.member, kind="message", removed_at=None)
        ]
        found["first-timers"] += not any(each.starts_at < event.starts_at for each in others)
        before = [at for at in wrote if event.starts_at - 90 * DAY <= at < event.starts_at]
        soon = [at for at in wrote if event.ends_at < at <= event.ends_at + 90 * DAY]
        found["became-active"] += bool(soon and not before)
        later = any(each.starts_at > event.starts_at for each in others)
        found["came-back"] += later or any(at > event.ends_at for at in wrote)
        for user in ours:
            together = [each for each in others if user == each.host_id]
            met = any(each.starts_at < event.starts_at for each in together)
            found["bonds"] += not met
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_followed_is_that_of_a_slow_function_over_random_histories(seed, bob, lena):
    chance = random.Random(seed)
    people = [make_member(f"Person {n}") for n in range(12)]
    events = [
        past(f"Meet-up {n}", days, host=chance.choice([bob, lena, None]))
        for n, days in enumerate((300, 200, 120, 60, 20))
    ]
    for event in events:
        came(event, *chance.sample(people, 6))
    for member in people:
        for _ in range(chance.randrange(5)):
            at = NOW - chance.randrange(400) * DAY - chance.randrange(999) * timedelta(minutes=1)
            kind = chance.choice(["message", "message", "reply"])
            make_line(member, kind=kind, occurred_at=at)
    derived.update()
    for event in events:
        found, wanted = figures(event, bob), by_hand(event)
        assert {slug: found[slug] for slug in wanted} == wanted, event.title


def test_what_is_hidden_from_the_reader_is_not_counted(bob, lena):
    """Zed is known from a restricted source alone, Ines wrote there before she came."""
    lab, event = make_source(restricted=True), past("Open lab", 100, host=bob)
    zed, ines = make_member("Zed"), make_member("Ines")
    for member, scopes in ((zed, [lab.scope]), (ines, [lab.scope, make_source().scope])):
        account = make_identity(member)
        for scope in scopes:
            Sighting.objects.create(identity=account, scope=scope, first_seen=NOW, last_seen=NOW)
    came(event, zed, ines)
    make_attendance(event, make_only_there(lab))
    make_line(ines, scope=lab.scope, occurred_at=event.starts_at - DAY)
    make_line(ines, occurred_at=event.ends_at + DAY)
    Bond.objects.create(
        member=ines, user=bob, scope=lab.scope, score=1, first_at=NOW - 300 * DAY, last_at=NOW
    )
    to_lena, to_bob = figures(event, lena), figures(event, bob)
    assert (to_lena["came"], to_lena["no-shows"], to_lena["became-active"]) == (2, 1, 0)
    assert (to_bob["came"], to_bob["no-shows"], to_bob["became-active"]) == (1, 0, 1)
    assert (to_lena["bonds"], to_bob["bonds"]) == (1, 1)  # with Zed; with Ines, as far as bob knows
    assert listed(event, "came", bob) == ["Ines"]
    assert listed(event, "bonds", lena) == ["Zed"]


def make_only_there(source: Any) -> Member:
    member = make_member("Yves")
    Sighting.objects.create(
        identity=make_identity(member), scope=source.scope, first_seen=NOW, last_seen=NOW
    )
    return member


def test_no_shows_are_those_of_an_event_that_is_over_and_where_somebody_was_checked_in(bob):
    ada, ben = make_member("Ada"), make_member("Ben")
    coming, unkept, over = make_event("Coming"), past("Nobody kept a list", 3), past("Over", 9)
    for event in (coming, unkept, over):
        make_attendance(event, ada)
    came(over, ben)
    assert [figures(event, bob)["no-shows"] for event in (coming, unkept, over)] == [0, 0, 1]
    assert [listed(event, "no-shows", bob) for event in (coming, unkept)] == [[], []]


def test_the_page_the_fragment_and_the_rows(client, olga, bob, django_assert_max_num_queries):
    event = past("Open lab", 9, host=bob)
    came(event, *(make_member(f"Person {n:02}") for n in range(effect.PAGE + 3)))
    client.force_login(olga)
    with django_assert_max_num_queries(12):
        page = one_line(
            client.get(
                f"/events/{event.pk}/effect/",
                headers={"HX-Request": "true", "HX-Target": "effect"},
            ).content
        )
    assert page.lstrip().startswith("<section")
    assert f'href="/events/{event.pk}/effect/came/">53' in page
    assert "it needn’t be the cause" in page
    whole = client.get(f"/events/{event.pk}/effect/")
    assert "<html" in whole.content.decode()
    path = f"/events/{event.pk}/effect/bonds/"
    first = client.get(path)
    assert str(bob) in first.content.decode()
    second = client.get(path, {"before": first.context["more"]})
    assert [len(page.context["rows"]) for page in (first, second)] == [effect.PAGE, 3]
    assert second.context["more"] == ""
    assert client.get(f"/events/{event.pk}/effect/money/").status_code == 404
    assert client.get("/events/999999/effect/").status_code == 404


# Content ------------------------------------------------------------------------------------------


@pytest.fixture
def ama(lena) -> Event:
    """Out since five days, with a conversation in which Ada and Ben wrote, and a hidden one in
    which Cleo did."""
    event = past("Ask us anything", 5, kind=Kind.CONTENT, host=lena)
    talk, closed = make_conversation(), make_conversation(make_source(restricted=True))
    for conversation, name, days in (
        (talk, "Ada", 4), (talk, "Ada", 3), (talk, "Ben", 9), (closed, "Cleo", 2),
    ):  # fmt: skip
        member = Member.objects.filter(name=name).first() or make_member(name)
        account = member.identities.first() or make_identity(member)
        Sighting.objects.get_or_create(
            identity=account, scope=conversation.source.scope,
            defaults={"first_seen": NOW, "last_seen": NOW},
        )  # fmt: skip
        make_message(conversation, author=account, sent_at=NOW - days * DAY)
    robot = make_identity(make_member("Robot", is_bot=True))
    colleague = make_identity(make_member("Colleague", user=make_user()))
    for account in (robot, colleague):
        make_message(talk, author=account, sent_at=NOW - DAY)
    for conversation in (talk, closed):
        EventLink.objects.create(
            event=event, key=f"conversation:{conversation.pk}", title="Talk", url="/",
            scope=conversation.source.scope,
        )  # fmt: skip
    return event


def took_part(event: Event) -> dict[str, datetime | None]:
    rows = Attendance.objects.filter(event=event).came()
    return dict(rows.values_list("member__name", "checked_in_at"))


def test_the_echo_of_content_is_how_many_people_wrote_as_far_as_one_may_see(ama, bob, lena):
    assert figures(ama, bob) == {
        "came": 0, "first-timers": 0, "became-active": 0, "came-back": 0, "echo": 2
    }  # fmt: skip
    assert figures(ama, lena)["echo"] == 3
    assert listed(ama, "echo", bob) == ["Ada", "Ben"]
    EventLink.objects.update(removed_at=NOW)
    assert figures(ama, lena)["echo"] == 0


def test_who_wrote_in_its_conversations_took_part_when_they_did_but_not_before(ama, bob, lena):
    changes = content.take_part_by_conversations(ama, by=bob)
    assert took_part(ama) == {"Ada": NOW - 4 * DAY, "Ben": ama.starts_at}
    assert not content.take_part_by_conversations(ama, by=bob)
    line = Activity.objects.present().get(member__name="Ada", kind="attended")
    assert (line.summary, line.occurred_at) == ("Took part in “Ask us anything”", NOW - 4 * DAY)
    assert not Activity.objects.filter(kind="event").exists()
    assert content.take_part_by_conversations(ama, by=lena)
    assert sorted(took_part(ama)) == ["Ada", "Ben", "Cleo"]
    assert changes.undo(by=bob) == 2
    assert list(took_part(ama)) == ["Cleo"]
    assert not Activity.objects.present().filter(member__name="Ada", kind="attended").exists()


def test_by_hand_undone_and_with_the_stage_that_it_gave(ama, bob):
    ada = Member.objects.get(name="Ada")
    Member.objects.filter(pk=ada.pk).update(stage="visitor")
    for days in (30, 31):
        make_line(ada, occurred_at=NOW - days * DAY)
    changes = content.take_part_by_hand(ama, [ada], by=bob)
    ada.refresh_from_db()
    assert ada.stage == "participant"
    assert "took part in “Ask us anything”" in Activity.objects.present().get(kind="stage").summary
    assert changes.undo(by=bob) == 1
    ada.refresh_from_db()
    assert ada.stage == "visitor"
    assert not Attendance.objects.exists()


def test_an_answer_that_was_there_before_stays_after_the_undo(ama, bob):
    ada = Member.objects.get(name="Ada")
    row = make_attendance(ama, ada, answer=Answer.INVITED)
    content.take_part_by_hand(ama, [ada], by=bob).undo(by=bob)
    row.refresh_from_db()
    assert (row.answer, row.checked_in_at) == ("invited", None)


def test_what_is_no_content_or_not_out_yet_and_teammates_are_refused(ama, bob):
    ada = Member.objects.get(name="Ada")
    for event in (past("Open lab", 3), make_event("Stream to come", kind=Kind.CONTENT)):
        with pytest.raises(content.NotPossible):
            content.take_part_by_hand(event, [ada], by=bob)
    for name in ("Robot", "Colleague"):
        with pytest.raises(content.NotPossible, match="Leave them out"):
            content.take_part_by_hand(ama, [Member.objects.get(name=name)], by=bob)
    assert not Attendance.objects.exists()


def test_the_form_takes_names_and_says_what_is_wrong(client, ama, bob, olga):
    path = f"/events/{ama.pk}/participants/"
    client.force_login(bob)
    assert 'name="who"' in client.get(f"/events/{ama.pk}/effect/").content.decode()
    answer = client.post(
        path, {"who": "Ada, Nobody At All"}, headers={"HX-Request": "true", "HX-Target": "effect"}
    )
    assert answer.status_code == 422
    told = json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    assert told == "There’s no member called “Nobody At All”."
    assert 'value="Ada, Nobody At All"' in answer.content.decode()
    assert client.post(path, {"who": "Ada"}).status_code == 302
    assert list(took_part(ama)) == ["Ada"]
    answer = client.post(
        path, {"from": "conversations"}, headers={"HX-Request": "true", "HX-Target": "effect"}
    )
    assert "1 person took part." in answer.headers["HX-Trigger"]
    client.force_login(olga)
    assert 'name="who"' not in client.get(f"/events/{ama.pk}/effect/").content.decode()
    assert client.post(path, {"who": "Ben"}).status_code == 403


def test_taking_part_in_content_makes_no_bond_with_its_host(ama, bob):
    content.take_part_by_conversations(ama, by=bob)
    derived.update()
    assert not Bond.objects.filter(events__gt=0).exists()


def test_a_member_of_a_check_in_is_not_counted_twice(bob):
    row = make_attendance(past("Open lab", 3))
    attending.check_in(row, by=bob, at=row.event.starts_at)
    assert figures(row.event, bob)["came"] == 1
