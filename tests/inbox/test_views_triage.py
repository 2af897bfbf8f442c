"""Done, assigned, snoozed, tagged, unread, several at once: and each of them taken back."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.models import Conversation, ReadMark
from inbox.verbs import state_changes, triage
from members.models import Tag
from team.models import Action
from tests.make import make_conversation, make_message, make_reply


@pytest.fixture
def desk(client, bob):
    client.force_login(bob)
    return client


@pytest.fixture
def talk():
    return waiting(9)


def waiting(hours: float) -> Conversation:
    conversation = make_conversation()
    make_message(conversation, sent_at=timezone.now() - timedelta(hours=hours))
    return conversation


def by_htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}


def undo_address(response) -> str:
    return json.loads(response.headers["HX-Trigger"])["toast"]["undo"]


def close(desk, talk, seen_up_to=None, **data):
    seen = talk.last_message_id if seen_up_to is None else seen_up_to
    return desk.post(
        f"/conversations/{talk.pk}/closure/", {"seen_up_to": seen, **data}, headers=by_htmx("talk")
    )


def test_done_opens_the_next_one_that_waits(desk, talk):
    following = waiting(3)
    response = close(desk, talk, **{"in": "needs-reply"})
    talk.refresh_from_db()
    assert talk.state == "done"
    assert response.headers["HX-Push-Url"] == f"/conversations/{following.pk}/?in=needs-reply"
    assert response.context["conversation"] == following


def test_done_after_an_answer_goes_on_below_and_not_at_the_top(desk, talk, bob):
    talk.messages.update(sent_at=timezone.now() - timedelta(hours=5))
    Conversation.objects.recompute([talk.pk])
    longest, following = waiting(9), waiting(3)
    make_reply(talk, by=bob)
    page = desk.get(f"/conversations/{talk.pk}/?in=needs-reply")
    response = close(desk, talk, **{"in": "needs-reply", "cursor": page.context["cursor"]})
    assert response.context["conversation"] == following != longest


def test_done_stays_where_one_prefers_to_stay(desk, talk, bob):
    bob.prefer(open_next=False)
    waiting(3)
    assert close(desk, talk).context["conversation"] == talk


def test_done_with_the_last_one_says_so(desk, talk):
    response = close(desk, talk)
    assert "That was the last one" in response.content.decode()
    assert response.headers["HX-Push-Url"] == "/inbox/needs-reply/"


def test_what_arrived_after_the_page_was_shown_keeps_it_open(desk, talk):
    seen = talk.last_message_id
    make_message(talk, "One more thing")
    response = close(desk, talk, seen_up_to=seen)
    talk.refresh_from_db()
    assert talk.state == "open"
    assert talk.waiting_since
    assert "They wrote again" in response.headers["HX-Trigger"]


def test_a_form_cannot_mark_as_seen_what_is_not_there_yet(desk, talk):
    close(desk, talk, seen_up_to=10**15)
    make_message(talk, "And tomorrow?")
    talk.refresh_from_db()
    assert talk.handled_up_to < 10**15
    assert talk.waiting_since


def test_done_is_taken_back_by_its_toast(desk, talk):
    waiting(3)
    before = talk.waiting_since
    desk.post(undo_address(close(desk, talk)), headers={"HX-Request": "true"})
    talk.refresh_from_db()
    assert (talk.state, talk.waiting_since) == ("open", before)


@pytest.mark.parametrize(("noun", "data"), [("closure", {}), ("snooze", {"until": "tomorrow"})])
def test_undo_opens_the_conversation_again_that_was_left(desk, talk, noun, data):
    following = waiting(3)
    away = desk.post(
        f"/conversations/{talk.pk}/{noun}/",
        {"seen_up_to": talk.last_message_id, "in": "needs-reply", **data},
        headers=by_htmx("talk"),
    )
    assert away.headers["HX-Push-Url"].startswith(following.get_absolute_url())
    back = f"/conversations/{talk.pk}/?in=needs-reply"
    page = f"http://testserver{away.headers['HX-Push-Url']}"
    undone = desk.post(undo_address(away), headers={"HX-Request": "true", "HX-Current-URL": page})
    assert json.loads(undone.headers["HX-Location"])["path"] == back
    talk.refresh_from_db()
    assert talk.state == "open"
    late = desk.post(undo_address(away), headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (late.status_code, "HX-Location" in late.headers) == (409, False)


def test_undo_after_the_last_one_of_a_list_opens_it_beside_that_list(desk, talk):
    emptied = close(desk, talk, **{"in": "needs-reply"})
    page = "http://testserver/inbox/needs-reply/"
    undone = desk.post(
        undo_address(emptied), headers={"HX-Request": "true", "HX-Current-URL": page}
    )
    goal = json.loads(undone.headers["HX-Location"])["path"]
    assert goal == f"/conversations/{talk.pk}/?in=needs-reply"


def test_a_plain_form_does_the_same_and_goes_back_to_a_page(desk, talk):
    response = desk.post(
        f"/conversations/{talk.pk}/closure/",
        {"seen_up_to": talk.last_message_id, "in": "everything"},
        follow=True,
    )
    assert response.redirect_chain
    assert "Done:" in response.content.decode()
    talk.refresh_from_db()
    assert talk.state == "done"
    desk.post(f"/conversations/{talk.pk}/closure/", {"_method": "DELETE"})
    talk.refresh_from_db()
    assert talk.state == "open"


def test_take_assign_and_let_go(desk, talk, bob, lena):
    address = f"/conversations/{talk.pk}/assignment/"
    for data, owner in (({"user": "me"}, bob), ({"user": lena.pk}, lena)):
        desk.post(address, data)
        talk.refresh_from_db()
        assert talk.assignee == owner
    desk.delete(address)
    talk.refresh_from_db()
    assert talk.assignee is None


def test_nobody_is_given_work_who_may_not_do_it(desk, talk, olga):
    assert desk.post(f"/conversations/{talk.pk}/assignment/", {"user": olga.pk}).status_code == 404
    page = desk.get(f"/conversations/{talk.pk}/assignment/").content.decode()
    assert "Bob Baker" in page
    assert "Olga" not in page


def test_snoozed_until_tomorrow_and_woken(desk, talk):
    address = f"/conversations/{talk.pk}/snooze/"
    desk.post(address, {"until": "tomorrow"})
    talk.refresh_from_db()
    assert talk.state == "snoozed"
    assert talk.snoozed_until > timezone.now()
    desk.delete(address)
    talk.refresh_from_db()
    assert (talk.state, talk.snoozed_until) == ("open", None)


@pytest.mark.parametrize("until", ["", "nonsense", "2001-01-01", "yesterday"])
def test_a_snooze_without_a_time_to_come_changes_nothing_and_says_what_to_do(desk, talk, until):
    response = desk.post(
        f"/conversations/{talk.pk}/snooze/", {"until": until}, headers=by_htmx("talk")
    )
    toast = json.loads(response.headers["HX-Trigger"])["toast"]
    assert toast["level"] == "error"
    assert re.search(r"Select|Pick", toast["text"])
    talk.refresh_from_db()
    assert talk.state == "open"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_nobody_snoozes_to_the_end_of_time(desk, bob, talk, zone):
    bob.timezone = zone
    bob.save()
    for until in ("9999-12-31", "9999-12-31T23:30", "9999-12-31T23:30-14:00"):
        response = desk.post(
            f"/conversations/{talk.pk}/snooze/", {"until": until}, headers=by_htmx("talk")
        )
        assert "five years" in json.loads(response.headers["HX-Trigger"])["toast"]["text"]
    talk.refresh_from_db()
    assert talk.state == "open"


def test_a_line_that_tells_of_the_end_of_time_breaks_no_page(desk, bob, talk):
    """Such a time was taken once, and the line that says so stays."""
    bob.timezone = "Asia/Tokyo"
    bob.save()
    facts = [{"snoozed_until": "9999-12-31T23:30:00+00:00"}]
    state_changes.add_event_lines([talk], "snooze", by=bob, facts=facts)
    assert "31 December" in desk.get(talk.get_absolute_url()).content.decode()


def test_the_menu_of_tags_is_sorted_without_regard_to_case(desk, talk):
    for name in ("bug", "Meet-ups 2027", "Amplifiers", "wishes"):
        Tag.objects.create(name=name)
    menu = desk.get(f"/conversations/{talk.pk}/tags/", headers=by_htmx("tag-list"))
    names = ["Amplifiers", "bug", "Meet-ups 2027", "wishes"]
    assert re.findall(r'name="name" value="([^"]+)"', menu.content.decode()) == names


def test_the_toast_of_done_ends_with_a_whole_word(desk, talk):
    talk.subject = "The module gets hot when the battery was charging over night"
    talk.subject += " and a day"
    talk.save()
    said = json.loads(close(desk, talk).headers["HX-Trigger"])["toast"]["text"]
    assert said == "Done: The module gets hot when the battery was charging over…"


def test_tags_are_put_on_and_taken_off(desk, talk):
    answer = desk.post(
        f"/conversations/{talk.pk}/tags/", {"new": "  meet  up "}, headers=by_htmx("talk")
    )
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"] == "Tagged “meet up”."
    tag = Tag.objects.get()
    assert (tag.name, list(talk.tags.all())) == ("meet up", [tag])
    desk.post(f"/conversations/{talk.pk}/tags/", {"name": "MEET UP"})
    assert Tag.objects.count() == 1
    desk.delete(f"/conversations/{talk.pk}/tags/{tag.pk}/")
    assert not talk.tags.exists()


def test_a_tag_without_a_word_is_refused_in_words(desk, talk):
    response = desk.post(
        f"/conversations/{talk.pk}/tags/",
        {"new": "  ", "name": ""},
        headers=by_htmx(f"thread-{talk.pk}"),
    )
    assert "Enter a tag name" in response.headers["HX-Trigger"]
    assert not Tag.objects.exists()


def test_unread_again_is_for_this_user_and_closes_the_conversation(desk, talk, bob, lena):
    desk.get(talk.get_absolute_url())
    ReadMark.set(lena, talk.pk, talk.last_message_id)
    response = desk.delete(f"/conversations/{talk.pk}/readmark/", headers=by_htmx("talk"))
    assert response.headers["HX-Push-Url"] == "/inbox/needs-reply/"
    assert ReadMark.objects.get(user=bob).up_to == 0
    assert ReadMark.objects.get(user=lena).up_to == talk.last_message_id


def test_several_are_done_at_once_and_taken_back_at_once(desk, bob):
    picked = [waiting(hours) for hours in (5, 6)]
    left = waiting(7)
    picks = [f"{talk.pk}-{talk.last_message_id}" for talk in picked]
    response = desk.post(
        "/inbox/selection/closures/", {"pick": [*picks, "x-1", "999999-1"]}, headers=by_htmx("x")
    )
    assert Conversation.objects.filter(state="done").count() == 2
    assert "2 conversations done" in response.headers["HX-Trigger"]
    desk.post(undo_address(response), headers={"HX-Request": "true"})
    assert not Conversation.objects.filter(state="done").exists()
    left.refresh_from_db()
    assert left.state == "open"


def test_an_undo_of_what_a_colleague_did_is_not_found(desk, talk, lena):
    action = triage.assign([talk], lena, by=lena)
    assert desk.post(action.undo_url).status_code == 404
    assert Action.objects.get(group=action.group).undone_at is None


@pytest.mark.parametrize(
    ("noun", "target", "data", "queries"),
    [
        ("assignment", "thread", {"user": "me"}, 12),
        ("tags", "thread", {"name": "bug"}, 12),
        ("notes", "thread", {"note": "Among us"}, 12),
        ("replies", "thread", {"reply": "Gladly"}, 15),
        ("snooze", "talk", {"until": "tomorrow"}, 15),
        ("closure", "talk", {"seen_up_to": "999999"}, 15),
    ],
)
def test_a_verb_and_what_is_shown_after_it_stay_within_their_queries(
    desk, talk, noun, target, data, queries
):
    waiting(3)
    desk.get("/inbox/")
    with CaptureQueriesContext(connection) as asked:
        desk.post(f"/conversations/{talk.pk}/{noun}/", data, headers=by_htmx(f"{target}-{talk.pk}"))
    statements = [q["sql"] for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= queries, statements


def test_a_reply_owed_on_today_is_done_snoozed_and_assigned_there(desk, talk, bob, lena):
    triage.assign([talk], bob, by=lena)
    talk.refresh_from_db()
    shown = desk.get("/today/").content.decode()
    pick = f"{talk.pk}-{talk.last_message_id}"
    assert f'name="pick" value="{pick}"' in shown
    for noun in ("snoozes", "assignments"):
        menu = desk.get(f"/inbox/selection/{noun}/", {"pick": talk.pk}).content.decode()
        assert f'name="pick" value="{talk.pk}"' in menu
        assert 'name="pick"' not in desk.get(f"/inbox/selection/{noun}/").content.decode()
    done = desk.post("/inbox/selection/closures/", {"pick": pick}, headers=by_htmx(""))
    assert "1 conversation done" in done.headers["HX-Trigger"]
    talk.refresh_from_db()
    assert talk.state == "done"
