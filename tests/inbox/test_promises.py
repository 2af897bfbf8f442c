"""Promises in replies: marked while one writes, noted once the reply is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.connectors.values import SendState, Sent
from inbox.delivery import outcomes
from inbox.models import Draft, ReplyPromise
from inbox.verbs import promises, triage, writing
from members import follow_up_verbs
from members.follow_up_verbs import NotPossible
from members.models import FollowUp
from team.models import Action, Notification, Role
from tests.make import make_conversation, make_identity, make_message, one_line


@pytest.fixture
def talk(db):
    talk = make_conversation(subject="MIDI clock drifts")
    make_message(talk, author=make_identity())
    return talk


def week():
    return timezone.localdate() + timedelta(days=7)


def mark(talk, by, text="We send you the fix", **fields):
    member = talk.messages.get(kind="inbound").author.member
    return promises.mark(talk, member, text, week(), **{"by": by, "owner": by, **fields})


def sent(message):
    message.delivery.move(("held",), "sending")
    outcomes.finish(
        message.delivery, Sent(SendState.SENT, external_id="there-1", created_at=timezone.now())
    )


def test_a_promise_is_noted_when_its_reply_is_sent_and_not_before(client, bob, talk):
    client.force_login(bob)
    member = talk.messages.get().author.member
    data = {
        "member": member.pk,
        "text": " We send\nyou the fix ",
        "due_on": week(),
        "owner": bob.pk,
    }
    client.post(f"/conversations/{talk.pk}/promises/", data)
    page = one_line(client.get(talk.get_absolute_url()).content)
    assert "“We send you the fix”" in page
    message = writing.reply(talk, "We send you the fix next week.", by=bob)
    assert not FollowUp.objects.exists()
    assert "Promised once it is sent:" in one_line(client.get(talk.get_absolute_url()).content)
    sent(message)
    promise = FollowUp.objects.get()
    assert (promise.kind, promise.owner, promise.due_on) == ("promise", bob, week())
    assert (promise.origin, promise.scope) == (f"message:{message.pk}", talk.source.scope)
    promises.note_promises(message)
    assert (FollowUp.objects.count(), ReplyPromise.objects.count()) == (1, 0)


def test_an_undone_reply_takes_its_promise_back_into_the_draft(client, bob, talk):
    client.force_login(bob)
    mark(talk, bob)
    message = writing.reply(talk, "We send you the fix.", by=bob)
    client.post(f"/deliveries/{message.delivery.pk}/cancellation/")
    assert ReplyPromise.objects.in_draft_of(bob).get().text == "We send you the fix"
    assert Draft.objects.get().text == "We send you the fix."
    dropped = writing.reply(talk, "We send you the fix.", by=bob)
    client.post(f"/deliveries/{dropped.delivery.pk}/cancellation/", {"drop": "1"})
    assert not ReplyPromise.objects.exists()


def test_a_failed_reply_says_that_its_promise_does_not_count_yet(client, bob, talk):
    client.force_login(bob)
    mark(talk, bob)
    message = writing.reply(talk, "We send you the fix.", by=bob)
    message.delivery.move(("held",), "sending")
    outcomes.fail(message.delivery, "The topic is closed.")
    told = Notification.objects.get(kind="delivery").text
    assert "Your promise to Ines Wolff counts once it is sent" in told
    assert (
        "Not promised, as it was not sent" in client.get(talk.get_absolute_url()).content.decode()
    )
    assert not FollowUp.objects.exists()


def test_a_promise_of_who_was_switched_off_is_given_to_its_writer(bob, lena, talk):
    mark(talk, bob, owner=lena)
    message = writing.reply(talk, "Lena sends you the fix.", by=bob)
    lena.is_active = False
    lena.save()
    ReplyPromise.objects.update(due_on=timezone.localdate() - timedelta(days=3))
    sent(message)
    promise = FollowUp.objects.get()
    assert (promise.owner, promise.due_on) == (bob, timezone.localdate())


def test_a_promise_that_cannot_be_noted_is_told_to_its_writer(bob, talk):
    mark(talk, bob)
    message = writing.reply(talk, "We send you the fix.", by=bob)
    bob.role = Role.OBSERVER
    bob.save()
    sent(message)
    assert "wasn’t noted: “We send you the fix”" in Notification.objects.get(user=bob).text


def test_what_cannot_be_promised_is_refused_with_a_sentence(client, bob, talk, carol):
    client.force_login(bob)
    address = f"/conversations/{talk.pk}/promises/"
    member = talk.messages.get().author.member
    data = {"member": member.pk, "text": " ", "due_on": "2020-01-01", "owner": bob.pk}
    response = client.post(address, data)
    assert response.status_code == 422
    assert "Say what should be done." in response.content.decode()
    response = client.post(address, {**data, "text": "Send it"})
    assert "That day has passed" in response.content.decode()
    for number in range(5):
        mark(talk, bob, text=f"Promise {number}")
    with pytest.raises(NotPossible, match="up to 5"):
        mark(talk, bob)
    client.force_login(carol)
    assert client.post(address, data).status_code == 403


def test_a_promise_on_a_sent_reply_and_closing_asks_who_keeps_it(client, bob, lena, talk):
    client.force_login(bob)
    message = writing.reply(talk, "We send you the fix.", by=bob)
    address = f"/messages/{message.pk}/promises/"
    assert client.get(address).status_code == 404
    sent(message)
    page = client.get(address).content.decode()
    assert "We send you the fix." in page
    data = {"text": "Send the fix", "due_on": week(), "owner": bob.pk, "promised": "on"}
    client.post(address, data)
    promise = FollowUp.objects.get(origin=f"message:{message.pk}", kind="promise")
    htmx = {"HX-Request": "true", "HX-Target": "talk"}
    done = client.post(f"/conversations/{talk.pk}/closure/", headers=htmx)
    assert "Still promised to Ines Wolff. Who keeps it?" in done.headers["HX-Trigger"]
    link = done.headers["HX-Trigger"].split('"link": "')[1].split('"')[0]
    assert "Send the fix" in client.get(link).content.decode()
    client.post(f"/follow-ups/{promise.pk}/owner/", {"user": lena.pk})
    promise.refresh_from_db()
    assert promise.owner == lena
    client.post(f"/follow-ups/{promise.pk}/closure/", {"state": "kept"})
    assert "Nothing is promised there any more." in client.get(link).content.decode()


def test_bulk_and_send_and_done_ask_too(client, bob, talk):
    client.force_login(bob)
    writing.reply(talk, "We send you the fix.", by=bob)
    member = talk.messages.get(kind="inbound").author.member
    origin = promises.origin_of(talk.messages.get(kind="outbound"))
    follow_up_verbs.plan(member, "Send it", week(), by=bob, kind="promise", origin=origin)
    reply = {"reply": "And thank you.", "done": "1"}
    htmx = {"HX-Request": "true", "HX-Target": "talk"}
    done = client.post(f"/conversations/{talk.pk}/replies/", reply, headers=htmx)
    assert "Who keeps it?" in done.headers["HX-Trigger"]
    client.delete(f"/conversations/{talk.pk}/closure/")
    later = follow_up_verbs.Origin(link=origin.link, key="message:later")
    follow_up_verbs.plan(member, "Send more", week(), by=bob, kind="promise", origin=later)
    picked = {"pick": f"{talk.pk}-99999"}
    done = client.post("/inbox/selection/closures/", picked, headers=htmx)
    assert "Who keeps it?" in done.headers["HX-Trigger"]


def closed(client, talk):
    """What the toast says when the conversation is closed."""
    htmx = {"HX-Request": "true", "HX-Target": "talk"}
    done = client.post(f"/conversations/{talk.pk}/closure/", headers=htmx)
    return done.headers["HX-Trigger"]


def promise(talk, text, by, key=""):
    member = talk.messages.get(kind="inbound").author.member
    origin = follow_up_verbs.Origin(link=talk.get_absolute_url(), key=key, place=str(talk))
    changes = follow_up_verbs.plan(member, text, week(), by=by, kind="promise", origin=origin)
    return FollowUp.objects.get(pk=changes.actions[0].object_id)


def test_closing_again_asks_of_no_promise_that_was_asked_of_before(client, bob, lena, talk):
    promise(talk, "Send the fix", bob)
    client.force_login(bob)
    assert "Who keeps it?" in closed(client, talk)
    client.delete(f"/conversations/{talk.pk}/closure/")
    assert "Who keeps" not in closed(client, talk)
    client.delete(f"/conversations/{talk.pk}/closure/")
    client.force_login(lena)
    assert "Who keeps" not in closed(client, talk)
    client.delete(f"/conversations/{talk.pk}/closure/")
    promise(talk, "And a sticker", bob)
    told = closed(client, talk)
    assert "Still promised to Ines Wolff. Who keeps it?" in told
    link = told.split('"link": "')[1].split('"')[0]
    shown = client.get(link).content.decode()
    assert "And a sticker" in shown
    assert "Send the fix" not in shown


def test_a_closing_that_was_undone_was_no_answer(client, bob, talk):
    promise(talk, "Send the fix", bob)
    client.force_login(bob)
    changes = triage.close([talk], by=bob, seen_up_to=99999)
    changes.undo(by=bob)
    assert "Who keeps it?" in closed(client, talk)


def test_crediting_an_answer_asks_too_where_it_closes_the_conversation(client, bob, talk):
    promise(talk, "Send the fix", bob)
    answer = make_message(talk, "Turn it off", author=make_identity(), mention_reason="")
    client.force_login(bob)
    htmx = {"HX-Request": "true", "HX-Target": "talk"}
    told = client.post(f"/messages/{answer.pk}/credit/", headers=htmx).headers["HX-Trigger"]
    assert "Who keeps it?" in told


def test_a_draft_is_its_writers_own(client, bob, lena, talk):
    mark(talk, bob)
    client.force_login(lena)
    assert "“We send you the fix”" not in client.get(talk.get_absolute_url()).content.decode()
    row = ReplyPromise.objects.get()
    assert client.delete(f"/reply-promises/{row.pk}/").status_code == 404
    client.force_login(bob)
    client.delete(f"/reply-promises/{row.pk}/")
    assert not ReplyPromise.objects.exists()


def test_a_promise_of_the_reply_that_closes_is_asked_of_once(client, bob, lena, talk):
    client.force_login(bob)
    mark(talk, bob)
    data = {"reply": "We send it.", "done": "1"}
    htmx = {"HX-Request": "true", "HX-Target": "talk"}
    answer = client.post(f"/conversations/{talk.pk}/replies/", data, headers=htmx)
    toast = answer.headers["HX-Trigger"]
    assert "Still promised to" in toast
    address = f"/closings/{Action.objects.filter(verb='close').latest('pk').group}/promises/"
    assert address in toast
    page = one_line(client.get(address).content)
    assert "counts once the reply is sent" in page
    begun = ReplyPromise.objects.get()
    client.post(f"/reply-promises/{begun.pk}/", {"user": lena.pk})
    message = talk.messages.get(kind="outbound")
    sent(message)
    kept = FollowUp.objects.get()
    assert (kept.owner, kept.created_at) == (lena, message.received_at)
    assert kept.text in client.get(address).content.decode()  # it can still be given to another
    assert client.post(f"/reply-promises/{begun.pk}/", {"user": "me"}).status_code == 404
    triage.reopen([talk], by=bob)
    assert "promise" not in closed(client, talk).lower()  # asked of already


def test_done_before_a_reply_has_left_asks_of_its_promise(client, bob, talk):
    client.force_login(bob)
    mark(talk, bob)
    message = writing.reply(talk, "We send it.", by=bob)
    assert "Still promised to" in closed(client, talk)
    sent(message)
    triage.reopen([talk], by=bob)
    assert "promise" not in closed(client, talk).lower()


def test_who_keeps_it_is_somebody_who_can(client, bob, carol, talk):
    client.force_login(bob)
    begun = mark(talk, bob)
    assert client.post(f"/reply-promises/{begun.pk}/", {"user": carol.pk}).status_code == 404
    begun.refresh_from_db()
    assert begun.owner == bob
    writing.reply(talk, "We send it.", by=bob)
    answer = client.post(f"/reply-promises/{begun.pk}/", {"_method": "DELETE"})
    assert answer.status_code == 404
    assert ReplyPromise.objects.filter(pk=begun.pk).exists()
