"""A connector of an outside package that raises is named, and breaks nothing else."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from django.urls import reverse

from inbox.connectors import registry
from inbox.connectors.base import Health
from inbox.connectors.sandbox.connector import SandboxConnector
from inbox.models import Source
from inbox.tasks import pull_source
from tests.make import make_conversation, make_message, make_source

pytestmark = pytest.mark.django_db
GROUP = registry.ENTRY_POINTS


@pytest.fixture
def broken_plugin(monkeypatch, tmp_path):
    """A package whose module raises when it is imported."""
    (tmp_path / "cranky_plugin.py").write_text("raise RuntimeError('built for another version')")
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint("cranky", "cranky_plugin:Cranky", GROUP)
    found = {**registry.entries(), "cranky": entry}
    monkeypatch.setattr(registry, "entries", lambda: found)
    monkeypatch.setattr(registry, "_broken", {})


def test_it_is_named_on_the_sources_page_and_the_others_work(
    client, alice, bob, broken_plugin
) -> None:
    make_source(name="A healthy forum")
    client.force_login(alice)
    page = client.get("/sources/").content.decode()
    assert "The connector “cranky” can’t be loaded." in page
    assert "built for another version" in page
    assert "A healthy forum" in page
    assert client.get(reverse("source-add")).status_code == 200
    client.force_login(bob)
    assert "built for another version" not in client.get("/sources/").content.decode()


def test_its_conversations_can_still_be_read(client, alice, broken_plugin) -> None:
    source = make_source(kind="cranky")
    conversation = make_message(make_conversation(source), "Still here").conversation
    client.force_login(alice)
    page = client.get(conversation.get_absolute_url())
    assert page.status_code == 200
    assert "Still here" in page.content.decode()
    assert client.get("/inbox/").status_code == 200
    assert client.get(source.get_absolute_url()).status_code == 200


def test_its_source_stops_with_a_sentence_when_it_is_due(broken_plugin) -> None:
    source = make_source(kind="cranky")
    pull_source(source.pk)
    source.refresh_from_db()
    assert (source.state, source.pause_reason) == ("paused", "error")
    assert "built for another version" in source.last_error


def test_one_that_raises_in_pull_is_tried_again_later(monkeypatch) -> None:
    def trips(self, cursor, *, deadline):
        raise ZeroDivisionError

    monkeypatch.setattr(SandboxConnector, "pull", trips)
    source = make_source()
    with pytest.raises(ZeroDivisionError):
        pull_source(source.pk)
    source.refresh_from_db()
    assert (source.state, source.failures) == ("active", 1)
    assert source.next_pull_at is not None
    assert not source.is_leased


@pytest.mark.parametrize("method", ["check", "channels"])
def test_one_that_raises_while_it_is_connected_is_a_sentence_on_the_page(
    client, alice, monkeypatch, settings, method
) -> None:
    def trips(self):
        raise ZeroDivisionError("secret words")

    settings.SANDBOX_ENABLED = True
    monkeypatch.setattr(SandboxConnector, "check", lambda self: Health(account_label="@hub"))
    monkeypatch.setattr(SandboxConnector, "channels", lambda self: [])
    monkeypatch.setattr(SandboxConnector, method, trips)
    client.force_login(alice)
    typed = {"site": "forum", "token": "a" * 64}
    page = client.post("/sources/new/sandbox/", typed, follow=True)
    assert page.status_code == (422 if method == "check" else 200)
    assert "The connector failed unexpectedly. See the log for details." in page.content.decode()
    assert "secret words" not in page.content.decode()
    assert not Source.objects.exists()
