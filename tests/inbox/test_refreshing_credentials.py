"""Credentials that end are replaced under a lock, once, and stored encrypted."""

import threading
import time

import pytest
from django.db import connection, connections

from inbox import tasks
from inbox.connectors.base import AuthExpired
from inbox.connectors.sandbox.connector import SandboxConnector
from inbox.models import Source, SourceState
from tests.make import make_source


class Refreshing(SandboxConnector):
    asked: list[str] = []
    error = None

    def refresh_is_due(self, now):
        return self.credentials["token"] == "old"

    def refresh_credentials(self):
        self.asked.append(self.credentials["token"])
        if self.error:
            raise self.error
        time.sleep(0.2)
        return {"token": "new"}

    def pull(self, cursor, *, deadline):
        assert self.credentials["token"] == "new"
        return iter(())


@pytest.fixture
def refreshing(monkeypatch):
    monkeypatch.setattr(Refreshing, "asked", [])
    monkeypatch.setattr(Source, "connector_class", Refreshing)
    return Refreshing


def test_pull_goes_on_with_new_credentials_and_they_are_stored_encrypted(db, refreshing):
    source = make_source(credentials={"token": "old"})
    tasks.pull_source(source.pk)
    source.refresh_from_db()
    assert (source.failures, source.credentials["token"], refreshing.asked) == (0, "new", ["old"])
    with connection.cursor() as cursor:
        cursor.execute("select credentials from inbox_source where id = %s", [source.pk])
        assert "new" not in cursor.fetchone()[0]


def test_good_credentials_are_left_alone(db, refreshing):
    make_source(credentials={"token": "new"}).signed_in()
    assert refreshing.asked == []


def test_refused_refresh_asks_for_a_new_sign_in(db, refreshing, monkeypatch):
    monkeypatch.setattr(refreshing, "error", AuthExpired("Sign in again."))
    source = make_source(credentials={"token": "old"})
    tasks.pull_source(source.pk)
    source.refresh_from_db()
    assert (source.state, source.credentials["token"]) == (SourceState.RECONNECT, "old")


def test_of_two_processes_one_refreshes_and_both_go_on(transactional_db, refreshing):
    pk = make_source(credentials={"token": "old"}).pk
    copies = [Source.objects.get(pk=pk) for _ in range(2)]
    tokens = []

    def sign_in(source):
        tokens.append(source.signed_in().credentials["token"])
        connections.close_all()

    threads = [threading.Thread(target=sign_in, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tokens, refreshing.asked) == (["new", "new"], ["old"])
