"""A member's page: what each role reads, what it costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members import derived, follow_up_verbs, follow_ups
from members import verbs as member_verbs
from members.models import Tag
from members.timeline import LINES
from tests.make import (
    make_conversation,
    make_identity,
    make_line,
    make_member,
    make_message,
    make_source,
)


@pytest.fixture
def ines(db):
    now = timezone.now()
    member = make_member(
        "Ines Wolff", pronouns="she/her", place="Leipzig", first_seen=now, last_seen=now
    )
    make_identity(member, handle="ines", profile_url="https://forum.example/u/ines")
    return member


def page(client, who, path: str) -> str:
    client.force_login(who)
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_page_says_who_they_are(client, olga, ines):
    text = page(client, olga, f"/members/{ines.pk}/")
    for words in ("Ines Wolff", "she/her", "Leipzig", "@ines", "Member since"):
        assert words in text
    assert 'rel="noopener nofollow"' in text


def test_who_has_no_account_has_a_sentence_instead_of_a_list(client, olga):
    text = page(client, olga, f"/members/{make_member('Jo Park').pk}/")
    assert '<p class="quiet small">None known</p>' in text
    assert 'class="accounts"' not in text


def test_their_clock_is_told_where_the_timezone_is_known(client, olga, ines, time_machine):
    ines.timezone = "Asia/Tokyo"
    ines.save()
    time_machine.move_to("2026-03-01 05:26:00+00:00", tick=False)
    client.force_login(olga)
    assert "14:26 there" in page(client, olga, f"/members/{ines.pk}/")
    ines.timezone = "Mars/Olympus"
    ines.save()
    assert "there" not in page(client, olga, f"/members/{ines.pk}/").split("<main")[1][:1500]


def test_private_notes_are_read_by_whom_they_are_for(client, ines, alice, lena, bob, carol):
    member_verbs.add_note(ines, "for everybody", by=bob, visibility="team")
    member_verbs.add_note(ines, "for the leads", by=bob, visibility="leads")
    member_verbs.add_note(ines, "for bob alone", by=bob, visibility="author")
    path = f"/members/{ines.pk}/"
    for who, may_leads, may_author in (
        (bob, True, True),
        (lena, True, False),
        (alice, True, False),
        (carol, False, False),
    ):
        text = page(client, who, path)
        assert "for everybody" in text
        assert ("for the leads" in text) is may_leads
        assert ("for bob alone" in text) is may_author


def test_what_to_know_before_writing_stands_first(client, bob, ines):
    ines.do_not_contact = True
    ines.save()
    follow_up_verbs.plan(ines, "Send the knobs", follow_ups.today(), by=bob)
    text = page(client, bob, f"/members/{ines.pk}/")
    assert text.index("Asked not to be contacted.") < text.index(">Follow-ups<")


def test_a_note_tells_nobody_that_its_author_knows_them(client, ines, bob, carol):
    member_verbs.add_note(ines, "psst", by=bob, visibility="author")
    member_verbs.add_note(ines, "She builds a modular.", by=bob)
    derived.update()
    for who in (carol, bob):
        assert "Team contacts" not in page(client, who, f"/members/{ines.pk}/")


def test_lines_and_conversations_of_a_restricted_source_stay_there(client, ines, bob, carol):
    closed = make_source(restricted=True, granted=[carol], name="Boardroom")
    talk = make_conversation(closed, subject="The secret plan")
    make_message(talk, author=ines.identities.get())
    make_line(ines, "secret words", key="message:1", scope=closed.scope)
    for path, words in (
        (f"/members/{ines.pk}/", "secret words"),
        (f"/members/{ines.pk}/conversations/", "The secret plan"),
    ):
        assert words in page(client, carol, path)
        assert words not in page(client, bob, path)


def test_the_log_is_read_page_by_page_without_gap_or_repeat(client, olga, ines):
    now = timezone.now()
    many = 2 * LINES + 10
    for number in range(many):
        make_line(ines, f"line-{number:03}.", key=f"m:{number}", occurred_at=now)
    client.force_login(olga)
    seen, query = [], {}
    while True:
        story = client.get(f"/members/{ines.pk}/", query).context["story"]
        seen += [line.summary for line in story.page.rows]
        if not story.page.older:
            break
        query = {"before": story.page.older}
    assert seen == [f"line-{number:03}." for number in reversed(range(many))]


def test_a_log_brought_up_to_date_still_shows_what_was_unfolded(client, olga, ines):
    now = timezone.now()
    for number in range(LINES + 15):
        at = now - timedelta(minutes=number)
        make_line(ines, f"line-{number}", key=f"m:{number}", occurred_at=at)
    client.force_login(olga)
    path = f"/members/{ines.pk}/"
    until = client.get(path).context["story"].page.shown_until
    make_line(ines, "the newest", key="m:new", occurred_at=now + timedelta(seconds=1))
    headers = {"HX-Request": "true", "HX-Target": "timeline"}
    answer = client.get(path, {"until": until}, headers=headers)
    shown = answer.content.decode()
    assert shown.count("data-entry") == LINES + 1
    assert shown.count('id="timeline-more"') == 1  # and the one that leads further
    assert shown.index("the newest") < shown.index("line-0")
    assert "<html" not in shown


def test_hostile_words_stay_words(client, olga, ines):
    ines.name = '<script>alert("x")</script>'
    ines.save()
    ines.identities.update(handle='"><img src=x>', display_name="<b>")
    Tag.named("<i>tag</i>")
    make_line(ines, "<script>1</script>", key="m:1")
    text = page(client, olga, f"/members/{ines.pk}/") + page(client, olga, "/members/")
    for raw in ('<script>alert("x")', "<img src=x>", "<script>1<"):
        assert raw not in text


def test_the_erased_and_the_unknown_are_not_found(client, olga, ines):
    ines.erased_at = timezone.now()
    ines.save()
    client.force_login(olga)
    for pk in (ines.pk, 10**6):
        assert client.get(f"/members/{pk}/").status_code == 404
        assert client.get(f"/members/{pk}/conversations/").status_code == 404


def test_conversations_page_by_key(client, olga, ines):
    source, identity = make_source(), ines.identities.get()
    for number in range(20):
        make_message(make_conversation(source, subject=f"Talk {number:02}"), author=identity)
    client.force_login(olga)
    path = f"/members/{ines.pk}/conversations/"
    first = client.get(path).context
    second = client.get(path, {"before": first["more"]}).context
    both = [*first["conversations"], *second["conversations"]]
    assert [c.subject for c in both] == [f"Talk {n:02}" for n in reversed(range(20))]
    assert second["more"] == ""


def test_as_many_queries_with_thirty_rows_as_with_three(
    client, carol, ines, django_assert_max_num_queries
):
    client.force_login(carol)
    source = make_source()
    for path in (f"/members/{ines.pk}/", f"/members/{ines.pk}/conversations/"):
        counts = []
        for more in (3, 27):
            for _ in range(more):
                identity = make_identity(ines)
                make_message(make_conversation(source), author=identity)
                member_verbs.add_note(ines, "hello", by=carol)
                member_verbs.tag(ines, f"tag {identity.pk}", by=carol)
            with django_assert_max_num_queries(12) as captured:
                assert client.get(path).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1]
