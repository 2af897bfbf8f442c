"""The list of sources and a source's own page: what they say, who may do what."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from inbox.connectors.base import AuthExpired, Forbidden, Page, RateLimited, Transient
from inbox.ingest.counters import Outcome, count_page
from inbox.ingest.pipeline import ingest
from inbox.models import Quarantined, Source, SourceDay
from inbox.pages.source_status import clock, reports
from inbox.verbs import sources as verbs
from team.models import Action, Grant, Hub
from tests.make import make_channel, make_conversation, make_reply, make_source


@pytest.fixture
def source(db) -> Source:
    return make_source(name="Forum", last_success_at=timezone.now(), next_pull_at=timezone.now())


def words(client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_totals_add_up_today_and_over_seven_days(client, bob, source):
    today = timezone.now().date()
    for ago, stored in ((0, 5), (6, 7), (7, 100)):
        SourceDay.objects.create(
            source=source,
            day=today - timedelta(days=ago),
            fetched=stored + 3,
            stored=stored,
            ignored=2,
            quarantined=1,
        )
    client.force_login(bob)
    page = words(client, "/sources/")
    assert "8 fetched = 5 stored + 2 ignored + 1 that couldn’t be stored" in page
    assert "18 fetched = 12 stored + 4 ignored + 2 that couldn’t be stored" in page


@pytest.mark.parametrize(
    ("zone", "now"),
    [("Asia/Kolkata", "2026-11-25T20:00Z"), ("America/Los_Angeles", "2026-11-25T02:00Z")],
)
def test_today_is_the_day_in_the_hubs_timezone(client, bob, source, time_machine, zone, now):
    Hub.objects.create(pk=1, name="Polyphon", timezone=zone)
    time_machine.move_to(now, tick=False)
    outcome = Outcome(stored=3)
    count_page(source, outcome, cursor=None, gap=None, now=timezone.now())
    (report,) = reports([source])
    assert (report.today.fetched, report.week.fetched) == (3, 3)


@pytest.mark.parametrize(("now", "said"), [("14:12", "14:32"), ("23:50", "26 November, 00:10")])
def test_a_rate_limit_says_until_when_and_how_many_replies_wait(
    client, bob, source, time_machine, now, said
):
    time_machine.move_to(f"2026-11-25 {now}:00+00:00", tick=False)
    bob.timezone = "UTC"
    bob.save()
    until = timezone.now() + timedelta(minutes=20)
    source.record_failure(RateLimited("Slow down.", retry_at=until))
    for _ in range(2):
        make_reply(make_conversation(source), by=bob, state="queued")
    client.force_login(bob)
    page = words(client, "/sources/")
    assert f"Paused by the practice site until {said}" in page
    assert "2 replies waiting" in page


def test_what_a_feed_dropped_before_it_was_read_is_named(client, bob, source):
    bob.timezone = "UTC"
    bob.save()
    ends = timezone.now()
    begins = ends - timedelta(minutes=30)
    ingest(source, Page(gap=(begins, ends)))
    client.force_login(bob)
    said = f"Possibly missing</dt><dd>{clock(begins)} to {clock(ends)}"
    assert said in words(client, source.get_absolute_url())
    Source.objects.update(gap_until=ends - timedelta(days=8))
    assert "Possibly missing" not in words(client, source.get_absolute_url())


def test_a_feed_has_no_places_to_mute(client, bob, source):
    client.force_login(bob)
    feed = make_source(kind="feed")
    assert '<section class="panel" id="channels" aria' in words(client, source.get_absolute_url())
    assert '<section class="panel" id="channels" hidden' in words(client, feed.get_absolute_url())
    make_channel(feed)  # such as a feed of before that had some
    assert "hidden" not in words(client, feed.get_absolute_url()).split('id="channels"')[1][:20]


@pytest.mark.parametrize(
    ("error", "said", "advice"),
    [
        (AuthExpired("The key is no longer good."), "Signed out", "Reconnect it."),
        (Forbidden("May not read there."), "Stopped by an error", "Fix the error"),
        (Transient("The site answered 502."), "Failed once", "keeps retrying"),
    ],
)
def test_an_error_is_told_in_words_with_what_to_do(client, bob, source, error, said, advice):
    source.record_failure(error)
    client.force_login(bob)
    for path in ("/sources/", f"/sources/{source.pk}/"):
        page = words(client, path)
        assert said in page
        assert advice in page
        assert str(error) in page


def test_a_source_whose_connector_is_gone_still_has_a_page(client, alice):
    source = make_source(kind="telegraph", name="Wire")
    client.force_login(alice)
    assert "Connector not installed" in words(client, "/sources/")
    assert client.get(f"/sources/{source.pk}/").status_code == 200


def test_pause_can_be_undone_and_resume_pulls(client, alice, source):
    client.force_login(alice)
    answer = client.post(
        f"/sources/{source.pk}/pause/", headers={"HX-Request": "true", "HX-Target": "sources"}
    )
    action = Action.objects.get(verb="pause")
    assert f"/undo/{action.group}/" in answer.headers["HX-Trigger"]
    assert answer.content.decode().strip().startswith('<div id="sources"')
    source.refresh_from_db()
    assert (source.state, source.pause_reason) == ("paused", "person")
    assert client.post(f"/undo/{action.group}/").status_code in (200, 302)
    source.refresh_from_db()
    assert (source.state, source.pause_reason) == ("active", "")
    client.post(f"/sources/{source.pk}/pause/")
    client.post(f"/sources/{source.pk}/pause/", {"_method": "DELETE"})
    source.refresh_from_db()
    assert source.state == "active"


def test_pull_now_obeys_the_platforms_not_before(client, alice, source):
    until = timezone.now() + timedelta(hours=1)
    source.record_failure(RateLimited("Slow down.", retry_at=until))
    client.force_login(alice)
    client.post(f"/sources/{source.pk}/pulls/")
    source.refresh_from_db()
    assert source.next_pull_at == until


def test_sync_now_is_in_the_trail_of_a_source_that_is_active(client, alice, bob, source):
    client.force_login(alice)
    client.post(f"/sources/{source.pk}/pulls/")
    assert [(a.by, a.object_id) for a in Action.objects.filter(verb="sync")] == [(alice, source.pk)]
    assert "started a sync of" in client.get("/team/audit-trail/").content.decode()
    verbs.pause(source, by=alice)
    client.post(f"/sources/{source.pk}/pulls/")
    assert Action.objects.filter(verb="sync").count() == 1
    with pytest.raises(PermissionDenied):
        verbs.sync(source, by=bob)


def test_muting_a_place_can_be_undone(client, alice, source):
    channel = make_channel(source)
    client.force_login(alice)
    client.post(f"/sources/{source.pk}/channels/{channel.pk}/mute/")
    channel.refresh_from_db()
    assert channel.muted
    client.post(f"/undo/{Action.objects.get(verb='mute').group}/")
    channel.refresh_from_db()
    assert not channel.muted
    other = make_channel()
    assert client.post(f"/sources/{source.pk}/channels/{other.pk}/mute/").status_code == 404


def test_settings_are_saved_and_can_be_undone(client, alice, source):
    client.force_login(alice)
    client.post(f"/sources/{source.pk}/settings/", {"name": "Café", "keywords": "a, b\nA"})
    source.refresh_from_db()
    assert (source.name, source.keywords, source.new_topics) == ("Café", ["A", "b"], False)
    client.post(f"/undo/{Action.objects.get(verb='adjust').group}/")
    source.refresh_from_db()
    assert (source.name, source.keywords, source.new_topics) == ("Forum", [], True)


def test_a_source_can_be_kept_to_some_people(client, alice, bob, carol, source):
    client.force_login(alice)
    client.post(f"/sources/{source.pk}/audience/", {"who": "people", "people": [carol.pk]})
    assert list(Grant.objects.values_list("scope", "user")) == [(source.scope, carol.pk)]
    client.force_login(bob)
    assert client.get(f"/sources/{source.pk}/").status_code == 404
    assert source.get_absolute_url() not in words(client, "/sources/")
    client.force_login(carol)
    assert client.get(f"/sources/{source.pk}/").status_code == 200
    client.force_login(alice)
    client.post(f"/undo/{Action.objects.get(verb='restrict').group}/")
    source.refresh_from_db()
    assert (source.restricted, Grant.objects.count()) == (False, 0)


def test_raw_quarantine_is_for_admins_and_pages_by_key(client, alice, lena, source):
    for number in range(25):
        Quarantined.objects.create(
            source=source, external_id=str(number), raw={"n": f"<b>{number}</b>"}, error="odd"
        )
    path = f"/sources/{source.pk}/quarantine/"
    client.force_login(alice)
    first = client.get(path)
    assert b"&lt;b&gt;24&lt;/b&gt;" in first.content
    second = client.get(path, {"before": first.context["more"]})
    assert [row.external_id for row, _raw in second.context["rows"]] == ["4", "3", "2", "1", "0"]
    client.force_login(lena)
    assert client.get(path).status_code == 403


VERBS = ["pause", "pulls", "settings", "audience", "credentials"]


@pytest.mark.parametrize("verb", VERBS)
def test_only_admins_change_a_source(client, source, verb, lena, bob, carol, olga):
    for colleague in (lena, bob, carol, olga):
        client.force_login(colleague)
        assert client.post(f"/sources/{source.pk}/{verb}/").status_code == 403
        assert client.get(f"/sources/{source.pk}/").status_code == 200
    hidden = make_source(restricted=True)
    client.force_login(bob)
    assert client.post(f"/sources/{hidden.pk}/{verb}/").status_code == 404


def test_the_bar_of_a_backfill_says_how_far_it_has_come(client, bob, source, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    Source.objects.filter(pk=source.pk).update(
        backfill_since=now - timedelta(days=10),
        backfill_started_at=now - timedelta(seconds=100),
        backfill_newest=now,
        backfill_oldest=now - timedelta(days=5),
        backfill_count=1234,
    )
    client.force_login(bob)
    page = words(client, f"/sources/{source.pk}/")
    assert '<progress class="bar-of" max="100" value="50"' in page
    assert "1,234 messages so far" in page
    assert f"oldest: {now - timedelta(days=5):%-d %B %Y}" in page
    assert "12.3 a second" in page


@pytest.mark.parametrize("path", ["/sources/", "/sources/{pk}/"])
def test_as_many_queries_with_thirty_rows_as_with_three(
    client, carol, path, django_assert_max_num_queries
):
    source = make_source()
    path = path.format(pk=source.pk)
    client.force_login(carol)
    counts = []
    for more in (2, 27):
        for _ in range(more):
            make_channel(source)
            SourceDay.objects.create(source=make_source(), day=timezone.now().date())
        with django_assert_max_num_queries(12) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("facts", "dot", "said"),
    [
        ({}, "dot", ""),
        ({"failures": 1}, "dot late", "Forum: errors"),
        ({"next_pull_at": timedelta(minutes=-3)}, "dot bad", "Forum: not syncing"),
    ],
)
def test_the_footer_is_green_only_while_everything_is_read(client, bob, source, facts, dot, said):
    if due := facts.get("next_pull_at"):
        facts = {"next_pull_at": timezone.now() + due}
    Source.objects.filter(pk=source.pk).update(**facts)
    client.force_login(bob)
    footer = words(client, "/inbox/health/").replace('dot "', 'dot"')
    assert f'<i class="{dot}"></i><span >1 source' in footer
    assert said in footer


def test_the_footer_counts_those_that_sync_and_says_when_one_of_them_was_checked(
    client, bob, source
):
    def footer() -> str:
        return words(client, "/inbox/health/")

    client.force_login(bob)
    Source.objects.filter(pk=source.pk).update(last_success_at=timezone.now() - timedelta(hours=2))
    gone, failing = (make_source(last_success_at=timezone.now()) for _ in range(2))
    assert "3 sources, checked" in footer()
    Source.objects.filter(pk=failing.pk).update(failures=1)
    assert "2 of 3 sources, checked" in footer()
    Source.objects.filter(pk=gone.pk).update(state="disconnected")
    assert "1 of 3 sources, checked" in footer()
    assert "2 hours ago" in footer()  # the others were the last to be asked
    Source.objects.filter(pk=source.pk).update(state="paused", pause_reason="person")
    assert "3 sources, none syncing</span>" in footer()
    Source.objects.exclude(pk=source.pk).delete()
    assert "1 source, not syncing</span>" in footer()
