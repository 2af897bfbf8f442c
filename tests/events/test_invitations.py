"""Invitations to whom a query finds: in whose words, never twice, never against their wish."""

from __future__ import annotations

import re
from datetime import timedelta
from time import monotonic

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from events import answers, invitation_sending, invitations, notices, tasks
from events.invitations import NotPossible
from events.models import (
    Answer,
    Attendance,
    Invitation,
    InvitationRun,
    InvitationState,
    Notice,
    Origin,
    RunState,
    State,
)
from events.verbs import inviting
from inbox.models import Delivery, Draft, Message
from members.models import Activity, Identity, Member
from team.models import Action
from tests.make import (
    make_attendance,
    make_conversation,
    make_event,
    make_identity,
    make_member,
    make_message,
    make_source,
    make_user,
    make_view,
    one_line,
)

pytestmark = pytest.mark.django_db
BODY = "Hi {{ member.first_name }}, come to {{ event.title }}: {{ event.link }}"


def somebody(name: str, **fields) -> Member:
    now = timezone.now()
    member = make_member(name, first_seen=now, last_seen=now, **fields)
    address = f"{name.split()[0].lower()}@example.org"
    make_identity(member, network="email", external_id=address, email=address)
    return member


def writes_in_private(name: str, source=None, **fields) -> Message:
    now = timezone.now()
    member = make_member(name, first_seen=now, last_seen=now, **fields)
    source = source or make_source()
    author = make_identity(member, network=source.network)
    thread = make_conversation(source, visibility="private")
    return make_message(thread, author=author, visibility="private", mention_reason="direct")


def start(event, by, query: str = "", body: str = BODY, way: str = "mail") -> InvitationRun:
    changes = inviting.start(event, query, body, way, by=by)
    return InvitationRun.objects.get(pk=changes.actions[0].object_id)


def go_on(minutes: float = 1, rounds: int = 1) -> None:
    """What the scheduled jobs do from then on."""
    for number in range(1, rounds + 1):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes * number), tick=True):
            tasks.send_invitations()
            tasks.send_what_is_due()


def state_of(run: InvitationRun, member: Member) -> tuple[str, str]:
    return Invitation.objects.values_list("state", "reason").get(run=run, member=member)


def test_everybody_gets_a_mail_in_their_own_words_with_a_personal_link(bob):
    event = make_event("Synth night")
    for name in ("Ines Wolff", "Jo Park"):
        somebody(name)
    run = start(event, bob)
    assert not mail.outbox, "not before an undo would come"
    go_on(rounds=2)
    assert sorted(letter.to[0] for letter in mail.outbox) == ["ines@example.org", "jo@example.org"]
    for letter in mail.outbox:
        row = Attendance.objects.get(member__identities__external_id=letter.to[0])
        assert f"Hi {row.member.name.split()[0]}, come to Synth night" in letter.body
        assert re.findall(r"/e/mine/([\w-]+)/", letter.body) == [row.token]
        assert (row.answer, row.origin) == (Answer.INVITED, Origin.INVITATION)
        assert row.invited_at
        assert "{{" not in letter.body
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert Activity.objects.filter(summary="Invited to “Synth night”").count() == 2


def test_a_variable_that_nobody_could_fill_is_refused(bob):
    somebody("Ines")
    for text in ("Hi {{ member.shoe_size }}", "Hi {{ member.first_name", "{% if x %}", " "):
        with pytest.raises(NotPossible):
            start(make_event(), bob, body=text)
    nameless = make_member("")
    facts = invitations.Facts(make_event(), nameless, bob, "https://x.example/")
    assert (
        invitations.words_for("Hi {{ member.first_name | friend }}", facts, "mail") == "Hi friend"
    )
    assert invitations.words_for("Hi {{ member.name }}", facts, "mail") == "Hi there"


def test_who_is_left_out_stands_there_with_the_reason(bob):
    event = make_event()
    left = {
        somebody("Quiet", do_not_contact=True): "asked not to be contacted",
        somebody("Staff", user=make_user()): "One of the team.",
        somebody("Robot", is_bot=True): "A bot.",
        somebody("Going"): "Answered already: Going.",
        somebody("Invited"): "Invited already.",
    }
    now = timezone.now()
    left[make_member("Nomail", first_seen=now, last_seen=now)] = "No email address is known."
    make_attendance(event, Member.objects.get(name="Going"))
    make_attendance(event, Member.objects.get(name="Invited"), answer=Answer.INVITED)
    somebody("Ines")
    run = start(event, bob)
    go_on(rounds=2)
    assert [letter.to for letter in mail.outbox] == [["ines@example.org"]]
    for member, reason in left.items():
        state, said = state_of(run, member)
        assert state == InvitationState.LEFT
        assert reason in said


def test_who_asks_not_to_be_contacted_while_it_runs_hears_nothing(bob):
    event = make_event()
    early, late = somebody("Early"), somebody("Late")
    run = start(event, bob)
    Member.objects.filter(pk=early.pk).update(do_not_contact=True)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        tasks.send_invitations()
        Member.objects.filter(pk=late.pk).update(do_not_contact=True)
        tasks.send_what_is_due()
        tasks.send_invitations()
    assert not mail.outbox
    assert state_of(run, early)[0] == InvitationState.LEFT
    assert state_of(run, late)[0] == InvitationState.FAILED
    assert not Attendance.objects.exists()


def test_nobody_is_invited_twice_whoever_starts_it_again(bob):
    event = make_event()
    somebody("Ines")
    start(event, bob)
    with pytest.raises(NotPossible):
        start(event, bob)
    go_on(rounds=2)
    with pytest.raises(NotPossible):
        start(event, bob)
    go_on(rounds=2)
    assert len(mail.outbox) == 1


def test_stop_in_the_middle_sends_no_more(bob, settings):
    settings.INVITATIONS_A_MINUTE = 24  # two a round
    event = make_event()
    for number in range(6):
        somebody(f"P{number}")
    run = start(event, bob)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        tasks.send_invitations()
        tasks.send_what_is_due()
        assert len(mail.outbox) == 2
        assert inviting.stop(run, by=bob)
        assert not inviting.stop(run, by=bob)
    go_on(rounds=3)
    assert len(mail.outbox) == 2
    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert run.invitations.filter(state=InvitationState.LEFT).count() == 4
    assert Attendance.objects.count() == 2
    assert list(Action.objects.order_by("pk").values_list("verb", flat=True)) == ["start", "stop"]


def test_stop_takes_back_mails_that_the_mail_server_has_not_taken(bob):
    event = make_event()
    member = somebody("Ines")
    run = start(event, bob)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        tasks.send_invitations()
        assert Attendance.objects.count() == 1
        tasks.send_invitations()
        inviting.stop(run, by=bob)
    go_on(rounds=2)
    assert not mail.outbox
    assert state_of(run, member) == (InvitationState.FAILED, "Stopped.")
    assert not Attendance.objects.exists()


def test_no_more_than_so_many_leave_in_a_minute(bob, settings):
    settings.INVITATIONS_A_MINUTE = 3
    for number in range(8):
        somebody(f"P{number}")
    start(make_event(), bob)
    begins = timezone.now() + timedelta(minutes=1)
    for seconds in range(0, 55, 5):
        with time_machine.travel(begins + timedelta(seconds=seconds), tick=False):
            tasks.send_invitations()
    assert Invitation.objects.filter(state=InvitationState.SENT).count() == 3


def test_an_undo_in_time_sends_nothing_and_they_can_be_invited_again(bob):
    event = make_event()
    somebody("Ines")
    changes = inviting.start(event, "", BODY, "mail", by=bob)
    assert changes.undo(by=bob) == 1
    go_on(rounds=2)
    assert not mail.outbox
    start(event, bob)
    go_on(rounds=2)
    assert len(mail.outbox) == 1


def test_an_event_that_is_cancelled_stops_it_and_says_why(bob):
    event = make_event("Synth night")
    somebody("Ines")
    run = start(event, bob)
    event.state = State.CANCELLED
    event.save()
    go_on()
    run.refresh_from_db()
    assert (run.state, run.why_stopped) == (RunState.STOPPED, "“Synth night” was cancelled.")
    assert not mail.outbox
    assert not Attendance.objects.exists()


def test_a_worker_that_is_killed_sends_nothing_twice_and_forgets_nobody(bob, monkeypatch):
    for number in range(3):
        somebody(f"P{number}")
    start(make_event(), bob)
    queue, killed = notices.queue_notices, []

    def dies(*args, **kwargs):
        queue(*args, **kwargs)
        if len(killed) < 1:
            killed.append(1)
            raise SystemExit

    monkeypatch.setattr(notices, "queue_notices", dies)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        with pytest.raises(SystemExit):
            tasks.send_invitations()
        assert not Attendance.objects.exists(), "as if it had not begun"
    go_on(rounds=2)
    assert sorted(letter.to[0][:2] for letter in mail.outbox) == ["p0", "p1", "p2"]


def test_while_the_mail_server_is_away_they_wait_and_go_out_once(bob, monkeypatch):
    somebody("Ines")
    run = start(make_event(), bob)
    send = mail.EmailMultiAlternatives.send

    def away(self, *args, **kwargs):
        raise ConnectionRefusedError("away")

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", away)
    go_on()
    assert Notice.objects.open().count() == 1
    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)
    go_on(minutes=10, rounds=2)
    assert len(mail.outbox) == 1
    assert run.invitations.get().state == InvitationState.SENT


def test_an_address_that_is_refused_leaves_nobody_invited(bob):
    event = make_event()
    member = somebody("Ines")
    run = start(event, bob)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        invitation_sending.send_due()
        Notice.objects.update(sent_at=None, dropped_at=timezone.now(), error="550 No such user")
        invitation_sending.send_due()
    assert state_of(run, member) == (InvitationState.FAILED, "550 No such user")
    assert not Attendance.objects.exists()
    assert not Activity.objects.filter(member=member, kind="event", removed_at=None).exists()


def test_who_answered_before_the_mail_left_keeps_their_answer(bob):
    event = make_event()
    member = somebody("Ines")
    start(event, bob)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        invitation_sending.send_due()
        answers.answer(event.pk, member.pk, Answer.GOING)
        notices.send_due()
        invitation_sending.settle()
    assert Attendance.objects.get().answer == Answer.GOING
    assert not mail.outbox


# In their own conversation ------------------------------------------------------------------------


def test_in_a_private_conversation_it_goes_as_a_reply(bob):
    event = make_event("Synth night")
    asked = writes_in_private("Ines Wolff")
    make_message(author=make_identity(make_member("Public", last_seen=timezone.now())))
    run = start(event, bob, way="conversation")
    go_on()
    reply = Message.objects.get(kind="outbound")
    row = Attendance.objects.get()
    assert (reply.conversation_id, reply.parent_id) == (asked.conversation_id, asked.pk)
    assert reply.visibility == "private"
    assert reply.body_text.startswith("Hi Ines, come to Synth night")
    assert f"/e/mine/{row.token}/" in reply.body_source
    assert Delivery.objects.count() == 1
    said = run.invitations.exclude(state=InvitationState.SENT).get().reason
    assert said == "No private conversation with them that you can answer in."


def test_a_draft_there_is_not_overwritten(bob):
    asked = writes_in_private("Ines")
    Draft.keep(bob, asked.conversation_id, "reply", "I am still writing")
    run = start(make_event(), bob, way="conversation")
    go_on()
    assert Draft.objects.get().text == "I am still writing"
    row = run.invitations.get()
    assert row.state == InvitationState.FAILED
    assert "draft" in row.reason
    assert not Attendance.objects.exists()


def test_a_conversation_that_the_sender_may_not_see_is_none(bob):
    closed = make_source(restricted=True)
    asked = writes_in_private("Ines", closed)
    assert invitations.places_of("conversation", bob, [asked.author.member_id]) == {}
    lead = make_user("admin")
    assert invitations.places_of("conversation", lead, [asked.author.member_id])


def test_do_not_contact_holds_in_conversations_too(bob):
    writes_in_private("Quiet", do_not_contact=True)
    asked = writes_in_private("Ines")
    start(make_event(), bob, way="conversation")
    Member.objects.filter(pk=asked.author.member_id).update(do_not_contact=True)
    go_on()
    assert not Message.objects.filter(kind="outbound").exists()


# Screens and speed --------------------------------------------------------------------------------


def test_the_preview_shows_the_words_of_each_and_sends_nothing(client, bob):
    client.force_login(bob)
    event = make_event("Synth night")
    somebody("Ines <b>Wolff")
    somebody("Quiet", do_not_contact=True)
    form = {"q": "", "body": BODY, "way": "mail"}
    page = client.post(f"/events/{event.pk}/invitations/preview/", form)
    text = one_line(page.content)
    assert "Hi Ines, come to Synth night" in text
    assert "1 person will be left out" in text
    assert "Send 1 invitation<" in text.replace(" </button", "<")
    assert "<b>Wolff" not in text
    assert not Invitation.objects.exists()
    form["previewed"] = page.context["wanted"].digest
    for changed in ({"body": "Else"}, {"q": "Ines"}, {"previewed": ""}):
        again = client.post(f"/events/{event.pk}/invitations/", {**form, **changed})
        assert again.status_code == 200
    assert not Invitation.objects.exists(), "what was changed is previewed first"
    sent = client.post(f"/events/{event.pk}/invitations/", form, follow=True)
    assert "0 of 1" in one_line(sent.content)
    run = InvitationRun.objects.get()
    client.post(f"/events/invitations/{run.pk}/stop/")
    assert "Stopped" in client.get(run.get_absolute_url()).content.decode()


def test_a_query_with_a_mistake_is_told_and_the_text_kept(client, bob):
    client.force_login(bob)
    form = {"q": "nonsense:1", "body": "Come along!", "way": "mail"}
    page = client.post(f"/events/{make_event().pk}/invitations/", form)
    assert page.status_code == 422
    assert "Come along!" in page.content.decode()


def test_a_saved_view_takes_the_place_of_the_query(client, bob):
    client.force_login(bob)
    somebody("Ines")
    somebody("Jo")
    view = make_view(bob, "Only Jo", text="Jo")
    form = {"segment": view.pk, "q": "", "body": BODY, "way": "mail"}
    page = client.post(f"/events/{make_event().pk}/invitations/preview/", form)
    assert [person.member.name for person, _words in page.context["preview"]["people"]] == ["Jo"]
    assert page.context["wanted"].query == "Jo", "and stands in the box from then on"


def test_five_thousand_are_queued_in_few_queries(bob, django_assert_max_num_queries):
    now = timezone.now()
    members = Member.objects.bulk_create(
        Member(name=f"P{n}", first_seen=now, last_seen=now) for n in range(5_000)
    )
    Identity.objects.bulk_create(
        Identity(member=m, network="email", external_id=f"{m.name}@example.org") for m in members
    )
    event = make_event()
    begun = monotonic()
    with django_assert_max_num_queries(40):
        run = start(event, bob)
    print(f"queued in {monotonic() - begun:.2f} s")
    assert run.invitations.filter(state=InvitationState.QUEUED).count() == 5_000
