"""Replies, notes, drafts: nothing a person typed is lost, nothing goes where it should not."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from community_hub.lib.html import to_text
from inbox.models import Conversation, Delivery, Draft, Message, Source
from inbox.reply_rules import ReplyRefused
from inbox.verbs import triage, writing
from team.models import Action
from tests.make import (
    make_conversation,
    make_identity,
    make_member,
    make_message,
    make_reply,
    one_line,
)
from tests.make import make_source as source_of


@pytest.fixture
def desk(client, bob):
    client.force_login(bob)
    return client


@pytest.fixture
def talk():
    conversation = make_conversation()
    make_message(conversation)
    return conversation


def write(desk, talk, what="replies", target="thread", **data):
    headers = {"HX-Request": "true", "HX-Target": f"{target}-{talk.pk}"} if target else {}
    return desk.post(f"/conversations/{talk.pk}/{what}/", data, headers=headers)


def events(response) -> dict:
    return json.loads(response.headers["HX-Trigger"])


def test_a_reply_is_held_for_the_seconds_in_which_it_can_be_undone(desk, talk, bob):
    response = write(desk, talk, reply="Hold **both** buttons.")
    message = Message.objects.get(kind="outbound")
    assert (message.by, message.body_source) == (bob, "Hold **both** buttons.")
    assert message.delivery.state == "held"
    assert events(response)["composer:sent"] == {"kind": "reply"}
    assert events(response)["toast"]["undo"] == f"/deliveries/{message.delivery.pk}/cancellation/"
    assert "<strong>both</strong>" in response.content.decode()


def test_undo_send_hides_the_reply_and_gives_the_text_back(desk, talk, bob):
    undo = events(write(desk, talk, reply="Too soon"))["toast"]["undo"]
    response = desk.post(undo, headers={"HX-Request": "true"})
    assert Delivery.objects.get().state == "cancelled"
    returned = events(response)["composer:returned"]
    assert (returned["kind"], returned["text"]) == ("reply", "Too soon")
    assert returned["conversation"] == talk.pk
    assert Draft.objects.get(user=bob).text == "Too soon"


def test_a_reply_goes_to_the_message_that_was_picked_and_names_whom_it_answers(desk, talk):
    other = make_message(talk, "And mine?", author=make_identity(make_member("Stefan Kuhnert")))
    page = one_line(desk.get(f"{talk.get_absolute_url()}?to={other.pk}").content)
    assert f'name="to" value="{other.pk}"' in page
    assert "Stefan Kuhnert</bdi><button" in page
    write(desk, talk, reply="Yours as well", to=other.pk)
    message = Message.objects.get(kind="outbound")
    assert (message.parent, message.parent_external_id) == (other, other.external_id)


def test_a_draft_remembers_whom_it_answers_and_undo_send_gives_that_back(desk, talk, bob):
    other = make_message(talk, "And mine?", author=make_identity(make_member("Stefan Kuhnert")))
    write(desk, talk, "draft", kind="reply", text="Yours", to=other.pk)
    assert f'name="to" value="{other.pk}"' in one_line(desk.get(talk.get_absolute_url()).content)
    undo = events(write(desk, talk, reply="Yours", to=other.pk))["toast"]["undo"]
    returned = events(desk.post(undo, headers={"HX-Request": "true"}))["composer:returned"]
    assert (returned["to"], returned["name"]) == (other.pk, "Stefan Kuhnert")
    assert Draft.objects.get(user=bob).to == other


def test_a_reply_to_a_message_that_is_gone_or_elsewhere_stays_in_the_box(desk, talk):
    gone = make_message(talk, "Cancel", deleted_at=timezone.now())
    elsewhere = make_message(make_conversation(), "Hello?")
    for other in (gone, elsewhere):
        refused = write(desk, talk, reply="Yours", to=other.pk)
        assert refused.status_code == 422
        assert "was deleted" in refused.content.decode()
    assert not Delivery.objects.exists()


def test_undo_send_keeps_what_was_typed_since(desk, talk, bob):
    undo = events(write(desk, talk, reply="Too soon"))["toast"]["undo"]
    Draft.keep(bob, talk.pk, "reply", "And another thing")
    desk.post(undo, headers={"HX-Request": "true"})
    assert Draft.objects.get(user=bob).text == "Too soon\n\nAnd another thing"


def test_undo_send_from_elsewhere_opens_its_conversation(desk, talk):
    """In the panes where there are any; where the page shows it already, nothing moves."""
    other = make_conversation()
    address = talk.get_absolute_url()
    for page, header, goal in [
        (f"{other.get_absolute_url()}?in=mine", "HX-Location", f"{address}?in=mine"),
        ("/inbox/", "HX-Location", address),
        ("/members/", "HX-Redirect", address),
        (f"{address}?in=mine", "", ""),
    ]:
        undo = events(write(desk, talk, reply=f"Too soon, from {page}"))["toast"]["undo"]
        asked = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
        response = desk.post(undo, headers=asked)
        sent_to = {name: response.get(name, "") for name in ("HX-Location", "HX-Redirect")}
        if header == "HX-Location":
            sent_to[header] = json.loads(sent_to[header])["path"]
        assert sent_to == {
            "HX-Location": "",
            "HX-Redirect": "",
            **({header: goal} if header else {}),
        }


def test_undo_send_that_comes_too_late_says_so(desk, talk, bob):
    message = make_reply(talk, by=bob)
    response = desk.post(
        f"/deliveries/{message.delivery.pk}/cancellation/", headers={"HX-Request": "true"}
    )
    assert "Too late" in events(response)["toast"]["text"]
    assert Delivery.objects.get().state == "sent"


def test_send_and_done_closes_what_was_seen(desk, talk):
    write(desk, talk, target="talk", reply="Gladly", done="1", seen_up_to=talk.last_message_id)
    talk.refresh_from_db()
    assert talk.state == "done"


def test_send_and_done_shows_every_message_of_the_conversation_that_follows(desk, talk):
    older = make_conversation()
    make_message(older, "I have waited the longest", sent_at=timezone.now() - timedelta(days=1))
    shown_from = f"{timezone.now().isoformat()}_{talk.last_message_id}"
    there = {"in": "everything", "from": shown_from}
    response = write(desk, talk, target="talk", reply="Gladly", done="1", **there)
    assert "I have waited the longest" in response.content.decode()


def test_a_reply_warns_where_a_colleague_answered_since_the_page_was_opened(desk, talk, lena):
    opened = talk.last_message_id
    make_reply(talk, "Lena was faster", by=lena)
    refused = write(desk, talk, reply="Me too", opened_up_to=opened)
    assert refused.status_code == 409
    assert refused.headers["HX-Retarget"] == "#composer-warning"
    assert "Lena Lindqvist" in refused.content.decode()
    assert not Message.objects.filter(kind="outbound", body_source="Me too").exists()
    write(desk, talk, reply="Me too", opened_up_to=opened, anyway="1")
    assert Message.objects.filter(kind="outbound", body_source="Me too").exists()


def test_a_native_answer_of_a_colleague_warns_as_well(desk, talk, lena):
    opened = talk.last_message_id
    colleague = make_identity(make_member("Lena L.", user=lena))
    make_message(talk, "On the forum itself", author=colleague, mention_reason="")
    assert write(desk, talk, reply="Me too", opened_up_to=opened).status_code == 409


def test_ones_own_answer_and_a_members_do_not_warn(desk, talk, bob):
    opened = talk.last_message_id
    make_reply(talk, by=bob)
    make_message(talk, "Thanks!", mention_reason="")
    assert write(desk, talk, reply="You are welcome", opened_up_to=opened).status_code == 200


@pytest.mark.parametrize(
    ("text", "said"), [("  \n ", "Write a reply"), ("x" * 6000, "over this platform")]
)
def test_a_reply_the_platform_would_refuse_stays_in_the_box(desk, talk, text, said):
    talk.source.max_length = 5000
    talk.source.save()
    response = write(desk, talk, reply=text)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Message.objects.filter(kind="outbound").exists()


def test_a_source_that_is_read_only_takes_notes_alone(desk):
    talk = make_conversation(source_of(kind="feed", network="feed:x"))
    make_message(talk)
    page = one_line(desk.get(talk.get_absolute_url()).content)
    assert "read-only" in page
    assert 'name="reply"' not in page
    assert 'name="note"' in page
    assert write(desk, talk, reply="Hello?").status_code == 422


def test_a_plain_form_that_is_refused_gives_the_text_back_as_a_draft(desk, talk, bob):
    talk.reply_blocked = "This topic is closed."
    talk.save()
    page = desk.post(f"/conversations/{talk.pk}/replies/", {"reply": "Long work"}, follow=True)
    assert "This topic is closed." in page.content.decode()
    assert Draft.objects.get(user=bob, kind="reply").text == "Long work"


def test_a_note_never_becomes_a_delivery(desk, talk, lena):
    response = write(desk, talk, "notes", note="Only *us*")
    assert Message.objects.get(kind="note").body_html == "<p>Only <em>us</em></p>\n"
    assert not Delivery.objects.exists()
    assert events(response)["composer:sent"] == {"kind": "note"}


def test_a_draft_is_kept_and_its_length_told_by_the_platforms_rule(desk, talk, bob):
    answer = write(desk, talk, "draft", kind="reply", text="Grüße").json()
    assert (answer["kind"], answer["length"]) == (
        "reply",
        talk.source.connector().length("Grüße", {}),
    )
    assert Draft.objects.get(user=bob).text == "Grüße"
    assert "Grüße</textarea>" in desk.get(talk.get_absolute_url()).content.decode()
    write(desk, talk, "draft", kind="reply", text=" ")
    assert not Draft.objects.exists()
    assert write(desk, talk, "draft", kind="novel", text="x").status_code == 422


def test_a_second_click_does_not_send_a_second_reply(desk, talk, bob):
    first = events(write(desk, talk, reply="Gladly."))["toast"]["undo"]
    assert events(write(desk, talk, reply="Gladly."))["toast"]["undo"] == first
    assert Delivery.objects.count() == 1
    Delivery.objects.update(state="sent")
    write(desk, talk, reply="Gladly.")
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Write a reply"), ("x" * 6000, "1000 characters over"), ("{{ me.name }}", "Replace")],
)
def test_the_verb_refuses_what_the_platform_would(bob, talk, text, said):
    Source.objects.update(max_length=5000)
    with pytest.raises(ReplyRefused, match=said):
        writing.reply(Conversation.objects.get(), text, by=bob)
    assert not Message.objects.filter(kind="outbound").exists()
    assert Conversation.objects.get().assignee is None


@pytest.mark.parametrize(
    ("source", "conversation", "said"),
    [
        ({"kind": "feed", "network": "feed:x"}, {}, "read-only"),
        ({"kind": "gone-with-its-package"}, {}, "read-only"),
        ({"state": "disconnected"}, {}, "disconnected"),
        ({}, {"reply_blocked": "This topic is closed."}, "This topic is closed"),
    ],
)
def test_the_verb_refuses_where_no_reply_can_be_written(bob, talk, source, conversation, said):
    Source.objects.update(**{"state": "active", **source})
    Conversation.objects.update(**{"reply_blocked": "", **conversation})
    with pytest.raises(ReplyRefused, match=said):
        writing.reply(Conversation.objects.get(), "Gladly.", by=bob)
    assert not Message.objects.filter(kind="outbound").exists()


def test_the_verb_refuses_a_reply_to_a_message_that_is_gone(bob, talk):
    gone = make_message(talk, "Cancel", deleted_at=timezone.now())
    with pytest.raises(ReplyRefused, match="was deleted"):
        writing.reply(talk, "Gladly.", by=bob, to=gone)


def test_a_source_that_ends_while_the_reply_is_on_its_way_says_so(desk, talk, monkeypatch):
    monkeypatch.setattr("inbox.views.writing.what_is_wrong", lambda *_: "")
    Source.objects.update(state="disconnected")
    refused = write(desk, talk, reply="Gladly.")
    assert refused.status_code == 422
    assert "disconnected" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_requests_of_one_click_make_one_reply(talk, bob):
    def click() -> None:
        writing.reply(Conversation.objects.get(pk=talk.pk), "Gladly.", by=bob)
        connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert Message.objects.filter(kind="outbound").count() == 1


@pytest.fixture
def toot():
    """A conversation on Mastodon, of somebody on another server, behind a content warning."""
    source = source_of(
        kind="mastodon", network="mastodon", config={"instance": "https://m.example"}
    )
    source.credentials = {"access_token": "kept"}
    source.save()
    conversation = make_conversation(source)
    ref = {"id": "7", "to": ["ben@far.example"], "spoiler_text": "loud"}
    make_message(conversation, reply_ref=ref)
    return conversation


def test_a_reply_is_counted_with_whoever_it_must_name_and_with_the_warning(desk, toot):
    answer = write(desk, toot, "draft", kind="reply", text="See https://a.example/long **now**")
    assert answer.json()["length"] == len("@ben See ") + 23 + len(" now") + len("loud")
    long = "x" * (500 - len("@ben ") - len("loud") + 1)
    assert "1 character over" in write(desk, toot, reply=long).content.decode()
    assert write(desk, toot, reply=long[1:]).status_code == 200


def test_the_preview_of_a_platform_without_markdown_is_what_it_gets(desk, toot):
    shown = write(desk, toot, "preview", kind="reply", reply="**Now** [here](https://a.example)")
    assert to_text(shown.content.decode()) == "@ben@far.example Now here (https://a.example )"
    assert 'href="https://a.example"' in shown.content.decode()
    note = write(desk, toot, "preview", kind="note", note="**Now**").content.decode()
    assert "<strong>Now</strong>" in note


def test_the_preview_is_clean(desk, talk):
    shown = write(desk, talk, "preview", kind="reply", reply="**a** <script>x</script>")
    assert "<strong>a</strong>" in shown.content.decode()
    assert "<script>" not in shown.content.decode()


def test_retry_and_a_persons_word_move_a_delivery(desk, talk, bob):
    failed = make_reply(talk, by=bob, state="failed").delivery
    asked = make_reply(talk, by=bob, state="unconfirmed").delivery
    desk.post(f"/deliveries/{failed.pk}/retry/")
    desk.post(f"/deliveries/{asked.pk}/confirmation/")
    failed.refresh_from_db()
    asked.refresh_from_db()
    assert (failed.state, asked.state) == ("queued", "sent")
    response = desk.post(f"/deliveries/{asked.pk}/retry/", headers={"HX-Request": "true"})
    assert events(response)["toast"]["level"] == "error"


def test_presence_is_seen_by_others_and_marks_what_was_seen(desk, talk, bob, lena, client):
    address = f"/conversations/{talk.pk}/presence/"
    desk.post(address, {"state": "replying", "up_to": talk.last_message_id})
    assert bob.readmarks.get().up_to == talk.last_message_id
    assert "Bob Baker" not in desk.get(address).content.decode()
    client.force_login(lena)
    assert "Bob Baker is writing a reply" in client.get(address).content.decode()
    assert "Bob Baker is replying" in client.get("/inbox/").content.decode()


def test_a_reply_in_a_colleagues_conversation_says_so_first(desk, lena) -> None:
    conversation = make_message().conversation
    triage.assign([conversation], lena, by=lena)
    answer = write(desk, conversation, reply="Gladly.")
    assert answer.status_code == 409
    assert "assigned to Lena Lindqvist" in answer.content.decode()
    assert "Send anyway" in answer.content.decode()
    assert not conversation.messages.filter(kind="outbound").exists()
    assert write(desk, conversation, reply="Gladly.", anyway="1").status_code == 200
    conversation.refresh_from_db()
    assert conversation.assignee == lena


def test_replying_to_what_is_nobodys_assigns_it_unless_one_switched_that_off(desk, bob) -> None:
    first, second = (make_message().conversation for _ in range(2))
    write(desk, first, reply="Gladly.")
    first.refresh_from_db()
    assert first.assignee == bob
    bob.prefer(assign_on_reply=False)
    write(desk, second, reply="Gladly.")
    second.refresh_from_db()
    assert second.assignee is None


def test_a_cancelled_reply_gives_the_conversation_back(desk, bob) -> None:
    conversation = make_message().conversation
    write(desk, conversation, reply="Gladly.")
    delivery = Delivery.objects.get(message__conversation=conversation)
    desk.post(reverse("cancellation", args=[delivery.pk]))
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.waiting_since is None) == (None, False)


def test_a_reply_that_was_sent_offers_no_undo_and_undoes_nothing_that_came_with_it(
    client, lena, talk
):
    client.force_login(lena)
    write(client, talk, reply="Hold both buttons.")
    delivery = Delivery.objects.get()
    action = Action.objects.get(verb="reply")
    undo = f"/undo/{action.group}/"
    page = client.get("/team/audit-trail/").content.decode()
    assert undo in page
    assert "and 1 more" not in page  # it also took the conversation over
    Delivery.objects.update(state="sent")
    assert undo not in client.get("/team/audit-trail/").content.decode()
    late = client.post(undo, headers={"HX-Request": "true"})
    assert (late.status_code, late.content.decode()) == (
        409,
        "Can’t undo: this has already been sent.",
    )
    assigned = client.get("/team/audit-trail/?verb=inbox.conversation+assign").content.decode()
    assert '<ul class="colleagues trail">' in assigned
    assert undo not in assigned  # one undo takes back the whole group, or nothing
    talk.refresh_from_db()
    assert (talk.assignee, Delivery.objects.get(pk=delivery.pk).state) == (lena, "sent")


def test_a_cancelled_reply_is_undone_and_offers_no_undo(client, lena, talk):
    client.force_login(lena)
    write(client, talk, reply="Hold both buttons.")
    writing.cancel(Delivery.objects.get(), by=lena)
    action = Action.objects.get(verb="reply")
    assert action.undone_at is not None
    page = client.get("/team/audit-trail/?verb=inbox.conversation+reply").content.decode()
    assert f"/undo/{action.group}/" not in page
    assert "undone" in page


def test_nobody_writes_to_who_asked_not_to_be_contacted_but_to_others_there(desk, talk, alice):
    asker = make_identity(make_member("Ines Wolff", do_not_contact=True))
    asked = make_message(talk, "Leave me out of it.", author=asker)
    other = make_message(talk, "And mine?", author=make_identity(make_member("Stefan Kuhnert")))
    response = write(desk, talk, reply="We wondered …", to=asked.pk)
    said = one_line(response.content)
    assert "Ines Wolff asked not to be contacted." in said
    assert "turn off “Do not contact” in their details" in said
    with pytest.raises(ReplyRefused, match="asked not to be contacted"):
        writing.reply(talk, "We wondered …", by=alice, to=asked)
    assert not Message.objects.filter(kind="outbound").exists()
    write(desk, talk, reply="Yours too.", to=other.pk)
    assert Message.objects.get(kind="outbound").parent == other


def test_a_draft_that_another_browser_has_kept_since_is_not_overwritten(desk, talk, bob):
    address = f"/conversations/{talk.pk}/draft/"
    desk.post(address, {"kind": "note", "text": "Theirs", "was": ""})
    other = desk.post(address, {"kind": "note", "text": "Mine", "was": ["", "Older"]})
    assert other.json() == {"kind": "note", "other": "Theirs"}
    assert Draft.objects.get(user=bob).text == "Theirs"
    for known in ({"was": ["", "Theirs"]}, {}):  # it knows; a page that does not say
        kept = desk.post(address, {"kind": "note", "text": "Mine", **known})
        assert kept.json()["text"] == "Mine"
    desk.post(address, {"kind": "note", "text": "", "was": "Mine"})  # sent over there
    assert desk.post(address, {"kind": "note", "text": "On", "was": "Mine"}).json()["text"] == "On"
