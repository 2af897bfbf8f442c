"""The demo's events, as if the team had planned each and people had answered in time.

Each comes about by the verbs. What is over was still to come when people answered to it, so it is
moved to its day after that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from events import answers, attendance_log, feedback, rsvp
from events.models import Answer, Attendance, Event, Feedback, Part
from events.series import BY_WEEKDAY, Repeat
from events.verbs import adding, attending, content, editing, linking, series
from inbox.models import Source
from members import derived, email_identity
from members.models import Activity, Identity, Member, Stage, Tag
from team.models import User

from . import event_words as words
from .apply import conversation_called, member_called
from .event_words import EMAILS, ZONE, PlannedEvent

Users = dict[str, User]
Sources = dict[str, Source]
SATURDAY, TUESDAY = 5, 1
PLANNED = timedelta(days=30)  # before an event, when it was published and the first answered


def plan_all(sources: Sources, users: Users) -> None:
    give_addresses(sources)
    others = nobody_in_particular(_known(sources, words.NAMED))
    summer_workshop(sources, users, summer := _some(others, words.SUMMER_OTHERS))
    autumn_meet_up(sources, users, summer, others)
    repair_evenings(sources, users, others)
    next_meet_up(sources, users, others)
    stream(sources, users, others)
    ask_us_anything(sources, users)
    _planned(words.SPRING, users, _day(words.SPRING_AHEAD, SATURDAY), is_draft=True)
    derived.update()


def give_addresses(sources: Sources) -> None:
    Identity.objects.bulk_create(
        Identity(
            member=member_called(sources[site], handle),
            network=email_identity.NETWORK,
            external_id=address,
            email=address,
        )
        for site, handle, address in EMAILS
    )


def nobody_in_particular(named: Sequence[Member]) -> Iterator[Member]:
    """Whom nobody has written anything down about, those who are here longest first; each name
    once, since the same person may have accounts on several sites."""
    plain = Member.objects.filter(
        user=None, owner=None, is_bot=False, do_not_contact=False, tagged=None, stage_pinned=False
    )
    plain = plain.exclude(identities=None).exclude(stage=Stage.CHAMPION)
    names = {member.name for member in named}
    for member in plain.exclude(first_seen=None).order_by("first_seen", "pk")[:200]:
        if member.name not in names:
            names.add(member.name)
            yield member


# Those that are over ------------------------------------------------------------------------------


def summer_workshop(sources: Sources, users: Users, others: Sequence[Member]) -> None:
    event = _planned(words.SUMMER, users, _day(-words.SUMMER_AGO, SATURDAY))
    came = [*_known(sources, words.SUMMER_CAME), *others]
    adding.add_people(event, came, by=users[words.SUMMER.host])


def autumn_meet_up(
    sources: Sources, users: Users, summer: Sequence[Member], others: Iterator[Member]
) -> None:
    """Half of those who did not come had said that they would; one came without."""
    by = users[words.AUTUMN.host]
    event = _planned(words.AUTUMN, users, timezone.now().date() + timedelta(days=1))
    back, new = _known(sources, words.AUTUMN_BACK), _known(sources, words.AUTUMN_NEW)
    came = [*back, *summer[: words.AUTUMN_ALL_BACK - len(back)], *new]
    came += _some(others, words.AUTUMN_OTHERS_NEW)
    absent = _known(sources, words.AUTUMN_NO_SHOWS) + _some(others, words.AUTUMN_OTHERS_NO_SHOW)
    for member in (*came, *absent):
        attending.answer(event, member, Answer.GOING, by=by)
    for member in _known(sources, words.AUTUMN_DECLINED):
        attending.answer(event, member, Answer.DECLINED, by=by)
    answered = Attendance.objects.filter(event=event)
    for row in answered.filter(member__in=_known(sources, words.AUTUMN_SPEAKERS)):
        attending.set_role(row, Part.SPEAKER, by=by)
    _move_back(event, words.AUTUMN_AGO)
    event.refresh_from_db()
    for number, row in enumerate(answered.filter(member__in=came).order_by("pk")):
        at = event.starts_at + timedelta(minutes=4 * number - 10)
        attending.check_in(row, by=users[words.AUTUMN.co_host], at=at)
    _give_feedback(event, answered.filter(member__in=came).order_by("pk"))
    walked_in = Member.objects.get(name=words.AUTUMN_WALK_IN, identities=None)
    adding.add_people(event, [walked_in], by=by)
    attendance_log.write_no_shows(event, answered.filter(member__in=absent))


def _give_feedback(event: Event, came: QuerySet[Attendance]) -> None:
    """By some of those who came, on the two days after; every other one without their name."""
    for number, (row, said) in enumerate(zip(came, words.AUTUMN_FEEDBACK, strict=False)):
        given = feedback.give(row, *said, anonymous=number % 2 == 1)
        if given and given.at:
            at = event.ends_at + timedelta(hours=14 + 5 * number)
            Feedback.objects.filter(pk=given.pk).update(at=at)
            Activity.objects.filter(key=f"feedback:{given.pk}").update(occurred_at=at)


def repair_evenings(sources: Sources, users: Users, others: Iterator[Member]) -> None:
    by = users[words.EVENING.host]
    first = _second_tuesday(timezone.now().date() - timedelta(days=31 * words.EVENINGS_BACK))
    event = _planned(words.EVENING, users, first)
    series.begin(event, Repeat(BY_WEEKDAY), by=by)
    regulars = _known(sources, words.EVENING_REGULARS)
    dates = Event.objects.present().filter(uid=event.uid).soonest_first()
    now = timezone.now()
    for each in dates.filter(ends_at__lt=now):
        came = [*regulars, *_some(others, words.EVENING_OTHERS)]
        adding.add_people(each, came, by=by)
    following = dates.filter(starts_at__gt=now).first()
    if following:
        going = [*regulars, *_some(others, words.EVENING_GOING - len(regulars))]
        adding.add_people(following, going, by=by)


def ask_us_anything(sources: Sources, users: Users) -> None:
    """Its people are who wrote in the conversations about it."""
    event = _planned(words.AMA, users, timezone.now().date() - timedelta(days=words.AMA_AGO))
    _link(event, words.AMA, sources, users)
    content.take_part_by_conversations(event, by=users[words.AMA.host])


# Those to come ------------------------------------------------------------------------------------


def next_meet_up(sources: Sources, users: Users, others: Iterator[Member]) -> None:
    """Every seat is taken, and some wait: the last two by the public page."""
    by = users[words.BERLIN.host]
    event = _planned(words.BERLIN, users, _day(words.BERLIN_AHEAD, SATURDAY))
    _link(event, words.BERLIN, sources, users)
    for site, handle, role in words.BERLIN_ROLES:
        member = member_called(sources[site], handle)
        attending.answer(event, member, Answer.GOING, by=by, role=role)
    for member in _known(sources, words.BERLIN_GOING):
        attending.answer(event, member, Answer.GOING, by=by, guests=1)
    for wanted, people in (
        (Answer.MAYBE, words.BERLIN_MAYBE), (Answer.DECLINED, words.BERLIN_DECLINED)
    ):  # fmt: skip
        for member in _known(sources, people):
            attending.answer(event, member, wanted, by=by)
    assert event.capacity
    while left := event.capacity - answers.taken(event.pk):
        guests = 1 if left % 3 == 0 else 0
        attending.answer(event, next(others), Answer.GOING, by=by, guests=guests)
    for member in _some(others, words.BERLIN_WAITING):
        attending.answer(event, member, Answer.GOING, by=by)
    for name, address in words.BERLIN_STRANGERS:
        asked = rsvp.ask(event, rsvp.Said(name, address, Answer.GOING))
        rsvp.confirm(rsvp.token_of(asked))
    _answered_since(event, timezone.now() - timedelta(days=9))


def stream(sources: Sources, users: Users, others: Iterator[Member]) -> None:
    by = users[words.STREAM.host]
    day = timezone.now().date() + timedelta(days=words.STREAM_AHEAD)
    event = _planned(words.STREAM, users, day)
    _link(event, words.STREAM, sources, users)
    adding.add_people(event, _some(others, words.STREAM_OTHERS), by=by)
    adding.add_people(event, _some(others, words.STREAM_MAYBE), by=by, wanted=Answer.MAYBE)
    _answered_since(event, timezone.now() - timedelta(days=4))


# Below --------------------------------------------------------------------------------------------


def _planned(planned: PlannedEvent, users: Users, day: date, *, is_draft: bool = False) -> Event:
    starts_at = datetime.combine(day, time(planned.hour), ZoneInfo(ZONE))
    fields: dict[str, Any] = {
        "title": planned.title,
        "purpose": planned.purpose,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=planned.minutes),
        "timezone": ZONE,
        **planned.fields,
    }
    by = users[planned.host]
    made = editing.create(
        by=by,
        tags=[Tag.named(name).pk for name in planned.tags],
        co_hosts=[users[planned.co_host].pk] if planned.co_host else [],
        **fields,
    )
    event = Event.objects.get(pk=made.actions[0].object_id)
    if not is_draft:
        editing.publish(event, by=by)
        at = min(timezone.now() - timedelta(days=10), starts_at - PLANNED)
        _since(event, at)
    return event


def _since(event: Event, at: datetime) -> None:
    """It was made and published then."""
    rows = Event.objects.filter(pk=event.pk)
    rows.update(created_at=at, published_at=at, changed_at=at)
    event.refresh_from_db()


def _move_back(event: Event, days: int) -> None:
    """To the Saturday about so many days ago, with what was answered before it."""
    day = _day(-days, SATURDAY)
    begins = datetime.combine(day, event.starts_at.astimezone(ZoneInfo(ZONE)).time())
    starts_at = begins.replace(tzinfo=ZoneInfo(ZONE))
    ends_at = starts_at + (event.ends_at - event.starts_at)
    Event.objects.filter(pk=event.pk).update(starts_at=starts_at, ends_at=ends_at)
    _since(event, starts_at - PLANNED)
    _answered_since(event, starts_at - timedelta(days=25))


def _answered_since(event: Event, at: datetime) -> None:
    """One after the other, from then to about a day before it or before now."""
    rows = list(Attendance.objects.filter(event=event, checked_in_at=None).order_by("pk"))
    last = min(event.starts_at, timezone.now()) - timedelta(days=1)
    step = (last - at) / max(len(rows), 1)
    for number, row in enumerate(rows):
        row.created_at = row.answered_at = at + number * step
        row.waiting_since = row.waiting_since and row.answered_at
    Attendance.objects.bulk_update(rows, ["created_at", "answered_at", "waiting_since"])
    attendance_log.write(event, rows)


def _link(event: Event, planned: PlannedEvent, sources: Sources, users: Users) -> None:
    for begins in planned.linked:
        conversation = conversation_called(sources["forum"], begins)
        linking.link(event, f"conversation:{conversation.pk}", by=users[planned.host])


def _known(sources: Sources, people: words.People) -> list[Member]:
    return [member_called(sources[site], handle) for site, handle in people]


def _some(others: Iterator[Member], number: int) -> list[Member]:
    return [next(others) for _each in range(number)]


def _day(days: int, weekday: int) -> date:
    """The day of the week that is next to so many days from today."""
    day = timezone.now().date() + timedelta(days=days)
    return day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)


def _second_tuesday(day: date) -> date:
    """Of the month of a day."""
    first = day.replace(day=1)
    return first + timedelta(days=(TUESDAY - first.weekday()) % 7 + 7)
