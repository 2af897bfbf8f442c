"""The data step that says of older lines in which source they were said, and its way back."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from inbox.ingest.message_lines import mend_scopes
from inbox.ingest.pipeline import ingest
from members.models import Activity
from tests.inbox.items import ago, item, page
from tests.make import make_line, make_member, make_source

pytestmark = pytest.mark.django_db
step = import_module("inbox.migrations.0013_scope_of_log_lines")
editor = SimpleNamespace(connection=connection)


def test_older_lines_get_the_scope_they_would_have_now(monkeypatch) -> None:
    monkeypatch.setattr(step, "STEP", 2)
    source, closed = make_source(), make_source(restricted=True)
    for where in (source, closed):
        first = item("1")
        ingest(where, page(first, item("2"), item("3")))
        again = item("1", body="edited", version="2", edited_at=ago(seconds=5))
        ingest(where, page(again))
    make_line(make_member("Jo"), "Stage", kind="stage")
    now = dict(Activity.objects.values_list("key", "scope"))
    assert len(now) == 9

    step.clear(None, editor)
    older = dict(Activity.objects.values_list("key", "scope"))
    assert older == {key: "" if scope == source.scope else scope for key, scope in now.items()}
    for _twice in range(2):
        step.fill(None, editor)
        assert dict(Activity.objects.values_list("key", "scope")) == now


def test_the_nightly_check_mends_what_an_older_version_still_wrote() -> None:
    ingest(make_source(), page(item("1")))
    ingest(make_source(restricted=True), page(item("2")))
    make_line(make_member("Jo"), "Stage", kind="stage", key="action:1")
    now = set(Activity.objects.values_list("key", "scope"))
    Activity.objects.update(scope="")
    assert mend_scopes() == 2
    assert set(Activity.objects.values_list("key", "scope")) == now
    assert mend_scopes() == 0
