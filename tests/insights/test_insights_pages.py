"""The page of insights, the rows behind its numbers, and its files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from insights import reports
from tests.make import make_conversation, make_message, make_reply, make_source, one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(bob):
    """Answered after two hours, answered after one, and waiting for three days."""
    now = timezone.now()
    found = []
    for hours, reply in ((30, 28), (20, 19), (72, None)):
        conversation = make_conversation()
        make_message(conversation, sent_at=now - timedelta(hours=hours))
        if reply:
            make_reply(conversation, by=bob, sent_at=now - timedelta(hours=reply))
        found.append(conversation)
    return found


def test_the_page_shows_each_measure_with_how_it_is_counted(client, olga, three):
    client.force_login(olga)
    page = one_line(client.get("/insights/?period=7").content)
    for measure in reports.MEASURES:
        assert str(measure.title) in page
    assert page.count("How is this counted?") == len(reports.MEASURES) + len(reports.REPORTS)
    assert "1 h 30 min" in page


def test_a_number_leads_to_as_many_rows(client, olga, three):
    client.force_login(olga)
    answer = client.get("/insights/")
    owed = next(it for it in answer.context["measures"] if it.measure.key == "owed")
    assert owed.now.value == 1
    address = f"/insights/rows/owed/?{answer.context['chosen'].address}"
    page = client.get(address)
    assert [ask.conversation for ask in page.context["page"].rows] == [three[2]]
    assert "Waiting for the team" in page.content.decode()
    assert client.get("/insights/rows/nothing/").status_code == 404


def test_files_say_the_same_as_the_page(client, olga, three):
    client.force_login(olga)
    answer = client.get("/insights/files/measures.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    shown = client.get("/insights/").context["measures"]
    assert [row[3] for row in rows[1:]] == [str(it.now.n) for it in shown]
    assert [row[2] for row in rows[1:]] == [
        "" if it.now.value is None else str(it.now.value) for it in shown
    ]
    for key in reports.REPORTS:
        answer = client.get(f"/insights/files/{key}.csv")
        assert answer.headers["Content-Type"].startswith("text/csv")
    assert client.get("/insights/files/nothing.csv").status_code == 404


def test_names_that_are_formulas_do_not_run_in_a_file(client, olga):
    make_message(make_conversation(make_source(name="=cmd()")))
    client.force_login(olga)
    assert "'=cmd()" in client.get("/insights/files/sources.csv").content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-03-09&to=2026-03-02", "The last day is before the first one."),
        ("from=2026-02-31&to=2026-03-02", "Enter both days"),
        ("q=asignee:bob", "did you mean"),
        ("q=" + "a" * 2001, "too long"),
    ],
)
def test_what_cannot_be_understood_is_said_and_left_out(client, olga, query, said):
    client.force_login(olga)
    answer = client.get(f"/insights/?{query}")
    assert answer.status_code == 200
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["source=999999", "tag=x", "stage=nobody", "channel=-1", "mine=2"]
)
def test_what_is_not_there_is_no_filter(client, olga, three, query):
    client.force_login(olga)
    shown = client.get(f"/insights/?{query}").context["measures"]
    assert next(it for it in shown if it.measure.key == "unanswered").now.n == 3


def test_a_restricted_source_cannot_be_chosen_nor_seen(client, bob, lena):
    hidden = make_source(name="Misconduct", restricted=True)
    make_message(make_conversation(hidden))
    client.force_login(bob)
    page = client.get(f"/insights/?source={hidden.pk}")
    assert page.context["chosen"].scope.source is None
    assert "Misconduct" not in page.content.decode()
    client.force_login(lena)
    assert "Misconduct" in client.get(f"/insights/?source={hidden.pk}").content.decode()


def test_the_page_takes_the_same_queries_with_much_as_with_little(
    client, olga, three, django_assert_max_num_queries
):
    client.force_login(olga)
    for _ in range(12):
        make_message(make_conversation())
    client.get("/insights/")
    with django_assert_max_num_queries(42):
        client.get("/insights/")
