"""Sizes and addresses for gifts: with consent, for a while, for few, and in clear nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from members import filters, gift_verbs
from members.follow_up_verbs import NotPossible
from members.gift_verbs import Gift
from members.models import GiftDetails, Member, Sighting
from members.tasks import delete_gift_details
from team import actions
from team.models import Action, Export
from tests.make import (
    make_identity,
    make_member,
    make_source,
    make_user,
    one_line,
    run_jobs,
)

pytestmark = pytest.mark.django_db
STREET = "Zirkelgasse 7"
GIFT = Gift("XL", f"Ines Wolff\n{STREET}\nLeipzig", date(2026, 11, 12), "in an email to Bo", 12)
TYPED = {
    "size": " XL ",
    "address": f" Ines Wolff \r\n\r\n{STREET}\r\nLeipzig",
    "agreed_on": "2026-11-12",
    "agreed_where": "in an email to Bo",
    "months": "12",
}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to("2026-11-30 10:00:00+00:00", tick=False)


@pytest.fixture
def ines(db):
    return make_member("Ines Wolff", last_seen=timezone.now())


def page(client, who, path, **headers):
    client.force_login(who)
    return one_line(client.get(path, headers=headers).content)


def ask(user, text):
    found = Member.objects.visible_to(user).with_seen_at(user)
    return " ".join(sorted(filters.apply(found, text, user).values_list("name", flat=True)))


def kept(member):
    return GiftDetails.objects.current().filter(member=member).first()


# Kept ---------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_shown_with_its_consent_and_changed(client, bob, ines):
    client.force_login(bob)
    path = f"/members/{ines.pk}/gift-details/"
    assert client.get(path).status_code == 200
    assert client.post(path, TYPED).status_code == 302
    row = kept(ines)
    assert (row.size, row.address, row.kept_until) == ("XL", GIFT.address, date(2027, 11, 12))
    text = page(client, bob, ines.get_absolute_url())
    for words in (
        "For gifts",
        '<dd dir="auto">XL</dd>',
        STREET,
        "They agreed on 12 November 2026, in an email to Bo (noted by Bob Baker)",
        "<dt>Kept until</dt><dd>12 November 2027</dd>",
        "Renew",
        "Delete now",
    ):
        assert words in text
    form = client.get(path).context["form"]
    assert (form["address"].value(), form["months"].value()) == (GIFT.address, 12)
    client.post(path, TYPED)
    assert GiftDetails.objects.count() == 1  # nothing was changed
    client.post(path, {**TYPED, "size": "L"})
    assert kept(ines).size == "L"
    assert kept(ines).address == GIFT.address


def test_the_page_asks_for_a_renewal_in_the_last_month(client, bob, ines, time_machine):
    gift_verbs.keep(ines, GIFT, by=bob)
    for day, asks in (("2027-10-12", False), ("2027-10-13", True), ("2027-11-12", True)):
        time_machine.move_to(f"{day} 10:00:00+00:00", tick=False)
        assert ("Ask them whether" in page(client, bob, ines.get_absolute_url())) is asks


def test_a_renewal_asks_for_a_new_consent(client, bob, ines):
    gift_verbs.keep(ines, GIFT, by=bob)
    client.force_login(bob)
    form = client.get(f"/members/{ines.pk}/gift-details/?renew=1").context["form"]
    assert (form["size"].value(), form["agreed_where"].value()) == ("XL", None)
    path = f"/members/{ines.pk}/gift-details/?renew=1"
    assert client.post(path, {**TYPED, "agreed_where": ""}).status_code == 422
    client.post(path, {**TYPED, "agreed_on": "2026-11-30", "agreed_where": "on the phone"})
    assert kept(ines).kept_until == date(2027, 11, 30)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"size": "", "address": " \n "}, "Enter a size or an address."),
        ({"agreed_where": "  "}, "Say where or how they agreed."),
        ({"agreed_on": ""}, "Select the day on which they agreed."),
        ({"agreed_on": "2026-12-01"}, "That’s in the future."),
        ({"agreed_on": "2025-11-01"}, "is over by now. Ask them again."),
        ({"months": "36"}, "Select one of these times."),
        ({"size": "x" * 41}, "at most 40 characters"),
        ({"address": "x" * 501}, "at most 500 characters"),
    ],
)
def test_without_a_consent_that_holds_nothing_is_kept_and_nothing_typed_is_lost(
    client, bob, ines, typed, said
):
    client.force_login(bob)
    answer = client.post(f"/members/{ines.pk}/gift-details/", {**TYPED, **typed})
    assert answer.status_code == 422
    text = one_line(answer.content)
    assert said in text
    assert STREET in text or "address" in typed
    assert not GiftDetails.objects.exists()


def test_the_verb_and_the_database_refuse_what_the_form_does_not_offer(bob, ines):
    for wrong in ({"months": 25}, {"months": 0}, {"agreed_where": ""}):
        with pytest.raises(NotPossible):
            gift_verbs.keep(ines, replace(GIFT, **wrong), by=bob)
    for member in (make_member("Robot", is_bot=True), make_member("Colleague", user=make_user())):
        with pytest.raises(NotPossible, match="members only"):
            gift_verbs.keep(member, GIFT, by=bob)
    gift_verbs.keep(ines, GIFT, by=bob)
    for wrong in (
        {"months": 25},
        {"agreed_where": ""},
        {"kept_until": GIFT.agreed_on},
        {"removed_at": None, "pk": None},
    ):
        row = kept(ines)
        for name, value in wrong.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_a_consent_of_the_29th_of_february_lasts_until_the_28th(bob, ines, time_machine):
    time_machine.move_to("2028-03-01 10:00:00+00:00", tick=False)
    gift_verbs.keep(ines, replace(GIFT, agreed_on=date(2028, 2, 29)), by=bob)
    assert kept(ines).kept_until == date(2029, 2, 28)


# For whom -----------------------------------------------------------------------------------------


def test_managers_leads_and_admins_see_them_and_others_not_even_that_there_are_some(
    client, alice, lena, bob, carol, olga, ines
):
    gift_verbs.keep(ines, GIFT, by=bob)
    path = ines.get_absolute_url()
    fragment = {"HX-Request": "true", "HX-Target": "person"}
    for who, may in ((alice, True), (lena, True), (bob, True), (carol, False), (olga, False)):
        texts = [page(client, who, path), page(client, who, path, **fragment)]
        for text in texts:
            assert (STREET in text) is may
            assert ("For gifts" in text) is may
            assert ("gift-details" in text) is may
        assert STREET not in page(client, who, f"{path}?print")
        assert client.get(f"{path}gift-details/").status_code == (200 if may else 403)
        found = "Ines Wolff" if may else ""
        for text in ("has:address", "has:size", "size:xl"):
            assert ask(who, text) == found
        assert ask(who, "size:L") == ""
        for address in ("/members/?q=size:XL", "/members/?q=has:address"):
            assert (f"/members/{ines.pk}/" in page(client, who, address)) is may
    for who in (carol, olga):
        for verb in (
            lambda who=who: gift_verbs.keep(ines, GIFT, by=who),
            lambda who=who: gift_verbs.delete(ines, by=who),
        ):
            with pytest.raises(PermissionDenied):
                verb()
    assert kept(ines)


def test_who_may_not_see_the_member_sees_nothing_of_it(client, bob, lena):
    hidden = make_member("Hidden", last_seen=timezone.now())
    closed, at = make_source(restricted=True), timezone.now()
    Sighting.objects.create(
        identity=make_identity(hidden), scope=closed.scope, first_seen=at, last_seen=at
    )
    gift_verbs.keep(hidden, GIFT, by=lena)
    assert (ask(lena, "size:XL"), ask(bob, "size:XL")) == ("Hidden", "")
    client.force_login(bob)
    assert client.get(f"/members/{hidden.pk}/gift-details/").status_code == 404
    assert client.delete(f"/members/{hidden.pk}/gift-details/").status_code == 404
    assert kept(hidden)


def test_the_address_is_in_clear_in_no_row_and_in_no_export(
    client, bob, lena, ines, settings, tmp_path
):
    settings.VAR_DIR = tmp_path
    gift_verbs.keep(ines, GIFT, by=bob)
    gift_verbs.delete(ines, by=bob)
    gift_verbs.keep(ines, GIFT, by=bob)
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(r)::text from members_giftdetails r")
        rows = [text for (text,) in cursor.fetchall()]
        cursor.execute("select row_to_json(r)::text from team_action r")
        written = [text for (text,) in cursor.fetchall()]
    assert len(rows) == 2
    assert len(written) == 3
    for text in (*rows, *written):
        assert STREET not in text
        assert "Leipzig" not in text
    assert all("XL" not in text for text in written)
    assert STREET not in f"{GIFT!r} {kept(ines)!r} {kept(ines)} {kept(ines).sealed}"
    trail = page(client, lena, "/team/audit-trail/")
    assert "wrote down what gifts for Ines Wolff need" in trail
    assert STREET not in trail
    client.force_login(bob)
    client.post("/members/exports/", {"columns": "place,languages,interests,birthday"})
    run_jobs()
    lines = Export.objects.get().path.read_text(encoding="utf-8-sig")
    assert "Ines Wolff" in lines
    assert STREET not in lines
    assert "XL" not in lines


def test_a_key_that_is_gone_hides_the_address_and_breaks_no_page(client, bob, ines, settings):
    gift_verbs.keep(ines, GIFT, by=bob)
    old = list(settings.CREDENTIAL_KEYS)
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *old]
    call_command("reencrypt")
    settings.CREDENTIAL_KEYS = settings.CREDENTIAL_KEYS[:1]
    assert kept(ines).address == GIFT.address
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    text = page(client, bob, ines.get_absolute_url())
    assert STREET not in text
    assert "Can’t be read" in text


# Deleted ------------------------------------------------------------------------------------------


def test_deleting_is_undone_within_a_day_and_for_good_after_it(client, bob, ines, time_machine):
    gift_verbs.keep(ines, GIFT, by=bob)
    client.force_login(bob)
    path = f"/members/{ines.pk}/gift-details/"
    client.post(path, {"_method": "DELETE"})
    assert kept(ines) is None
    assert ask(bob, "has:address") == ""
    group = Action.objects.get(verb="delete-gift-details").group
    delete_gift_details()  # the same night: an undo still works
    client.post(f"/undo/{group}/")
    assert kept(ines).address == GIFT.address
    changes = gift_verbs.delete(ines, by=bob)
    assert not gift_verbs.delete(ines, by=bob)
    time_machine.move_to("2026-12-01 10:00:01+00:00", tick=False)
    delete_gift_details()
    delete_gift_details()
    assert not GiftDetails.objects.exists()
    assert actions.too_late([changes.group]) == {changes.group}
    assert changes.undo(by=bob) == 0
    assert not GiftDetails.objects.exists()


def test_a_change_is_undone_but_not_over_what_somebody_wrote_since(bob, lena, ines):
    first = gift_verbs.keep(ines, GIFT, by=bob)
    second = gift_verbs.keep(ines, replace(GIFT, size="L"), by=bob)
    assert first.undo(by=bob) == 0  # it was changed since
    assert second.undo(by=lena) == 1
    assert kept(ines).size == "XL"
    assert first.undo(by=bob) == 1
    assert kept(ines) is None


def test_what_has_expired_is_seen_by_nobody_and_deleted_in_the_night(
    client, bob, lena, time_machine
):
    ines, ada = (make_member(name, last_seen=timezone.now()) for name in ("Ines Wolff", "Ada"))
    gift_verbs.keep(ines, GIFT, by=bob)
    gift_verbs.keep(ines, replace(GIFT, size="L"), by=bob)
    gift_verbs.keep(ada, replace(GIFT, months=24), by=bob)
    time_machine.move_to("2027-11-12 23:00:00+00:00", tick=False)
    delete_gift_details()
    assert kept(ines).size == "L"
    time_machine.move_to("2027-11-13 00:10:00+00:00", tick=False)
    assert STREET not in page(client, bob, ines.get_absolute_url())
    assert ask(bob, "has:address") == "Ada"
    delete_gift_details()
    delete_gift_details()
    assert not GiftDetails.objects.filter(member=ines).exists()
    assert kept(ada)
    told = Action.objects.get(verb="expire-gift-details")
    assert (told.object_id, told.by, told.before, told.after) == (ines.pk, None, {}, {})
    assert "the time they agreed to is over" in page(client, lena, "/team/audit-trail/")
    keeping = Action.objects.filter(verb="keep-gift-details", object_id=ines.pk)
    for action in keeping:
        assert actions.undo(action.group, by=bob) == 0
    assert not GiftDetails.objects.filter(member=ines).exists()


def test_an_undo_does_not_bring_back_what_has_expired_meanwhile(bob, ines, time_machine):
    gift_verbs.keep(ines, GIFT, by=bob)
    time_machine.move_to("2027-11-12 20:00:00+00:00", tick=False)
    changes = gift_verbs.delete(ines, by=bob)
    time_machine.move_to("2027-11-13 08:00:00+00:00", tick=False)
    assert changes.undo(by=bob) == 0
    delete_gift_details()
    assert not GiftDetails.objects.exists()


def test_the_log_says_how_many_and_of_whom_nothing(ines, bob, time_machine, caplog, capsys):
    gift_verbs.keep(ines, GIFT, by=bob)
    time_machine.move_to("2028-01-01 08:00:00+00:00", tick=False)
    assert gift_verbs.delete_what_is_over() == 1
    said = caplog.text + "".join(capsys.readouterr())
    assert STREET not in said
    assert "Ines" not in said
