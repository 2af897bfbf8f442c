"""What the views of the inbox hold, in which order, and how far they count."""

from datetime import timedelta

from django.utils import timezone

from inbox.models import Draft, ReadMark, Source
from inbox.pages import folder_counts, folders
from inbox.pages.rows import is_unread
from inbox.verbs import triage
from members import follow_up_verbs
from members.models import FollowUp
from team.models import Grant
from tests.make import (
    make_conversation,
    make_identity,
    make_message,
    make_reply,
    make_source,
    one_line,
)


def waiting(hours: float, **fields):
    source = fields.pop("source", None)
    conversation = make_conversation(source, **fields)
    make_message(conversation, sent_at=timezone.now() - timedelta(hours=hours))
    return conversation


def rows(slug, user, **asked):
    return [row.pk for row in folders.FOLDERS[slug].page(user, **asked).rows]


def test_needs_reply_lists_who_waits_longest_first(bob):
    new, old = waiting(1), waiting(50)
    answered = waiting(70)
    make_reply(answered, by=bob)
    assert rows("needs-reply", bob) == [old.pk, new.pk]


def test_mine_and_unassigned_split_what_needs_a_reply(bob, lena):
    mine, theirs, effectively_unassigned = waiting(3), waiting(2), waiting(1)
    triage.assign([mine], bob, by=lena)
    triage.assign([theirs], lena, by=lena)
    assert rows("mine", bob) == [mine.pk]
    assert rows("unassigned", bob) == [effectively_unassigned.pk]


def test_mine_shows_what_is_assigned_and_does_not_wait_below_a_line(bob):
    answered = waiting(5)
    triage.assign([answered], bob, by=bob)
    make_reply(answered, by=bob)
    page = folders.MINE.page(bob)
    assert page.rows == []
    assert [row.pk for row in page.below or []] == [answered.pk]


def test_answered_is_open_and_the_team_spoke_last(bob):
    answered, asked_again, closed, waits = waiting(9), waiting(8), waiting(7), waiting(6)
    for talk in (answered, asked_again, closed):
        make_reply(talk, by=bob)
    make_message(asked_again, sent_at=timezone.now() + timedelta(seconds=1))
    triage.close([closed], by=bob, seen_up_to=closed.last_message_id)
    assert rows("answered", bob) == [answered.pk]
    assert rows("needs-reply", bob) == [waits.pk, asked_again.pk]


def test_drafts_are_ones_own_and_counted(bob, lena):
    talk, theirs, both = waiting(3), waiting(2), waiting(1)
    Draft.keep(bob, talk.pk, "reply", "Thank you, we")
    Draft.keep(lena, theirs.pk, "note", "Ask legal")
    for kind in ("reply", "note"):
        Draft.keep(bob, both.pk, kind, "Well")
    assert rows("drafts", bob) == [both.pk, talk.pk]
    assert rows("drafts", lena) == [theirs.pk]
    assert folder_counts.counts(bob, Source.objects.all())["drafts"] == 2
    Draft.keep(bob, talk.pk, "reply", "")
    assert rows("drafts", bob) == [both.pk]


def test_a_draft_in_a_source_that_was_restricted_since_is_not_listed(bob):
    source = make_source()
    talk = waiting(1, source=source)
    Draft.keep(bob, talk.pk, "reply", "Thank you")
    Source.objects.update(restricted=True)
    assert rows("drafts", bob) == []
    assert folder_counts.counts(bob, Source.objects.visible_to(bob)).get("drafts", 0) == 0


def test_context_alone_is_listed_under_everything_only(bob):
    talk = make_conversation()
    make_message(talk, mention_reason="")
    assert rows("needs-reply", bob) == []
    assert rows("everything", bob) == [talk.pk]
    assert rows("snoozed", bob) == rows("done", bob) == []


def test_pages_follow_each_other_without_gaps_or_repeats_when_times_are_equal(bob):
    moment = timezone.now() - timedelta(hours=2)
    source = make_source()
    for _number in range(7):
        make_message(make_conversation(source), sent_at=moment)
    for slug in ("needs-reply", "everything"):
        seen, after = [], ""
        for _page in range(4):
            page = folders.FOLDERS[slug].page(bob, after=after, size=2)
            seen += [row.pk for row in page.rows]
            after = page.more
        assert after == ""
        assert len(seen) == len(set(seen)) == 7


def test_a_cursor_that_cannot_be_read_starts_at_the_top(bob):
    talk = waiting(1)
    for cursor in ("nonsense", "_", "2026-01-01_x", "x_1"):
        assert rows("needs-reply", bob, after=cursor) == [talk.pk]


def test_counts_stop_at_a_hundred_in_one_query(bob, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(folder_counts, "CAP", 3)
    for hours in range(5):
        waiting(hours + 1)
    sources = list(Source.objects.all())
    with django_assert_num_queries(1):
        counted = folder_counts.counts(bob, sources)
    assert [counted[slug] for slug in ("needs-reply", "mine", "unassigned", "snoozed")] == [
        3,
        0,
        3,
        0,
    ]


def test_unread_is_this_users_own(bob, lena):
    talk = waiting(1)
    ReadMark.set(bob, talk.pk, talk.last_message_id)

    def unread(user):
        return is_unread(folders.NEEDS_REPLY.page(user).rows[0])

    assert not unread(bob)
    assert unread(lena)
    make_message(talk)
    assert unread(bob)


def test_what_was_never_opened_is_new_only_while_it_waits(bob):
    talk = waiting(1)
    make_reply(talk, by=bob)
    assert not is_unread(folders.EVERYTHING.page(bob).rows[0])


def test_a_restricted_source_is_in_no_folder_of_who_may_not_see_it(bob, lena):
    secret = make_source(restricted=True)
    talk = waiting(1, source=secret)
    assert rows("everything", bob) == []
    assert folder_counts.counts(bob, Source.objects.visible_to(bob))["needs-reply"] == 0
    assert folders.folder_named(f"source-{secret.pk}", bob) is folders.NEEDS_REPLY
    assert rows("everything", lena) == [talk.pk]


def test_the_next_one_after_the_last_is_the_first(bob):
    first, last = waiting(9), waiting(3)
    cursor = folders.NEEDS_REPLY.order.cursor_of(last)
    assert folders.NEEDS_REPLY.next_after(bob, cursor, last.pk) == first
    assert folders.NEEDS_REPLY.next_after(bob, "", first.pk) == last
    triage.close([last], by=bob, seen_up_to=last.last_message_id)
    assert folders.NEEDS_REPLY.next_after(bob, cursor, first.pk) is None


def test_snoozed_is_ordered_by_what_wakes_first_and_pages_exactly(bob) -> None:
    now = timezone.now()
    hours = [5, 1, 3, None, 2, None]
    talks = [waiting(1) for _ in hours]
    for talk, ahead in zip(talks, hours, strict=True):
        triage.snooze([talk], now + timedelta(hours=ahead) if ahead else None, by=bob)
    wanted = [talks[n].pk for n in (1, 4, 2, 0, 3, 5)]
    folder = folders.FOLDERS["snoozed"]
    seen, after = [], ""
    while True:
        page = folder.page(bob, after=after, size=2)
        seen += [row.pk for row in page.rows]
        after = page.more
        if not after:
            break
    assert seen == wanted


def test_a_source_lists_first_who_waits_as_its_number_counts(bob) -> None:
    source = make_source()
    context = make_conversation(source)
    make_message(context, mention_reason="")
    long, short = waiting(50, source=source), waiting(2, source=source)
    done = waiting(1, source=source)
    triage.close([done], by=bob, seen_up_to=done.last_message_id)
    folder = folders.of_source(source)
    page = folder.page(bob)
    assert [row.pk for row in page.rows] == [long.pk, short.pk, context.pk, done.pk]
    assert page.split == folder_counts.counts(bob, [source])[folder.slug] == 2


def test_the_pages_of_a_source_go_from_who_waits_to_the_others_without_gaps(bob) -> None:
    source = make_source()
    asked = [waiting(hours, source=source).pk for hours in (9, 8, 7, 6)]
    rest = []
    for hours in (1, 2, 3):
        talk = make_conversation(source)
        make_message(talk, mention_reason="", sent_at=timezone.now() - timedelta(hours=hours))
        rest.append(talk.pk)
    folder = folders.of_source(source)
    for size in (1, 2, 3, 4, 5, 20):
        seen, after = [], ""
        for _page in range(8):
            page = folder.page(bob, after=after, size=size)
            seen += [row.pk for row in page.rows]
            if page.split is not None:
                assert seen[-len(page.rows) + page.split] == rest[0]
            after = page.more
            if not after:
                break
        assert seen == asked + rest, size
    assert [row.pk for row in folder.page(bob, after="x_1").rows][:1] == asked[:1]


def test_after_done_in_a_source_the_next_one_that_waits_opens_then_the_others(bob) -> None:
    source = make_source()
    first, second = waiting(9, source=source), waiting(3, source=source)
    context = make_conversation(source)
    make_message(context, mention_reason="")
    folder = folders.of_source(source)
    for talk, following in ((first, second), (second, context)):
        talk.refresh_from_db()
        cursor = folder.cursor_of(talk)
        triage.close([talk], by=bob, seen_up_to=talk.last_message_id)
        assert folder.next_after(bob, cursor, talk.pk) == following


def test_today_counts_what_is_due_and_owed_by_the_reader_in_the_same_query(
    bob, lena, django_assert_num_queries
):
    today = timezone.localdate()
    source, secret = make_source(), make_source(restricted=True, granted=[bob])
    waiting(2, source=source, assignee=bob)
    waiting(1, source=source)
    ines = make_identity().member
    for owner, days, origin in (
        (bob, 0, ""),
        (bob, -3, ""),
        (bob, 2, ""),
        (lena, 0, ""),
        (bob, 0, secret.scope),
    ):
        row = follow_up_verbs.plan(
            ines, "Ask", today, by=owner, origin=follow_up_verbs.Origin(scope=origin)
        )
        due = today + timedelta(days=days)
        FollowUp.objects.filter(pk=row.actions[0].object_id).update(due_on=due)
    sources = list(Source.objects.visible_to(bob))
    with django_assert_num_queries(1):
        assert folder_counts.counts(bob, sources, due_by=today)["today"] == 4
    Grant.objects.all().delete()
    assert folder_counts.counts(bob, [source], due_by=today)["today"] == 3
    assert folder_counts.counts(bob, [], due_by=today)["today"] == 2


def test_the_navigation_says_how_much_waits_today(client, bob):
    client.force_login(bob)
    assert 'title="Due today or late' not in client.get("/members/").content.decode()
    ines = make_identity().member
    follow_up_verbs.plan(ines, "Ask", timezone.localdate(), by=bob)
    assert 'title="Due today or late, and replies you owe">1</span>' in one_line(
        client.get("/members/").content
    )
