"""An answer without an account: from the public page to the seat, and what keeps bots out."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from events import answers, notices, pending_mails, rsvp, rsvp_forms, rsvp_limits, tasks
from events.models import Answer, Attendance, Notice, PendingAnswer, State, Visibility
from events.verbs import editing
from members.models import Activity, Identity, Member
from tests.make import make_attendance, make_event, make_identity, make_member, one_line

pytestmark = pytest.mark.django_db

INES = {"name": "Ines Wolff", "email": "Ines@Example.org", "wanted": "going", "guests": "0"}


@pytest.fixture(autouse=True)
def not_too_soon(monkeypatch):
    monkeypatch.setattr(rsvp_forms, "TOO_SOON", -1)


def say(browser, event, **more):
    shown = {"shown": rsvp_forms.shown_now(event)}
    return browser.post(f"/e/{event.slug}/", {**INES, **shown, **more})


def link_in(letter) -> str:
    return urlsplit(re.search(r"http\S+/e/(?:confirm|mine)/\S+", letter.body)[0]).path


def mailed_link() -> str:
    """What the mail for the newest answer says."""
    pending_mails.send_due()
    return link_in(mail.outbox[-1])


def confirmed(browser, event, **more) -> Attendance:
    assert say(browser, event, **more).status_code == 302
    answer = browser.post(mailed_link())
    return Attendance.objects.get(token=answer.url.split("/")[3])


def test_a_stranger_answers_confirms_and_becomes_a_member_with_a_seat(mallory):
    event = make_event(most_guests=2)
    answer = say(mallory, event, guests="2")
    assert answer.url == f"/e/{event.slug}/sent/"
    assert "Check your email" in mallory.get(answer.url).content.decode()
    assert not Member.objects.exists()
    link = mailed_link()
    assert mallory.get(link).status_code == 200
    assert not Attendance.objects.exists(), "a mail scanner opens links"
    there = mallory.post(link)
    row = Attendance.objects.get()
    assert there.url == f"/e/mine/{row.token}/"
    assert (row.answer, row.guests, row.origin) == ("going", 2, "page")
    identity = Identity.objects.get()
    assert (identity.network, identity.external_id) == ("email", "ines@example.org")
    assert identity.email == "ines@example.org", "verified"
    assert (row.member.name, row.identity) == ("Ines Wolff", identity)
    assert Activity.objects.get().key == f"attendance:{row.pk}:going"


def test_the_link_pressed_twice_leads_to_the_same_answer(mallory):
    event = make_event()
    say(mallory, event)
    link = mailed_link()
    first, second = mallory.post(link), mallory.post(link)
    assert first.url == second.url == mallory.get(link).url
    assert Attendance.objects.count() == Notice.objects.count() == 1


def test_whoever_has_the_address_is_the_one_who_comes(mallory):
    known = make_member("Ines W.")
    make_identity(known, network="email", external_id="ines@example.org")
    row = confirmed(mallory, make_event())
    assert row.member == known
    known.refresh_from_db()
    assert known.name == "Ines W."
    assert Identity.objects.get().email == "ines@example.org", "verified by now"


def test_an_address_that_a_platform_verified_is_its_member_s_unless_two_have_it(mallory):
    known = make_member("Ines W.")
    make_identity(known, email="INES@example.org")
    assert confirmed(mallory, make_event()).member == known
    for _ in range(2):
        make_identity(make_member(), email="bo@example.org")
    assert confirmed(mallory, make_event(), email="bo@example.org").member.name == "Ines Wolff"
    assert Member.objects.count() == 4


def test_a_colleague_and_a_platform_with_one_address_are_not_mistaken(mallory, bob):
    make_member("Bob", user=bob)
    assert confirmed(mallory, make_event(), email=bob.email.upper()).member.user == bob
    Identity.objects.filter(network="email").delete()
    make_identity(make_member("Another Bob"), email=bob.email)
    assert confirmed(mallory, make_event(), email=bob.email).member.name == "Ines Wolff"
    assert confirmed(mallory, make_event(), email=bob.email).member.name == "Ines Wolff"


def test_a_platform_that_knows_one_member_twice_knows_one(mallory):
    ines = make_member("Known")
    for _account in range(2):
        make_identity(ines, email="ines@example.org")
    assert confirmed(mallory, make_event(), email="ines@example.org").member == ines


def test_a_name_alone_is_nobody_known(mallory):
    make_member("Ines Wolff")
    confirmed(mallory, make_event())
    assert Member.objects.filter(name="Ines Wolff").count() == 2


def test_who_finds_no_seat_confirms_into_the_waiting_list_and_is_told_of_the_seat(mallory):
    event = make_event(capacity=1)
    first = make_attendance(event)
    row = confirmed(mallory, event)
    assert row.answer == "waiting"
    tasks.send_notices()
    assert mail.outbox[-1].subject == f"Waiting list: {event}"
    page = one_line(mallory.get(f"/e/mine/{row.token}/").content)
    assert "next in line" in page
    answers.answer(event.pk, first.member_id, Answer.DECLINED)
    tasks.send_notices()
    tasks.send_notices()
    assert [letter.subject for letter in mail.outbox[1:]] == [
        f"Waiting list: {event}",
        f"You have a seat: {event}",
    ]
    assert mail.outbox[-1].to == ["ines@example.org"]


def test_the_answer_tells_nothing_of_who_is_known(mallory):
    event = make_event()
    known = make_member()
    make_identity(known, network="email", external_id="ines@example.org", email="ines@example.org")
    make_attendance(event, known)
    assert say(mallory, event).url == say(mallory, event, email="new@example.org").url
    letters = [mailed_link() and mail.outbox[number].body for number in (0, 1)]
    shown = [re.sub(r"http\S+", "", text) for text in letters]
    assert shown[0] == shown[1]


def test_the_mail_holds_nothing_that_a_stranger_typed(mallory):
    say(mallory, make_event(), name="Buy gold")
    mailed_link()
    assert "gold" not in str(mail.outbox[0].message())


def test_a_name_with_an_address_is_refused_and_what_was_typed_stays(mallory):
    event = make_event()
    page = say(mallory, event, name="Win at https://evil.example")
    assert page.status_code == 422
    assert "without a web address" in page.content.decode()
    assert 'value="Ines@Example.org"' in page.content.decode()
    assert not PendingAnswer.objects.exists()


@pytest.mark.parametrize(
    "name",
    ['<script>alert("x")</script>', "‮drawkcab", "Ines\nWolff", "ا" * 100, "%(event)s {{ 7 }}"],
)
def test_hostile_names_are_kept_as_text(mallory, name):
    row = confirmed(mallory, make_event(), name=name)
    page = mallory.get(f"/e/mine/{row.token}/").content.decode()
    assert "<script>alert" not in page
    assert "‮" not in row.member.name
    assert "\n" not in row.member.name


@pytest.mark.parametrize("email", ["", "nobody", "a@b\nBcc: c@d.example", "a@" + "b" * 300 + ".de"])
def test_what_is_no_address_is_refused(mallory, email):
    event = make_event()
    assert say(mallory, event, email=email).status_code == 422
    assert not PendingAnswer.objects.exists()


def test_more_guests_than_allowed_are_refused(mallory):
    assert say(mallory, make_event(most_guests=1), guests="2").status_code == 422
    row = confirmed(mallory, make_event(most_guests=0), guests="9")
    assert row.guests == 0


# Bots ---------------------------------------------------------------------------------------------


def test_the_hidden_field_refuses_with_a_sentence_and_lets_a_person_through(mallory):
    event = make_event()
    page = say(mallory, event, website="https://spam.example").content.decode()
    assert "hidden field" in page
    assert "spam.example" not in page
    assert 'value="Ines Wolff"' in page


def test_an_answer_too_soon_after_the_page_is_refused_and_the_form_kept(mallory, monkeypatch):
    monkeypatch.setattr(rsvp_forms, "TOO_SOON", 2.0)
    event = make_event()
    page = say(mallory, event)
    assert page.status_code == 422
    assert "very quick" in page.content.decode()
    assert 'value="Ines Wolff"' in page.content.decode()
    assert not PendingAnswer.objects.exists()


def test_an_answer_of_a_page_that_is_too_old_is_sent_again(mallory, time_machine_hours):
    event = make_event(starts_at=timezone.now() + timedelta(days=30))
    old = rsvp_forms.shown_now(event)
    time_machine_hours(13)
    page = say(mallory, event, shown=old)
    assert page.status_code == 422
    assert "open for too long" in page.content.decode()
    fresh = re.search(r'name="shown" value="([^"]+)"', page.content.decode())[1]
    assert say(mallory, event, shown=fresh).status_code == 302


@pytest.mark.parametrize("token", ["", "nonsense", "WzEsMV0:1a:b"])
def test_a_forged_token_is_refused(mallory, token):
    assert say(mallory, make_event(), shown=token).status_code == 422


def test_the_token_of_another_event_is_refused(mallory):
    other = rsvp_forms.shown_now(make_event())
    assert say(mallory, make_event(), shown=other).status_code == 422


@pytest.fixture
def time_machine_hours():
    import time_machine

    travellers = []

    def travel(hours):
        traveller = time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True)
        traveller.start()
        travellers.append(traveller)

    yield travel
    for traveller in travellers:
        traveller.stop()


def test_a_flood_from_one_network_ends_with_a_sentence(mallory, monkeypatch):
    monkeypatch.setattr(rsvp_limits, "A_NETWORK", (3, 600))
    event = make_event()
    codes = [say(mallory, event, email=f"p{n}@example.org").status_code for n in range(5)]
    assert codes == [302, 302, 302, 429, 429]
    page = say(mallory, event, email="p9@example.org")
    assert "came from your network" in page.content.decode()
    assert 'value="p9@example.org"' in page.content.decode()
    assert PendingAnswer.objects.count() == 3
    elsewhere = rsvp_forms.shown_now(event)
    answer = mallory.post(
        f"/e/{event.slug}/", {**INES, "shown": elsewhere}, REMOTE_ADDR="192.0.2.7"
    )
    assert answer.status_code == 302


def test_a_household_of_ipv6_counts_as_one(rf):
    one, other, third = (
        rsvp_limits.network_of(rf.get("/", REMOTE_ADDR=address))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert one == other != third


def test_nobody_is_flooded_with_mails(mallory):
    event = make_event()
    for n in range(6):
        assert say(mallory, event, name=f"Ines {n}").status_code == 302
        pending_mails.send_due()
    assert len(mail.outbox) == rsvp.MOST_MAILS
    for _ in range(8):
        say(mallory, make_event())
    pending_mails.send_due()
    assert len(mail.outbox) <= rsvp_limits.AN_ADDRESS[0]


def test_an_older_link_confirms_nothing_else_than_it_was_sent_for(mallory):
    event = make_event()
    say(mallory, event)
    old = mailed_link()
    say(mallory, event, wanted="maybe")
    assert mallory.post(old).status_code == 410
    assert not Attendance.objects.exists()
    mallory.post(mailed_link())
    assert Attendance.objects.get().answer == "maybe"


def test_a_link_that_expired_was_forged_or_cut_says_so(mallory):
    event = make_event()
    say(mallory, event)
    link = mailed_link()
    PendingAnswer.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    for address in (link, link[:-4] + "xyz/", "/e/confirm/nonsense/"):
        for page in (mallory.get(address), mallory.post(address)):
            assert page.status_code == 410
            assert "doesn’t work any more" in page.content.decode()
    assert rsvp.forget_expired() == 1
    assert not Attendance.objects.exists()


def test_a_link_of_an_event_that_was_cancelled_meanwhile_confirms_nothing(mallory, bob):
    event = make_event()
    say(mallory, event)
    link = mailed_link()
    editing.cancel(event, by=bob)
    assert "was cancelled" in mallory.get(link).content.decode()
    assert mallory.post(link).status_code == 422
    assert not Attendance.objects.exists()
    assert not Member.objects.exists(), "nobody is made a member by it"


@pytest.mark.parametrize(
    "fields",
    [{"state": State.DRAFT, "published_at": None}, {"visibility": Visibility.TEAM}],
)
def test_a_draft_or_an_event_of_the_team_takes_no_answer(mallory, fields):
    assert say(mallory, make_event(**fields)).status_code == 404


def test_an_event_that_is_over_shows_its_page_and_takes_nothing(mallory):
    event = make_event(starts_at=timezone.now() - timedelta(days=1))
    page = say(mallory, event)
    assert "This event is over." in page.content.decode()
    assert not PendingAnswer.objects.exists()


def test_a_mail_server_that_is_away_gets_the_mail_later_once(
    mallory, monkeypatch, time_machine_hours
):
    say(mallory, make_event())
    send = mail.EmailMultiAlternatives.send

    def refuse(self, *args, **kwargs):
        raise ConnectionRefusedError("away")

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", refuse)
    pending_mails.send_due()
    assert PendingAnswer.objects.get().error == "away"
    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)
    pending_mails.send_due()
    assert mail.outbox == []
    time_machine_hours(1)
    pending_mails.send_due()
    pending_mails.send_due()
    assert len(mail.outbox) == 1


def test_confirming_takes_few_queries(mallory, django_assert_max_num_queries):
    event = make_event(capacity=5)
    say(mallory, event)
    link = mailed_link()
    cache.clear()
    with django_assert_max_num_queries(14):
        mallory.post(link)
    assert notices.Notice.objects.count() == 1
