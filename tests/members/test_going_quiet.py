"""Who goes quiet, who came back, and with whom to keep in touch: on Today, each to their own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members import going_quiet, keep_in_touch, occasion_verbs
from members.follow_up_verbs import NotPossible
from members.models import Bond, FollowUp, Member, MemberTag, Rhythm, Sighting, Tag
from team import actions
from tests.make import make_identity, make_line, make_member, make_source


def day(ago):
    return timezone.localdate() - timedelta(days=ago)


def quiet(name, ago=31, owner=None, **fields):
    member = make_member(name, owner=owner, last_seen=timezone.now() - timedelta(days=ago))
    values = {"active_days": 9, "median_gap": 6.0, "last_active_on": day(ago)}
    Rhythm.objects.create(member=member, quiet_since=day(ago), **{**values, **fields})
    return member


def knows(user, member, score, scope=""):
    Bond.objects.create(
        user=user, member=member, score=score, scope=scope, last_at=timezone.now(), exchanges=1
    )


def names(rows):
    return [row.member.name for row in rows]


def touch(name="Halla", last=40, **fields):
    """Who wrote, and whom nobody has written since."""
    member = make_member(name, **fields)
    make_line(member, "Hello", occurred_at=timezone.now() - timedelta(days=last))
    return member


def test_mine_are_those_i_own_then_those_i_know_best(bob, lena):
    quiet("Own", owner=bob)
    best, other = quiet("Best"), quiet("Other")
    quiet("Lena’s", owner=lena)
    quiet("Bot").delete()
    knows(bob, best, 10)
    knows(lena, best, 3)
    knows(bob, other, 3)
    knows(lena, other, 10)
    rows = going_quiet.QUIET.find(bob, False, 20)
    assert names(rows) == ["Own", "Best"]
    assert rows[0].what == "writes about every 6 days; quiet for 31"
    assert rows[0].note == "visitor · yours"
    assert names(going_quiet.QUIET.find(bob, True, 20))[:3] == ["Own", "Best", "Other"]
    assert len(going_quiet.QUIET.find(bob, True, 20)) == 4


def test_what_was_done_about_it_holds_until_they_go_quiet_again(bob):
    member = quiet("Arjun", owner=bob)
    changes = occasion_verbs.settle(going_quiet.QUIET.of(member, bob), "dropped", by=bob)
    assert going_quiet.QUIET.find(bob, False, 20) == []
    actions.undo(changes.group, by=bob)
    occasion_verbs.take(going_quiet.QUIET.of(member, bob), by=bob)
    assert "quiet since" in FollowUp.objects.get().text
    assert going_quiet.QUIET.find(bob, False, 20) == []
    Rhythm.objects.update(quiet_since=day(20))
    assert names(going_quiet.QUIET.find(bob, False, 20)) == ["Arjun"]


def test_who_came_back_is_shown_for_two_weeks(bob):
    quiet("Back", owner=bob, came_back_on=day(3))
    quiet("Back long ago", owner=bob, came_back_on=day(15))
    Rhythm.objects.update(quiet_since=None)
    assert names(going_quiet.CAME_BACK.find(bob, False, 20)) == ["Back"]


def test_nobody_seen_in_a_hidden_source_is_listed(bob, lena):
    secret = make_source(restricted=True)
    member = quiet("Half hidden", owner=bob)
    now = timezone.now()
    Sighting.objects.create(
        identity=make_identity(member), scope=secret.scope, first_seen=now, last_seen=now
    )
    assert going_quiet.QUIET.find(bob, False, 20) == []
    assert names(going_quiet.QUIET.find(lena, True, 20)) == ["Half hidden"]


def test_a_contact_in_either_direction_resets_the_cadence(bob):
    member = touch(owner=bob, last=40)
    keep_in_touch.set_cadence(member, 30, by=bob)
    rows = keep_in_touch.KEEP_IN_TOUCH.find(bob, False, 20)
    assert names(rows) == ["Halla"]
    assert rows[0].what.startswith("every 30 days; last on ")
    assert rows[0].what.endswith("by them")
    make_line(member, "Hi!", kind="reply", actor_id=bob.pk)
    assert keep_in_touch.KEEP_IN_TOUCH.find(bob, False, 20) == []
    long_ago = timezone.now() - timedelta(days=50)
    Member.objects.filter(pk=member.pk).update(last_contact_at=long_ago, last_seen=long_ago)
    assert names(keep_in_touch.KEEP_IN_TOUCH.find(bob, False, 20)) == ["Halla"]
    make_line(member, "A note", kind="note", actor_id=bob.pk)
    assert names(keep_in_touch.KEEP_IN_TOUCH.find(bob, False, 20)) == ["Halla"]


def test_a_members_own_cadence_wins_over_that_of_a_tag(bob, lena):
    own, tagged = touch("Own", owner=bob), touch("Tagged", owner=bob)
    tag = Tag.objects.create(name="Educators", cadence_days=30)
    for member in (own, tagged, touch("Lena’s", owner=lena)):
        MemberTag.objects.create(member=member, tag=tag)
    keep_in_touch.set_cadence(own, 60, by=bob)
    assert names(keep_in_touch.KEEP_IN_TOUCH.find(bob, False, 20)) == ["Tagged"]
    assert len(keep_in_touch.KEEP_IN_TOUCH.find(bob, True, 20)) == 2
    assert keep_in_touch.cadence_of(own) == (60, "")
    assert keep_in_touch.cadence_of(tagged) == (30, "Educators")


def test_keeping_in_touch_is_put_off_skipped_and_given_away(client, bob, lena):
    client.force_login(bob)
    member = touch(owner=bob)
    keep_in_touch.set_cadence(member, 30, by=bob)
    address = f"/members/{member.pk}/occasions/keep-in-touch/"
    client.post(address, {"step": "later", "due_on": day(-3)})
    assert keep_in_touch.KEEP_IN_TOUCH.find(bob, False, 20) == []
    put_off = Rhythm.objects.get(pk=member.pk)
    assert put_off.contact_due_on == day(-3)
    Rhythm.objects.update(contact_due_on=day(0))
    client.post(address, {"step": "done"})
    assert Rhythm.objects.get(pk=member.pk).contact_due_on == day(-30)
    Rhythm.objects.update(contact_due_on=None)
    client.post(address, {"step": "give", "user": lena.pk})
    assert names(keep_in_touch.KEEP_IN_TOUCH.find(lena, False, 20)) == ["Halla"]
    assert not FollowUp.objects.exists()


def test_a_cadence_of_no_days_is_refused_in_words_and_undone_otherwise(client, bob):
    client.force_login(bob)
    member = touch(owner=bob)
    answer = client.post(f"/members/{member.pk}/cadence/", {"cadence_days": "0"})
    assert answer.status_code == 422
    assert "Once in 0 days is not possible" in answer.content.decode()
    tag = Tag.objects.create(name="Educators")
    data = {"name": "Educators", "colour": 1, "cadence_days": "0"}
    assert "Once in 0 days" in client.post(f"/tags/{tag.pk}/", data).content.decode()
    client.post(f"/tags/{tag.pk}/", {**data, "cadence_days": "90"})
    assert Tag.objects.get().cadence_days == 90
    with pytest.raises(NotPossible, match="at most"):
        keep_in_touch.set_cadence(member, 5000, by=bob)
    changes = keep_in_touch.set_cadence(member, 45, by=bob)
    assert actions.undo(changes.group, by=bob) == 1
    assert Rhythm.objects.get(pk=member.pk).cadence_days is None


def test_a_cadence_counts_what_the_reader_knows_of_and_nobody_is_listed_twice(client, bob, lena):
    open_place, secret = make_source(), make_source(restricted=True)
    tag, now = Tag.objects.create(name="Educators", cadence_days=30), timezone.now()

    def seen(name, **places):
        last = now - timedelta(days=min(places.values()))
        member = make_member(name, last_seen=last)
        MemberTag.objects.create(member=member, tag=tag)
        account = make_identity(member)
        for place, ago in places.items():
            scope, at = {"here": open_place, "there": secret}[place].scope, timedelta(days=ago)
            Sighting.objects.create(
                identity=account, scope=scope, first_seen=now - at, last_seen=now - at
            )

    seen("Here", here=40)
    seen("Lately there", here=50, there=2)
    seen("Only there", there=60)
    seen("Lately here", here=3, there=70)
    assert names(keep_in_touch.KEEP_IN_TOUCH.find(bob, True, 20)) == ["Lately there", "Here"]
    assert names(keep_in_touch.KEEP_IN_TOUCH.find(lena, True, 20)) == ["Only there", "Here"]
    for reader, expected in ((bob, ["Lately there", "Here"]), (lena, ["Only there", "Here"])):
        client.force_login(reader)
        sections = client.get("/today/?whose=team").context["sections"]
        found = {each.section.slug: names(each.rows) for each in sections if each.rows}
        assert found["keep-in-touch"] == expected
