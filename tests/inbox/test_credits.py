"""A member answered another: credit, what it closes, thanks, and the way back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.formats import date_format

from community_hub.lib.query import Mistake, complete
from inbox.connectors.base import Op
from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Message
from inbox.verbs.credits import NotPossible, credit, thank, uncredit
from members import filters
from members.filters import PEOPLE
from members.follow_up_verbs import complete as close
from members.log import timeline
from members.models import FollowUp, Member
from members.occasion_verbs import take
from members.thanks_due import THANKS
from tests.inbox.items import item, page, person, reply
from tests.make import make_identity, make_line, make_message, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return make_source()


@pytest.fixture
def question(source):
    """Ines asks; Petra and Kofi answer."""
    asked = item("q", mention_reason="new_topic")
    answers = [reply(f"a-{who}", asked, author=person(who)) for who in ("petra", "kofi")]
    ingest(source, page(asked, *answers))
    ask(Message.objects.get(external_id="q"))
    return Message.objects.get(external_id="q")


def ask(message):
    """As if the source's rules had asked for the team."""
    Message.objects.filter(pk=message.pk).update(mention_reason="new_topic")
    Conversation.objects.recompute([message.conversation_id])


def answer(who="petra"):
    return Message.objects.get(external_id=f"a-{who}")


def member(who="petra"):
    return Member.objects.get(identities__handle=who)


def test_credit_closes_the_question_and_stands_in_the_helpers_log(question, bob):
    assert question.conversation.waiting_since
    assert credit(answer(), by=bob)
    question.conversation.refresh_from_db()
    assert (question.conversation.waiting_since, question.conversation.state) == (None, "done")
    line = timeline(member(), bob).get(kind="credit")
    assert (line.summary, line.actor, line.key) == (
        "Answered “MIDI clock drifts”",
        bob,
        f"credit:message:{answer().pk}",
    )
    assert line.occurred_at == answer().sent_at
    assert (line.scope, line.link) == (
        question.conversation.source.scope,
        f"/conversations/{question.conversation_id}/#message-{answer().pk}",
    )


def test_undo_takes_back_the_credit_the_closing_and_their_lines(question, bob):
    lines = question.conversation.messages.count()
    changes = credit(answer(), by=bob)
    assert question.conversation.messages.count() == lines + 2
    assert changes.undo(by=bob) == 2
    question.conversation.refresh_from_db()
    assert question.conversation.state == "open"
    assert question.conversation.waiting_since == question.sent_at
    assert not timeline(member(), bob).filter(kind="credit").exists()
    assert answer().credited_at is None
    assert question.conversation.messages.count() == lines


def test_several_members_may_be_credited_and_each_only_once(question, bob):
    assert credit(answer("petra"), by=bob)
    assert credit(answer("kofi"), by=bob)
    assert not credit(answer("kofi"), by=bob)
    for who in ("petra", "kofi"):
        assert timeline(member(who), bob).filter(kind="credit").count() == 1


def test_whoever_asked_after_the_answer_keeps_waiting(question, source, bob):
    later = reply("q2", item("q"), author=person("zoe"))
    ingest(source, page(later))
    zoe = Message.objects.get(external_id="q2")
    Message.objects.filter(pk=zoe.pk).update(sent_at=answer("kofi").sent_at + timedelta(seconds=5))
    ask(zoe)
    zoe.refresh_from_db()
    credit(answer("kofi"), by=bob)
    question.conversation.refresh_from_db()
    assert question.conversation.waiting_since == zoe.sent_at
    assert question.conversation.state == "open"


def test_who_asked_is_not_credited_nor_a_teammate_a_bot_or_ourselves(question, bob):
    asker = question.author
    thanks = make_message(question.conversation, "That was it!", author=asker, mention_reason="")
    for wrong in (question, thanks):
        with pytest.raises(NotPossible, match="another member"):
            credit(wrong, by=bob)
    colleague = make_identity(Member.objects.create(name="Suri", user=make_user()))
    bot = make_identity(Member.objects.create(name="Welcome bot", is_bot=True))
    for author in (colleague, bot, make_identity(is_us=True)):
        wrong = make_message(question.conversation, author=author, mention_reason="")
        with pytest.raises(NotPossible, match="Only members"):
            credit(wrong, by=bob)
    Message.objects.filter(pk=answer().pk).update(deleted_at=timezone.now())
    with pytest.raises(NotPossible, match="what a member wrote"):
        credit(answer(), by=bob)


def test_a_contributor_may_not_credit(question, carol):
    with pytest.raises(PermissionDenied):
        credit(answer(), by=carol)


def test_a_credit_is_removed_and_the_conversation_stays_as_it_is(question, bob):
    credit(answer(), by=bob)
    removed = uncredit(answer(), by=bob)
    question.conversation.refresh_from_db()
    assert question.conversation.state == "done"
    assert not timeline(member(), bob).filter(kind="credit").exists()
    assert removed.undo(by=bob)
    assert timeline(member(), bob).filter(kind="credit").count() == 1
    assert answer().credited_at


def test_an_answer_that_is_deleted_upstream_takes_its_credit_along(question, source, bob):
    credit(answer(), by=bob)
    ingest(source, page(item("a-petra", op=Op.DELETE)))
    assert not timeline(member(), bob).filter(kind="credit").exists()
    assert answer().credited_at is None


def test_a_credit_of_a_restricted_source_is_hidden_from_who_may_not_see_it(question, bob, lena):
    credit(answer(), by=lena)
    source = question.conversation.source
    source.restricted = True
    source.save()
    assert not timeline(member(), bob).filter(kind="credit").exists()
    assert timeline(member(), lena).filter(kind="credit").exists()


def test_one_press_plans_thanks_for_today_once(client, question, bob):
    client.force_login(bob)
    pk = answer().pk
    client.post(f"/messages/{pk}/credit/")
    client.post(f"/messages/{pk}/thanks/")
    row = FollowUp.objects.get()
    assert (row.kind, row.member, row.owner, row.text) == (
        "thanks",
        member(),
        bob,
        "Thank them for their answer",
    )
    assert (row.origin, row.due_on) == (f"credit:message:{pk}", timezone.localdate())
    again = client.post(f"/messages/{pk}/thanks/", follow=True)
    assert "They’re thanked for this already." in again.content.decode()
    assert FollowUp.objects.count() == 1


def shown_thread(client, question):
    return client.get(f"/conversations/{question.conversation_id}/").content.decode()


def test_the_thread_says_that_thanks_are_planned_and_when_they_were_given(
    client, question, bob, olga
):
    client.force_login(bob)
    pk = answer().pk
    client.post(f"/messages/{pk}/credit/")
    assert ">Thank them</button>" in shown_thread(client, question)
    client.post(f"/messages/{pk}/thanks/")
    row = FollowUp.objects.get()
    shown = shown_thread(client, question)
    assert f'<a class="link" href="/follow-ups/{row.pk}/">Thanks planned</a>' in shown
    assert f'formaction="/messages/{pk}/thanks/"' not in shown
    close(row, by=bob)
    shown = shown_thread(client, question)
    day = date_format(timezone.localdate(), "j F Y")
    assert f'<a class="link" href="/follow-ups/{row.pk}/">Thanked on {day}</a>' in shown
    client.force_login(olga)
    assert f"<span>Thanked on {day}</span>" in shown_thread(client, question)


def test_thanks_that_were_dropped_are_offered_again(client, question, bob):
    client.force_login(bob)
    credit(answer(), by=bob)
    thank(answer(), by=bob)
    close(FollowUp.objects.get(), "dropped", by=bob)
    assert ">Thank them</button>" in shown_thread(client, question)


def test_thanks_that_today_asked_for_are_for_each_answer_up_to_then(client, question, bob):
    credit(answer(), by=bob)
    take(THANKS.of(member(), bob), by=bob)
    client.force_login(bob)
    assert ">Thanks planned</a>" in shown_thread(client, question)
    with pytest.raises(NotPossible, match="thanked for this already"):
        thank(answer(), by=bob)
    Message.objects.filter(pk=answer().pk).update(sent_at=timezone.now() + timedelta(hours=1))
    assert ">Thank them</button>" in shown_thread(client, question)


def test_the_line_in_the_thread_says_who_credited_whom(client, question, bob):
    credit(answer("petra"), by=bob)
    uncredit(answer("petra"), by=bob)
    client.force_login(bob)
    shown = shown_thread(client, question)
    assert "Bob Baker credited Petra with the answer" in shown
    assert "Bob Baker removed Petra’s credit for the answer" in shown


def test_the_line_names_whom_an_answer_further_up_is_from(client, question, bob):
    for number in range(30):
        make_message(question.conversation, f"Another {number}", mention_reason="")
    credit(answer("kofi"), by=bob)
    client.force_login(bob)
    shown = shown_thread(client, question)
    assert f'id="message-{answer("kofi").pk}"' not in shown
    assert "Bob Baker credited Kofi with the answer" in shown


def test_a_line_that_knows_no_answer_says_what_it_knows(client, question, bob):
    credit(answer(), by=bob)
    lines = Message.objects.filter(kind="event", event__verb="credit")
    lines.update(event={"verb": "credit"})
    client.force_login(bob)
    assert "Bob Baker credited a member’s answer" in shown_thread(client, question)


def test_the_page_offers_credit_beside_answers_alone_and_shows_what_was_given(
    client, question, bob, olga
):
    client.force_login(bob)
    address = f"/conversations/{question.conversation_id}/"
    shown = client.get(address).content.decode()
    for who in ("petra", "kofi"):
        assert f'formaction="/messages/{answer(who).pk}/credit/"' in shown
    assert f'formaction="/messages/{question.pk}/credit/"' not in shown
    client.post(f"/messages/{answer().pk}/credit/")
    shown = client.get(address).content.decode()
    assert "answer credited" in shown
    assert f'formaction="/messages/{answer().pk}/thanks/"' in shown
    assert "Bob Baker credited Petra with the answer" in shown
    client.force_login(olga)
    shown = client.get(address).content.decode()
    assert "answer credited" in shown
    assert "formaction" not in shown


def test_the_toast_says_whose_answer_was_credited_with_its_first_words(client, question, bob):
    long = "Set the clock to external, then restart the unit, and it should hold for hours."
    Message.objects.filter(pk=answer().pk).update(body_text=f"  {long}\n")
    client.force_login(bob)
    shown = client.post(f"/messages/{answer().pk}/credit/", follow=True).content.decode()
    assert "Credited Petra for “Set the clock to external, then restart the unit, and it…”" in shown
    shown = client.post(
        f"/messages/{answer().pk}/credit/", {"_method": "DELETE"}, follow=True
    ).content.decode()
    assert "Removed Petra’s credit for “Set the clock" in shown


def test_the_trail_says_who_was_credited(client, question, bob, alice):
    credit(answer(), by=bob)
    client.force_login(alice)
    shown = client.get("/team/audit-trail/").content.decode()
    assert "credited Petra for an answer in" in shown


def test_credit_costs_the_same_in_a_long_thread(question, bob, django_assert_max_num_queries):
    for number in range(30):
        make_message(question.conversation, f"Another {number}", mention_reason="")
    with django_assert_max_num_queries(32):
        credit(answer(), by=bob)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("credited:<30d", "Kofi"),
        ("credited:>30d", "Petra"),
        ("-credited:<30d", "Ines Petra"),
        ("credited:never", "Ines"),
    ],
)
def test_members_are_found_by_when_an_answer_of_theirs_was_credited(question, bob, written, found):
    Message.objects.filter(pk=answer("petra").pk).update(sent_at=timezone.now() - timedelta(90))
    Message.objects.filter(pk=question.pk).update(sent_at=timezone.now() - timedelta(100))
    Message.objects.filter(pk=answer("kofi").pk).update(sent_at=timezone.now() - timedelta(2))
    for who in ("petra", "kofi"):
        credit(answer(who), by=bob)
    assert names_found(written, bob) == found


def test_a_credit_in_a_restricted_source_finds_nobody_for_who_may_not_see_it(question, bob, lena):
    credit(answer(), by=lena)
    source = question.conversation.source
    make_line(member(), "Hello", scope=make_source().scope)  # known from elsewhere too
    source.restricted = True
    source.save()
    assert names_found("credited:<9999d", lena) == "Petra"
    assert names_found("credited:<9999d", bob) == ""


def test_what_stands_after_credited_is_offered_and_explained(bob):
    offered = [each.text for each in complete(PEOPLE, "credited:", 9, bob)]
    assert "never" in offered
    assert any(text.startswith(">") for text in offered)
    with pytest.raises(Mistake):
        filters.apply(Member.objects.all(), "credited:often", bob)


def names_found(written, user):
    rows = filters.apply(Member.objects.with_seen_at(user), written, user).order_by("name")
    return " ".join(rows.values_list("name", flat=True))
