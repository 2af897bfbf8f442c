"""A member's history: grouped by day and conversation, narrowed, counted, printed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from inbox.ingest import joining
from members import follow_up_verbs, log, stage_words
from members import verbs as member_verbs
from members.models import Activity, Member, Rhythm, Visibility
from members.timeline import LINES
from team.models import Hub
from tests.make import (
    make_conversation,
    make_identity,
    make_line,
    make_member,
    make_message,
    make_source,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def ines(db):
    return make_member("Ines Wolff")


def said(member, talk, number, *, at=NOON, **fields):
    """A line of a message in a conversation."""
    link = f"/conversations/{talk.pk}/#message-{number}"
    fields = {"scope": talk.source.scope, "key": f"message:{number}", "link": link, **fields}
    make_line(member, fields.pop("summary", f"word {number}"), occurred_at=at, **fields)


def story_of(client, who, member, **query):
    client.force_login(who)
    answer = client.get(f"/members/{member.pk}/", query)
    assert answer.status_code == 200
    return answer.context["story"]


def shown(story) -> list[str]:
    return [line.summary for line in story.page.rows]


def test_forty_messages_of_a_day_in_one_conversation_are_one_entry(client, olga, ines):
    talk, other = make_conversation(subject="Clock drifts"), make_conversation(subject="Other")
    for number in range(1, 41):
        said(ines, talk, number, at=NOON + timedelta(minutes=number))
    said(ines, other, 99, at=NOON + timedelta(minutes=20))
    (day,) = story_of(client, olga, ines).days
    assert [len(entry.lines) for entry in day.entries] == [40, 1]
    assert [entry.title for entry in day.entries] == ["Clock drifts", "Other"]


def test_days_are_the_hubs(client, olga, ines):
    Hub.objects.create(name="Polyphon", timezone="Asia/Tokyo")
    talk = make_conversation()
    said(ines, talk, 1, at=datetime(2026, 11, 20, 14, 59, tzinfo=UTC))
    said(ines, talk, 2, at=datetime(2026, 11, 20, 15, 1, tzinfo=UTC))
    days = story_of(client, olga, ines).days
    assert [(day.date.day, len(day.entries)) for day in days] == [(21, 1), (20, 1)]


def test_a_conversation_that_a_pages_end_cuts_goes_on_on_the_next(client, olga, ines):
    talk = make_conversation(subject="Long")
    for number in range(LINES + 5):
        said(ines, talk, number + 1, at=NOON - timedelta(minutes=number))
    first = story_of(client, olga, ines)
    (entry,) = first.days[0].entries
    assert (len(entry.lines), entry.continues, entry.is_continued) == (LINES, True, False)
    then = story_of(client, olga, ines, before=first.page.older)
    (day,) = then.days
    (entry,) = day.entries
    assert (len(entry.lines), entry.continues, entry.is_continued) == (5, False, True)
    assert day.is_continued


def test_a_promise_made_in_a_conversation_stands_by_itself(client, olga, ines):
    talk = make_conversation()
    said(ines, talk, 1)
    said(ines, talk, 2, key="follow-up:1", kind="promise", at=NOON + timedelta(minutes=1))
    (day,) = story_of(client, olga, ines).days
    assert [len(entry.lines) for entry in day.entries] == [1, 1]


def test_filters_narrow_and_combine(client, lena, bob, ines):
    forum, social = make_source(name="Forum"), make_source(name="Social")
    here, there = make_conversation(forum), make_conversation(social)
    one, two = make_identity(ines, handle="one"), make_identity(ines, handle="two")
    said(ines, here, 1, summary="clock drifts", identity_id=one.pk)
    said(ines, there, 2, summary="clock stops", identity_id=two.pk)
    said(ines, here, 3, summary="thank you", kind="reply", key="reply:3", actor_id=bob.pk)
    said(ines, here, 4, summary="100% sure", at=NOON - timedelta(days=400))
    member_verbs.add_note(ines, "likes clocks", by=bob)

    def found(**query):
        return shown(story_of(client, lena, ines, **query))

    assert found(kind="words") == ["clock stops", "clock drifts", "100% sure"]
    assert found(kind=["replies", "notes"]) == ["likes clocks", "thank you"]
    assert found(source=social.scope) == ["clock stops"]
    assert found(person=f"us-{bob.pk}") == ["likes clocks", "thank you"]
    assert found(person=f"account-{one.pk}") == ["clock drifts"]
    assert found(text="CLOCK -") == []
    assert found(text='"clock dr"') == ["clock drifts"]
    assert found(text="100%") == ["100% sure"]
    assert found(text="_") == []
    assert found(when="2025") == ["100% sure"]
    assert found(
        when="oct 2026 to 20 nov 2026", text="clock", kind="words", source=forum.scope
    ) == ["clock drifts"]
    assert found(when="<1d") == ["likes clocks"]
    assert len(found(kind="nonsense", person="us-x", before="x", until="y")) == 5


def test_each_filter_that_is_on_can_be_removed_alone(client, lena, ines):
    said(ines, make_conversation(make_source(name="Forum")), 1)
    query = {"text": "word", "when": "2026", "kind": "words"}
    story = story_of(client, lena, ines, **query)
    assert {each.label: each.address for each in story.removable} == {
        "Text": "?kind=words&when=2026",
        "Period": "?kind=words&text=word",
    }
    assert story.all_kinds == "?when=2026&text=word"
    assert story_of(client, lena, ines, when="2026").before_the_period.startswith("?before=2026-01")


def test_a_period_that_nobody_understands_is_explained(client, olga, ines):
    make_line(ines)
    client.force_login(olga)
    for when, words in (("soonish", "is not a date"), ("2026 to 2025", "ends before it begins")):
        answer = client.get(f"/members/{ines.pk}/", {"when": when})
        assert words in answer.content.decode()
        assert not answer.context["story"].page.rows


def test_what_a_reader_may_not_see_is_in_no_count_and_no_choice(client, ines, alice, bob, carol):
    open_one, closed = make_source(name="Forum"), make_source(name="Boardroom", restricted=True)
    said(ines, make_conversation(open_one), 1)
    said(ines, make_conversation(closed), 2, at=NOON - timedelta(days=90))
    member_verbs.add_note(ines, "psst", by=alice, visibility="author")
    story = story_of(client, bob, ines)
    assert story.chart.total == 1
    assert [name for _scope, name in story.offered.sources] == ["Forum"]
    assert story.offered.teammates == []
    assert story.offered.kinds == ["message"]
    for query in ({"source": closed.scope}, {"person": f"us-{alice.pk}"}, {"text": "psst"}):
        hidden = story_of(client, bob, ines, **query)
        assert (shown(hidden), hidden.chart.total) == ([], 0)
        assert "Boardroom" not in str(hidden.removable)
        assert alice.name not in str(hidden.removable)
    seen = story_of(client, alice, ines)
    assert seen.chart.total == 3
    assert len(seen.offered.sources) == 2


def test_the_chart_counts_what_the_filters_leave_and_leads_there(client, olga, ines):
    talk = make_conversation()
    for number, at in enumerate(
        (NOON, NOON, NOON - timedelta(days=62), NOON - timedelta(days=400))
    ):
        said(ines, talk, number + 1, at=at, summary="odd" if number % 2 else "even")
    chart = story_of(client, olga, ines).chart
    assert [(year.year, year.count) for year in chart.years] == [(2025, 1), (2026, 3)]
    bars = [(bar.label, bar.address) for bar in chart.years[1].bars]
    assert bars == [
        ("September 2026: 1 entry", "?when=2026-09"),
        ("November 2026: 2 entries", "?when=2026-11"),
    ]
    story = story_of(client, olga, ines, when="2026-11", text="even")
    assert [(bar.count, bar.is_on) for bar in story.chart.years[-1].bars] == [(1, False), (1, True)]
    assert story.chart.years[-1].bars[0].address == "?text=even&when=2026-09"
    assert shown(story) == ["even"]


def test_of_many_years_a_bar_is_a_quarter_and_its_address_finds_it(client, olga, ines):
    talk = make_conversation()
    for year in range(2008, 2027):
        said(ines, talk, year, at=datetime(year, 5, 2, 12, tzinfo=UTC))
    chart = story_of(client, olga, ines).chart
    assert [year.year for year in chart.years] == list(range(2015, 2027))
    (bar,) = chart.years[0].bars
    assert bar.label == "April to June 2015: 1 entry"
    assert shown(story_of(client, olga, ines, when="2015-04 to 2015-06")) == ["word 2015"]


def test_conversations_that_were_joined_are_one_in_the_history(client, olga, ines):
    source, identity = make_source(), make_identity(ines)
    first, second = make_conversation(source), make_conversation(source)
    for talk in (first, second):
        for _ in range(2):
            row = make_message(talk, author=identity, sent_at=NOON)
            said(ines, talk, row.pk)
    make_line(ines, "By 1 May: look", kind="promise", link=second.get_absolute_url(), scope="")
    joining.join(source, [first.pk, second.pk])
    days = story_of(client, olga, ines, kind="words").days
    assert [len(entry.lines) for day in days for entry in day.entries] == [4]
    kept = first if type(first).objects.filter(pk=first.pk).exists() else second
    assert not Activity.objects.exclude(link__startswith=kept.get_absolute_url()).exists()


def test_words_deleted_upstream_are_told_as_deleted_in_their_group(client, olga, ines):
    talk = make_conversation(subject="Clock")
    for number in (1, 2):
        said(ines, talk, number)
    log.say_deleted(["message:1"])
    (day,) = story_of(client, olga, ines, kind="words").days
    (entry,) = day.entries
    assert [line.kind for line in entry.lines] == ["message", "deleted"]
    assert "word 1" not in client.get(f"/members/{ines.pk}/").content.decode()


def test_print_has_all_that_the_filters_leave_unfolded(client, olga, ines):
    talk = make_conversation(subject="Clock")
    for number in range(LINES + 20):
        said(ines, talk, number + 1, at=NOON - timedelta(minutes=number))
    client.force_login(olga)
    text = client.get(f"/members/{ines.pk}/", {"print": "1", "text": "word"}).content.decode()
    assert text.count("/#message-") == LINES + 20
    assert "<details open" in text
    assert "Text: word" in text


def test_contact_is_told_in_either_direction_and_by_whom(client, olga, bob, ines):
    talk = make_conversation()
    said(ines, talk, 1, at=NOON - timedelta(days=9))
    said(ines, talk, 2, at=NOON, kind="reply", key="reply:2", actor_id=bob.pk)
    member_verbs.add_note(ines, "not a contact", by=bob)
    client.force_login(olga)
    glance = client.get(f"/members/{ines.pk}/").context["profile"].glance
    assert (glance.last_contact.at, glance.last_contact.words) == (
        NOON,
        f"{bob.first_name} answered",
    )
    assert glance.other_contact.words == "they wrote"
    assert glance.first_contact == NOON - timedelta(days=9)


def test_a_credit_is_no_contact(client, olga, bob, ines):
    make_line(ines, "Answered “Tuning”", kind="credit", actor_id=bob.pk, occurred_at=NOON)
    client.force_login(olga)
    address = f"/members/{ines.pk}/"
    assert client.get(address).context["profile"].glance.last_contact is None
    said(ines, make_conversation(), 1, at=NOON)
    make_line(ines, "Answered “Noise”", kind="credit", actor_id=bob.pk, occurred_at=NOON)
    glance = client.get(address).context["profile"].glance
    assert (glance.last_contact.words, glance.first_contact) == ("they wrote", NOON)


def test_a_private_call_is_no_contact_for_those_who_may_not_read_it(client, olga, bob, ines):
    make_line(ines, "psst", kind="call", actor_id=bob.pk, visibility=Visibility.AUTHOR)
    client.force_login(olga)
    assert client.get(f"/members/{ines.pk}/").context["profile"].glance.last_contact is None
    client.force_login(bob)
    last = client.get(f"/members/{ines.pk}/").context["profile"].glance.last_contact
    assert last.words == f"call by {bob.first_name}"


def test_the_stage_says_since_when_and_why(client, olga, lena, ines):
    said = stage_words.summary(ines.stage, "10th activity")
    make_line(ines, said, kind="stage", key="stage:1", occurred_at=NOON)
    client.force_login(olga)
    path = f"/members/{ines.pk}/"
    assert client.get(path).context["profile"].glance.stage_why == "10th activity"
    Member.objects.update(stage="contributor")  # by a change that is hidden from this reader
    assert client.get(path).context["profile"].glance.stage_line is None
    member_verbs.set_stage(ines, "champion", by=lena)
    assert client.get(path).context["profile"].glance.stage_why == f"set by {lena}"


def test_the_rhythm_stands_at_the_top_and_beside_a_conversation(client, olga, ines):
    today = timezone.localdate()
    Rhythm.objects.create(
        member=ines, active_days=12, median_gap=6, last_active_on=today - timedelta(days=31),
        quiet_since=today - timedelta(days=31),
    )  # fmt: skip
    talk = make_conversation()
    make_message(talk, author=make_identity(ines))
    client.force_login(olga)
    for path in (f"/members/{ines.pk}/", f"/conversations/{talk.pk}/"):
        text = client.get(path).content.decode()
        assert "writes about every 6 days; quiet for 31" in text
        assert "going-quiet" in text


def test_a_timezone_that_no_longer_exists_is_said(client, olga, ines):
    ines.timezone = "Mars/Olympus"
    ines.save()
    client.force_login(olga)
    text = " ".join(client.get(f"/members/{ines.pk}/").content.decode().split())
    assert "Timezone “Mars/Olympus” no longer exists." in text


def test_five_thousand_lines_and_filters_cost_as_many_queries_as_five(
    client, lena, bob, ines, django_assert_max_num_queries
):
    one, two = make_source(), make_source(restricted=True)
    talks = [make_conversation(one), make_conversation(two)]
    for number in range(5):
        said(ines, talks[number % 2], number + 1, at=NOON - timedelta(days=number))
    member_verbs.add_note(ines, "a note", by=bob)
    Rhythm.objects.create(member=ines, active_days=5, median_gap=3, last_active_on=NOON.date())
    today = timezone.now().date()
    follow_up_verbs.plan(ines, "Ask", today + timedelta(days=9), by=bob, owner=bob)
    client.force_login(lena)
    path, counts = f"/members/{ines.pk}/", []
    queries = ({}, {"kind": "words", "text": "word", "when": "2026"})
    for many in (0, 5000):
        log.log_many(
            log.Line(
                member_id=ines.pk, kind=log.ActivityKind.MESSAGE, summary=f"word {number}",
                key=f"more:{number}", scope=one.scope, occurred_at=NOON - timedelta(hours=number),
                link=f"/conversations/{talks[0].pk}/#message-{number}",
            )
            for number in range(many)
        )  # fmt: skip
        for query in queries:
            with django_assert_max_num_queries(12) as captured:
                story = client.get(path, query).context["story"]
            counts.append(len(captured))
    assert len(story.page.rows) == LINES
    older = {**queries[1], "before": story.page.older}
    headers = {"HX-Request": "true", "HX-Target": "timeline-more"}
    with django_assert_max_num_queries(5):
        client.get(path, older, headers=headers)
    assert counts[:2] == counts[2:]


def test_the_print_view_keeps_the_filters(client, bob, ines):
    make_line(ines, "Hello", key="message:1", occurred_at=NOON)
    client.force_login(bob)
    page = client.get(f"/members/{ines.pk}/?kind=words&when=2026").content.decode()
    assert (
        f'href="/members/{ines.pk}/?kind=words&amp;when=2026&amp;print=1" id="print-member"' in page
    )
