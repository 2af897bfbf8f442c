"""What the practice sites' connector does beyond the shared contract."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from inbox.connectors.base import Incoming, Misconfigured, Rejected
from inbox.connectors.contract import beginning, drain, reply_to
from inbox.connectors.sandbox.connector import SandboxConnector
from inbox.connectors.sandbox.forms import SandboxForm
from sandbox.models import Account, Post, Site
from tests.sandbox.serving import says

Connect = Callable[[str], SandboxConnector]


@pytest.fixture
def connect(served, sites) -> Iterator[Connect]:
    made: list[SandboxConnector] = []

    def connect(slug: str) -> SandboxConnector:
        made.append(SandboxConnector({"site": slug}, {"token": sites[slug].token()}))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


def member(site: Site, handle: str = "ines") -> Account:
    return Account.called(site, handle)


def pulled(connector: SandboxConnector) -> dict[str, Incoming]:
    items, _ = drain(connector, beginning(connector))
    return {item.external_id: item for item in items}


def test_forum_posts_carry_their_thread_and_number(connect, sites):
    forum = sites["forum"]
    root = forum.start(member(forum), "It drifts.", title="Clock drift", place="Firmware")
    reply = root.reply(member(forum, "arjun"), "Same here.")
    found = pulled(connect("forum"))
    first, second = found[str(root.pk)], found[str(reply.pk)]
    assert first.thread_id == second.thread_id == str(root.thread_id)
    assert first.thread_title == "Clock drift"
    assert (first.thread_ref, second.thread_ref) == ("1", "2")
    assert (first.is_root, second.is_root) == (True, False)
    assert second.parent_id == first.external_id
    assert first.channel_name == "Firmware"
    assert first.author.network == "sandbox:forum"


def test_microblog_thread_is_the_topmost_post(connect, sites):
    social = sites["social"]
    root = social.start(member(social), "first board finished #soldering")
    middle = root.reply(member(social, "arjun"), "nice!")
    last = middle.reply(member(social, "joss"), "which kit?")
    found = pulled(connect("social"))
    assert {item.thread_id for item in found.values()} == {str(root.pk)}
    assert found[str(last.pk)].parent_id == str(middle.pk)
    assert found[str(root.pk)].channel_name == "#soldering"


def test_late_microblog_reply_asks_upwards_for_its_thread(connect, sites, served):
    social = sites["social"]
    root = social.start(member(social), "a question")
    middle = root.reply(member(social, "arjun"), "an answer")
    _, cursor = drain(connect("social"), beginning(connect("social")))
    last = middle.reply(member(social), "thanks")
    (item,) = drain(connect("social"), cursor)[0]
    assert item.thread_id == str(root.pk)
    assert served.requests[-1].endswith(f"/posts/{last.pk}/context")


def test_threads_known_from_the_page_are_not_asked_for(connect, sites, served):
    social = sites["social"]
    root = social.start(member(social), "a question")
    for n in range(5):
        root = root.reply(member(social), f"and {n}")
    pulled(connect("social"))
    assert len(served.requests) == 1


def test_handle_and_private_message_are_mentions(connect, sites):
    social = sites["social"]
    named = social.start(member(social), "Is this known, @Polyphon?")
    private = social.start(member(social), "Just between us", direct=True)
    other = social.start(member(social), "mail me at hub@polyphon.example or @polyphonic")
    found = pulled(connect("social"))
    assert found[str(named.pk)].mention_reason == "handle"
    assert found[str(private.pk)].mention_reason == "direct"
    assert found[str(private.pk)].visibility == "direct"
    assert found[str(other.pk)].mention_reason == ""


def test_private_message_is_answered_privately(connect, sites):
    social = sites["social"]
    private = social.start(member(social), "Just between us", direct=True)
    connector = connect("social")
    outgoing = reply_to(pulled(connector)[str(private.pk)], "Of course.")
    sent = connector.send(replace(outgoing, visibility="public"))
    assert Post.objects.get(pk=sent.external_id).direct


def test_edits_and_deletions_are_listed_again(connect, sites):
    forum = sites["forum"]
    edited = forum.start(member(forum), "Before", title="One")
    removed = forum.start(member(forum), "Gone soon", title="Two")
    forum.start(member(forum), "Stays", title="Three")
    connector = connect("forum")
    _, cursor = drain(connector, beginning(connector))
    edited.revise("After")
    removed.remove()
    changed, _ = drain(connector, cursor)
    assert [(item.external_id, item.op) for item in changed] == [
        (str(edited.pk), "upsert"),
        (str(removed.pk), "delete"),
    ]
    assert changed[0].edited_at is not None


def test_closed_account_leaves_posts_without_author(connect, sites):
    forum = sites["forum"]
    ines = member(forum)
    post = forum.start(ines, "I was here", title="Goodbye")
    connector = connect("forum")
    before = pulled(connector)[str(post.pk)]
    ines.leave()
    after = pulled(connector)[str(post.pk)]
    assert before.author is not None
    assert after.author is None
    assert after.version != before.version


def test_reply_that_waits_for_moderators_is_pending_then_arrives(connect, sites):
    forum = sites["forum"]
    post = forum.start(member(forum), "Anybody?", title="Question")
    Site.objects.filter(pk=forum.pk).update(moderates=True)
    connector = connect("forum")
    outgoing = reply_to(pulled(connector)[str(post.pk)], "Yes!")
    sent = connector.send(outgoing)
    assert sent.state == "pending_moderation"
    assert connector.reconcile(outgoing).state == "pending_moderation"
    assert connector.fetch([sent.external_id]).items == []
    assert sent.external_id not in pulled(connector)
    Post.objects.get(pk=sent.external_id).approve()
    assert pulled(connector)[sent.external_id].client_token == str(outgoing.token)


def test_reply_turned_down_is_rejected(connect, sites):
    forum = sites["forum"]
    post = forum.start(member(forum), "Anybody?", title="Question")
    Site.objects.filter(pk=forum.pk).update(moderates=True)
    connector = connect("forum")
    outgoing = reply_to(pulled(connector)[str(post.pk)], "Yes!")
    sent = connector.send(outgoing)
    Post.objects.get(pk=sent.external_id).remove()
    with pytest.raises(Rejected, match="rejected or deleted the reply"):
        connector.reconcile(outgoing)
    assert [item.op for item in connector.fetch([sent.external_id]).items] == ["delete"]


@pytest.mark.parametrize(
    ("text", "said"), [("x" * 501, "501 characters"), (" \n ", "Write something")]
)
def test_text_the_site_refuses_is_rejected_in_its_words(connect, sites, text, said):
    social = sites["social"]
    post = social.start(member(social), "Anybody?")
    connector = connect("social")
    with pytest.raises(Rejected, match=said):
        connector.send(reply_to(pulled(connector)[str(post.pk)], text))


def test_answering_a_deleted_post_is_rejected(connect, sites):
    forum = sites["forum"]
    post = forum.start(member(forum), "Anybody?", title="Question")
    connector = connect("forum")
    outgoing = reply_to(pulled(connector)[str(post.pk)], "Yes!")
    post.remove()
    with pytest.raises(Rejected, match="was deleted"):
        connector.send(outgoing)


def test_backfill_begins_at_the_chosen_day(connect, sites):
    forum = sites["forum"]
    old = forum.start(member(forum), "Long ago", title="Old")
    Post.objects.filter(pk=old.pk).update(created_at=datetime.now(UTC) - timedelta(days=9))
    new = forum.start(member(forum), "Today", title="New")
    connector = connect("forum")
    items, _ = drain(connector, connector.begin(datetime.now(UTC) - timedelta(days=2)))
    assert [item.external_id for item in items] == [str(new.pk)]


def test_unreadable_post_becomes_a_problem_and_the_rest_is_kept(
    connect,
    sites,
    monkeypatch,
):
    forum = sites["forum"]
    bad = forum.start(member(forum), "Broken", title="Bad")
    good = forum.start(member(forum), "Whole", title="Good")
    connector = connect("forum")
    data = connector.client.changes(after=0)
    next(post for post in data["posts"] if post["id"] == str(bad.pk))["created_at"] = None
    monkeypatch.setattr(connector.client, "changes", lambda **_: data)
    (page,) = connector.pull({"after": 0}, deadline=0)
    assert [item.external_id for item in page.items] == [str(good.pk)]
    assert [problem.raw["id"] for problem in page.problems] == [str(bad.pk)]


def test_other_json_than_the_sites_own_is_a_wrong_address(served):
    served.fault = says("200 OK", b'{"hello": "world"}', Content_Type="application/json")
    connector = SandboxConnector({"base_url": f"{served.url}/sandbox/forum/"}, {"token": "0"})
    assert connector.network() == "sandbox:forum"
    for ask in (connector.check, connector.channels, lambda: pulled(connector)):
        with pytest.raises(Misconfigured, match="practice site"):
            ask()


def test_form_asks_for_the_whole_token():
    assert SandboxForm({"site": "forum", "token": f" {'ab' * 32} "}).is_valid()
    form = SandboxForm({"site": "forum", "token": "abc"})
    assert "Copy all of it" in str(form.errors["token"])


@pytest.mark.urls("tests.sandbox.urls")
def test_the_form_leads_to_the_page_that_has_the_token(settings):
    settings.SANDBOX_ENABLED = True
    said = SandboxForm().fields["token"].help_text
    for slug in ("forum", "social", "help"):
        assert f'href="{reverse("sandbox:moderation", args=[slug])}"' in said
    settings.SANDBOX_ENABLED = False
    assert "href" not in SandboxForm().fields["token"].help_text


def test_check_warns_of_moderation(connect, sites):
    Site.objects.filter(slug="help").update(moderates=True)
    health = connect("help").check()
    assert health.account_label == "@polyphon on Workbench"
    assert health.warnings
