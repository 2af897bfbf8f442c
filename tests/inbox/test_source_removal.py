"""Disconnecting a source, and deleting it with all that came from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from inbox.ingest import webhooks
from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Message, Source
from inbox.pages.composer import Composer
from inbox.verbs import source_removal, tags, writing
from inbox.verbs import sources as source_verbs
from members import follow_up_verbs
from members import verbs as member_verbs
from members.follow_up_verbs import Origin
from members.log import timeline
from members.models import Activity, FollowUp, Identity, Member, Sighting
from team import jobs
from team.models import Action, BackgroundJob, Grant, Notification
from team.notifications import notify
from tests.inbox.items import item, page, person, reply
from tests.make import make_source, one_line, run_jobs

pytestmark = pytest.mark.django_db


def later() -> None:
    """The minute is over, and a worker comes."""
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        run_jobs()


def member(handle: str) -> Member:
    return Identity.objects.get(handle=handle).member


@pytest.fixture
def source(db) -> Source:
    found = make_source(credentials={"token": "secret"})
    asked = item("1", author=person("ines"))
    ingest(found, page(asked, reply("2", asked, author=person("jo")), item("3")))
    return found


def test_disconnected_it_keeps_its_words_forgets_its_key_and_takes_no_reply(
    source, alice, bob
) -> None:
    conversation = Conversation.objects.earliest("pk")
    assert source_removal.disconnect(source, by=alice)
    source.refresh_from_db()
    assert (source.state, source.credentials) == ("disconnected", {})
    assert Message.objects.count() == 3
    assert source.take_lease(timezone.now()) is None
    assert not Source.objects.due(timezone.now()).exists()
    assert webhooks.find(source.pk, webhooks.key_of(source)) is None
    conversation.refresh_from_db()
    assert "disconnected" in Composer.of(conversation, bob, {}).blocked
    assert not source_removal.disconnect(source, by=alice)
    source_verbs.reconnect(source, source.config, {"token": "new"}, by=alice)
    source.refresh_from_db()
    assert source.state == "active"
    assert not Composer.of(Conversation.objects.get(pk=conversation.pk), bob, {}).blocked


def test_deleted_it_takes_all_that_came_from_it_and_nothing_else(source, alice, bob) -> None:
    other = make_source()
    ingest(other, page(item("9", author=person("kim")), item("8", author=person("jo"))))
    Identity.objects.filter(handle="jo").update(network="one", external_id="jo")
    conversation = Conversation.objects.filter(source=source).earliest("pk")
    sent = writing.reply(conversation, "Thank you", by=bob)
    writing.note(conversation, "Who knows this?", by=bob)
    tags.tag([conversation], "bug", by=bob)
    notify("assigned", [bob], f"conversation:{conversation.pk}", "x", "/", scope=source.scope)
    Grant.objects.create(scope=source.scope, user=bob)
    assert Activity.objects.filter(scope=source.scope).count() == 3
    kept = set(Activity.objects.filter(scope=other.scope).values_list("pk", flat=True))

    source_removal.delete(source, by=alice)
    later()
    assert not Source.objects.filter(pk=source.pk).exists()
    assert not Message.objects.filter(pk=sent.pk).exists()
    assert set(Conversation.objects.values_list("source", flat=True)) == {other.pk}
    assert set(Activity.objects.values_list("pk", flat=True)) == kept
    assert not Sighting.objects.filter(scope=source.scope).exists()
    assert not Notification.objects.filter(scope=source.scope).exists()
    assert not Grant.objects.filter(scope=source.scope).exists()
    assert not Identity.objects.filter(handle="ines").exists()
    assert Identity.objects.filter(handle__in=["kim", "jo"]).count() >= 2
    assert BackgroundJob.objects.get(kind="delete-source").percent == 100
    assert Action.objects.get(verb="delete").after == {"name": source.name}


def test_whoever_the_team_wrote_something_about_stays_when_an_open_source_goes(
    source, alice, bob, carol
) -> None:
    member_verbs.add_note(member("ines"), "Lent us her lathe", by=bob)
    source_removal.delete(source, by=alice)
    later()
    kept = Member.objects.get()
    assert [line.kind for line in timeline(kept, carol)] == ["note"]


def test_nobody_stays_who_was_known_only_from_a_restricted_source(alice, bob, carol) -> None:
    closed = make_source(restricted=True, granted=[bob])
    ingest(closed, page(item("1", author=person("ines"))))
    member_verbs.add_note(member("ines"), "A report", by=bob)
    assert not Member.objects.visible_to(carol).exists()
    source_removal.delete(closed, by=alice)
    later()
    assert not Member.objects.exists()
    assert not Activity.objects.exists()


def test_within_a_minute_deleting_is_undone_and_then_no_more(source, alice) -> None:
    source_verbs.pause(source, by=alice)
    changes = source_removal.delete(source, by=alice)
    run_jobs()
    assert Message.objects.count() == 3
    assert changes.undo(by=alice)
    source.refresh_from_db()
    assert (source.state, source.pause_reason) == ("paused", "person")
    assert jobs.unfinished(source.scope) is None
    later()
    assert Message.objects.count() == 3

    again = source_removal.delete(source, by=alice)
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        jobs.run_step(jobs.due()[0])
        assert not again.undo(by=alice)
    assert Source.objects.get().state == "deleting"


def test_a_source_that_is_kept_after_all_goes_on_syncing(source, alice) -> None:
    changes = source_removal.delete(source, by=alice)
    assert source not in Source.objects.due(timezone.now())
    assert changes.undo(by=alice)
    assert source in Source.objects.due(timezone.now())


def test_deleting_waits_for_a_pull_that_is_under_way(source, alice) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=50), tick=False):
        source.take_lease(timezone.now())
    source_removal.delete(source, by=alice)
    later()
    assert Message.objects.count() == 3
    with time_machine.travel(timezone.now() + timedelta(seconds=100), tick=True):
        run_jobs()
    assert not Source.objects.exists()


def test_only_who_manages_sources_disconnects_and_deletes(source, lena) -> None:
    for call in (source_removal.disconnect, source_removal.delete):
        with pytest.raises(PermissionDenied):
            call(source, by=lena)


def test_the_page_says_what_would_go_and_the_buttons_do_it(client, source, alice) -> None:
    client.force_login(alice)
    shown = " ".join(client.get(f"/sources/{source.pk}/removal/").content.decode().split())
    assert "2 conversations, 3 messages," in shown
    assert "2 members who are known only from this source" in shown or "3 members" in shown
    deleted = client.post(f"/sources/{source.pk}/deletion/", follow=True).content.decode()
    assert f">Deleting {source.name}</strong>" in deleted
    assert "Keep this source" in deleted
    assert client.get(f"/sources/{source.pk}/removal/").status_code == 302
    assert client.get(f"/sources/{source.pk}/credentials/").status_code == 302
    client.post(f"/sources/{source.pk}/deletion/", {"_method": "DELETE"})
    assert Source.objects.get().state == "active"
    client.post(f"/sources/{source.pk}/disconnection/")
    assert "Disconnected" in client.get(f"/sources/{source.pk}/").content.decode()
    client.post(f"/sources/{source.pk}/deletion/")
    later()
    gone = client.post(f"/sources/{source.pk}/deletion/", {"_method": "DELETE"})
    assert gone.status_code == 404


def test_the_audit_trail_names_a_source_that_is_gone(client, source, alice) -> None:
    source_verbs.pause(source, by=alice)
    source_removal.delete(source, by=alice)
    later()
    client.force_login(alice)
    answer = client.get("/team/audit-trail/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f"deleted {source.name}" in page
    assert f"paused the deleted source “{source.name}”" in page


def test_a_disconnected_source_is_amber_and_one_that_is_being_deleted_is_not_counted(
    client, source, alice
) -> None:
    other = make_source(name="Forum")
    client.force_login(alice)
    assert "2 sources" in one_line(client.get("/inbox/health/").content)
    source_removal.disconnect(source, by=alice)
    line = client.get("/inbox/health/").content.decode()
    assert 'class="dot late"' in line
    assert f"{source.name}: disconnected" in " ".join(line.split())
    assert 'class="dot late push"' in client.get("/inbox/").content.decode()
    Source.objects.filter(pk=source.pk).update(state="deleting")
    Source.objects.filter(pk=other.pk).update(last_success_at=timezone.now())
    line = one_line(client.get("/inbox/health/").content)
    assert "1 source" in line
    assert source.name not in line


def test_whoever_may_reconnect_a_source_has_the_link_in_its_conversations(
    client, source, alice, bob
) -> None:
    conversation = Conversation.objects.first()
    source_removal.disconnect(source, by=alice)
    address = f"/conversations/{conversation.pk}/"
    link = f'href="{source.get_absolute_url()}">Reconnect {source.name}</a>'
    client.force_login(alice)
    assert link in client.get(address).content.decode()
    client.force_login(bob)
    page = client.get(address).content.decode()
    assert link not in page
    assert "Ask an admin to reconnect it" in page


def test_what_a_source_that_ended_cannot_have_is_not_shown(client, source, alice) -> None:
    client.force_login(alice)
    page, inbox = source.get_absolute_url(), f"/inbox/sources/{source.pk}/"
    shown = client.get(page).content.decode()
    assert all(f"<dt>{words}</dt>" in shown for words in ("Last sync", "Delay", "Next sync"))
    assert "· Disconnected" not in client.get(inbox).content.decode()
    source_removal.disconnect(source, by=alice)
    shown = client.get(page).content.decode()
    assert "<dt>Last sync</dt>" in shown
    assert not any(f"<dt>{words}</dt>" in shown for words in ("Delay", "Next sync"))
    assert "· Disconnected" in client.get(inbox).content.decode()
    Source.objects.filter(pk=source.pk).update(state="deleting")
    assert "<dt>Last sync</dt>" not in client.get(page).content.decode()


def promised(who: Member, source: Source, by) -> FollowUp:
    due, origin = timezone.localdate() + timedelta(days=3), Origin(scope=source.scope, link="/x/")
    changes = follow_up_verbs.plan(who, "Send the board", due, by=by, origin=origin)
    return FollowUp.objects.get(pk=changes.actions[0].object_id)


def test_what_was_promised_outlasts_a_source_of_the_team_with_whom_it_was_promised(
    source, alice, bob
) -> None:
    row = promised(member("ines"), source, bob)
    source_removal.delete(source, by=alice)
    later()
    assert not Source.objects.exists()
    assert Member.objects.get() == row.member
    kept = FollowUp.objects.visible_to(bob).get()
    assert (kept.text, kept.scope, kept.link) == ("Send the board", "", "")
    assert "Send the board" in timeline(row.member, bob).get().summary


def test_what_was_planned_in_a_restricted_source_goes_with_it(source, alice, bob) -> None:
    """Its scope hides nothing any more once the source is gone."""
    Source.objects.filter(pk=source.pk).update(restricted=True)
    source.refresh_from_db()
    ines = member("ines")
    ingest(make_source(network=source.network), page(item("9", author=person("ines"))))
    promised(ines, source, alice)
    assert not FollowUp.objects.visible_to(bob).exists()
    source_removal.delete(source, by=alice)
    later()
    assert not Source.objects.filter(pk=source.pk).exists()
    assert Member.objects.visible_to(bob).filter(pk=ines.pk).exists()
    assert not FollowUp.objects.exists()
