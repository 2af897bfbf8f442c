"""The team's page, Undo, notifications, the profile and the first page, through the browser."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from team import verbs as team_verbs
from team.models import Action, Hub, Notification, User
from team.notifications import notify
from tests.make import make_user, one_line

HX = {"HX-Request": "true"}


@pytest.fixture
def admin(alice) -> Client:
    browser = Client()
    browser.force_login(alice)
    return browser


@pytest.fixture
def browser(bob) -> Client:
    browser = Client()
    browser.force_login(bob)
    return browser


def toast(answer) -> dict[str, str]:
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def test_hub_without_a_name_leads_its_admin_through_naming_it(admin, alice):
    assert admin.get("/").url == "/welcome/"
    answer = admin.post("/welcome/", {"name": "Tideline Audio"})
    assert answer.url == reverse("source-add")
    assert str(Hub.current()) == "Tideline Audio"
    assert admin.get("/").url == "/inbox/"
    assert (
        admin.get("/welcome/").url == "/"
    )  # named once; from then on it is renamed on the team's page
    assert b"Tideline Audio" in admin.get("/team/").content


def test_others_go_to_the_inbox_of_a_hub_without_a_name(browser):
    assert browser.get("/").url == "/inbox/"


def test_blank_name_is_not_taken(admin):
    page = admin.post("/welcome/", {"name": "  "})
    assert page.context["form"].errors["name"]
    assert Hub.current() is None


def test_team_is_renamed_and_the_old_name_comes_back_with_undo(admin, alice):
    team_verbs.name_hub("Tideline", by=alice)
    admin.post("/team/name/", {"name": "Tideline Audio"})
    assert str(Hub.current()) == "Tideline Audio"
    admin.post(f"/undo/{Action.objects.latest('pk').group}/")
    assert str(Hub.current()) == "Tideline"


def test_change_of_role_answers_with_the_list_and_an_undo(admin, bob):
    answer = admin.post(
        f"/team/{bob.pk}/role/", {"role": "lead"}, headers={**HX, "HX-Target": "people"}
    )
    assert answer.content.decode().strip().startswith('<section id="people"')
    said = toast(answer)
    assert said["text"] == "Bob Baker is now Lead."

    back = admin.post(said["undo"], headers=HX)
    assert back.status_code == 200
    assert "hub:catch-up" in json.loads(back.headers["HX-Trigger"])
    assert User.objects.get(pk=bob.pk).role == "manager"


def test_change_of_role_works_without_scripts(admin, bob):
    answer = admin.post(f"/team/{bob.pk}/role/", {"role": "lead"}, follow=True)
    assert answer.redirect_chain == [("/team/", 302)]
    assert b"Bob Baker is now Lead." in answer.content
    assert f"/undo/{Action.objects.get().group}/".encode() in answer.content


def test_last_admin_reads_why_they_cannot_leave(admin, alice):
    for noun, body in [("role", {"role": "lead"}), ("deactivation", {})]:
        answer = admin.post(
            f"/team/{alice.pk}/{noun}/", body, headers={**HX, "HX-Target": "people"}
        )
        assert toast(answer)["level"] == "error"
        assert "Make someone else an admin first" in toast(answer)["text"]


def test_undo_that_comes_too_late_says_so(admin, alice, bob):
    action = team_verbs.change_role(bob, "lead", by=alice)
    team_verbs.change_role(bob, "observer", by=make_user("admin"))
    answer = admin.post(f"/undo/{action.group}/", headers=HX)
    assert answer.status_code == 409
    assert answer.content.decode() == "Can’t undo: this has changed since."
    assert toast(answer)["level"] == "error"


def test_undo_twice_takes_back_once(admin, alice, bob):
    action = team_verbs.change_role(bob, "lead", by=alice)
    assert admin.post(f"/undo/{action.group}/", headers=HX).status_code == 200
    assert admin.post(f"/undo/{action.group}/", headers=HX).status_code == 409


def test_undo_of_somebody_elses_action_is_not_there(browser, alice, olga):
    action = team_verbs.change_role(olga, "lead", by=alice)
    assert browser.post(f"/undo/{action.group}/").status_code == 404
    assert User.objects.get(pk=olga.pk).role == "lead"


def test_undo_goes_back_to_the_page_it_was_pressed_on_and_never_elsewhere(admin, alice, bob):
    for page, back in [
        ("http://testserver/team/", "http://testserver/team/"),
        ("https://evil.example/", "/"),
    ]:
        action = team_verbs.change_role(bob, "lead", by=alice)
        answer = admin.post(f"/undo/{action.group}/", headers={"Referer": page})
        assert answer.url == back
        bob.refresh_from_db()


def test_one_time_link_for_a_colleague_is_shown_once_and_written_down(admin, alice, bob):
    page = admin.post(f"/team/{bob.pk}/sign-in-link/")
    link = page.context["signin_link"]
    assert link in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert Action.objects.get().verb == "signin_link"


def test_profile_is_saved_and_times_follow_it(browser, bob):
    assert browser.post("/me/", {"name": "Bob B.", "timezone": "Asia/Tokyo"}).status_code == 302
    bob.refresh_from_db()
    assert (bob.name, bob.timezone) == ("Bob B.", "Asia/Tokyo")
    page = browser.post("/me/", {"name": "", "timezone": "Mars/Olympus"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"name", "timezone"}


def test_profile_form_changes_neither_role_nor_address(browser, bob):
    browser.post(
        "/me/", {"name": "Bob", "timezone": "UTC", "role": "admin", "email": "x@x.example"}
    )
    bob.refresh_from_db()
    assert (bob.role, bob.email) == ("manager", "bob@team.example")


def test_the_width_of_the_list_is_kept_for_its_person(browser, bob):
    assert browser.post("/me/preferences/", {"list_width": "400"}, headers=HX).status_code == 204
    assert 'data-list-width="400"' in browser.get("/inbox/").content.decode()
    for wrong in ("-1", "wide", "1e9"):
        answer = browser.post("/me/preferences/", {"list_width": wrong}, headers=HX)
        assert answer.status_code == 422, wrong
    bob.refresh_from_db()
    assert bob.prefers("list_width") == 400
    browser.post("/me/preferences/", {"list_width": "0"}, headers=HX)
    assert "data-list-width" not in browser.get("/inbox/").content.decode()


def test_preferences_sent_alone_leave_the_others(browser, bob):
    assert browser.post("/me/preferences/", {"theme": "dark"}, headers=HX).status_code == 204
    assert (
        browser.post("/me/preferences/", {"keys": "off", "next": "off"}, headers=HX).status_code
        == 204
    )
    bob.refresh_from_db()
    assert bob.preferences == {"theme": "dark", "single_keys": False, "open_next": False}
    assert b'data-theme="dark"' in browser.get("/me/").content
    assert browser.post("/me/preferences/", {"theme": "plaid"}, headers=HX).status_code == 422


def test_sign_out_everywhere_else_keeps_this_browser(browser, bob):
    elsewhere = Client()
    elsewhere.force_login(bob)
    browser.post("/me/sessions/")
    assert browser.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_notification_is_one_row_a_subject_read_by_opening_it(browser, bob, alice):
    for text in ("The forum stopped.", "The forum stopped again."):
        notify("source", [bob, alice], "source:3", text, "/sources/3/")
    page = browser.get("/notifications/").content.decode()
    assert "The forum stopped again." in page
    assert "The forum stopped.<" not in page
    assert '<span class="count hot">1</span>' in one_line(
        browser.get("/notifications/count/").content
    )

    row = Notification.objects.get(user=bob)
    assert browser.post(f"/notifications/{row.pk}/reading/").url == "/sources/3/"
    assert "count hot" not in browser.get("/notifications/count/").content.decode()
    assert Notification.objects.get(user=alice).read_at is None

    notify("source", [bob], "source:3", "Once more.", "/sources/3/")
    assert Notification.objects.visible_to(bob).unread().count() == 1


def test_notifications_come_in_pages_without_a_gap(browser, bob):
    for number in range(45):
        notify("source", [bob], f"conversation:{number}", f"News {number:02}", "/inbox/")
    first = browser.get("/notifications/")
    second = browser.get("/notifications/", {"before": first.context["older"]})
    seen = [n.text for page in (first, second) for n in page.context["notifications"]]
    assert seen == [f"News {number:02}" for number in reversed(range(45))]
    assert second.context["older"] == ""


def test_another_colleagues_notification_cannot_be_read(browser, alice):
    notify("source", [alice], "source:3", "For Alice.", "/sources/3/")
    row = Notification.objects.get()
    assert browser.post(f"/notifications/{row.pk}/reading/").status_code == 404
    browser.post("/notifications/reading/")
    assert Notification.objects.get().read_at is None


def test_who_is_no_admin_any_more_cannot_undo_the_name_of_the_team(client, alice):
    team_verbs.name_hub("Tideline", by=alice)
    team_verbs.name_hub("Polyphon", by=alice)
    action = Action.objects.filter(verb="name").latest("pk")
    User.objects.filter(pk=alice.pk).update(role="observer")
    client.force_login(alice)
    client.post(f"/undo/{action.group}/")
    assert str(Hub.current()) == "Polyphon"


def test_an_admin_sets_the_working_hours_and_undoes_it(admin, alice):
    team_verbs.name_hub("Tideline", by=alice)
    hours = {
        "timezone": "Europe/Berlin",
        "work_days": ["0", "1", "2"],
        "work_from": "08:00",
        "work_until": "16:30",
        "holidays": "2026-12-25\n2026-12-26",
    }
    answer = admin.post("/team/hours/", hours)
    assert answer.status_code == 302
    hub = Hub.current()
    assert (hub.timezone, hub.work_days, hub.work_until.isoformat()) == (
        "Europe/Berlin",
        [0, 1, 2],
        "16:30:00",
    )
    assert hub.holidays == ["2026-12-25", "2026-12-26"]
    admin.post(f"/undo/{Action.objects.get(verb='hours').group}/")
    assert Hub.current().timezone == "UTC"
    refused = admin.post("/team/hours/", {**hours, "work_until": "07:00", "holidays": "Easter"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "The working day must end after it begins." in page
    assert "“Easter” is not a date" in page


def test_holidays_are_read_as_they_are_written_and_every_wrong_line_is_named(admin, alice):
    team_verbs.name_hub("Tideline", by=alice)
    form = admin.get("/team/hours/").content.decode()
    assert "use these hours in their own timezone" in form
    assert "at midnight in this timezone" in form
    hours = {"timezone": "UTC", "work_days": ["0"], "work_from": "08:00", "work_until": "16:30"}
    admin.post("/team/hours/", {**hours, "holidays": "25.12.2026\n 2026-12-26 \n\n1.1.2027"})
    assert Hub.current().holidays == ["2026-12-25", "2026-12-26", "2027-01-01"]
    wrong = "Easter Monday\n2026-12-24\n12/31/2026\n31.02.2027"
    page = admin.post("/team/hours/", {**hours, "holidays": wrong}).content.decode()
    for line in ("Easter Monday", "12/31/2026", "31.02.2027"):
        assert f"“{line}” is not a date. Write it like 2026-12-25 or 25.12.2026." in page
    assert "“2026-12-24”" not in page


def test_a_colleague_sets_hours_of_their_own(client, bob):
    client.force_login(bob)
    client.post("/me/hours/", {"work_days": ["5"], "work_from": "10:00", "work_until": "14:00"})
    bob.refresh_from_db()
    assert (bob.prefers("work_days"), bob.prefers("work_from")) == ([5], "10:00")
    client.post("/me/hours/", {"work_from": "10:00"})
    bob.refresh_from_db()
    assert bob.prefers("work_until") == "14:00"
