"""How many members the list says there are."""

from django.utils import timezone

from members.models import Sighting
from members.views import people
from tests.make import make_identity, make_member, make_source, one_line
from tests.members.test_member_list import crowd


def count_of(page) -> str:
    said = one_line(page.content).partition('id="member-count"')[2]
    return said.partition(">")[2].partition("</p>")[0].strip()


def test_a_page_that_has_all_says_how_many_and_a_longer_list_is_counted_afterwards(client, olga):
    crowd(3)
    client.force_login(olga)
    assert count_of(client.get("/members/")) == "3 members"
    assert count_of(client.get("/members/", {"q": "002"})) == "1 member"
    assert (
        "load," not in one_line(client.get("/members/").content).partition("member-count")[2][:99]
    )
    crowd(43)
    page = client.get("/members/", {"q": "person"})
    assert count_of(page) == "40+ members"
    said = one_line(page.content)
    assert 'hx-get="/members/count/?q=person" hx-trigger="load,' in said
    assert one_line(client.get("/members/count/?q=person").content).strip() == "46 members"
    more = client.get("/members/", {"before": page.context["listing"].more})
    assert count_of(more) == ""


def test_a_count_ends_somewhere_and_a_mistake_has_none(client, olga, monkeypatch):
    crowd(4)
    client.force_login(olga)
    monkeypatch.setattr(people, "COUNTED", 3)
    assert one_line(client.get("/members/count/").content).strip() == "3+ members"
    assert client.get("/members/count/?q=asignee:me").content.strip() == b""


def test_who_is_hidden_is_not_counted(client, alice, bob):
    crowd(2)
    closed, now = make_source(restricted=True), timezone.now()
    account = make_identity(make_member("Hidden", last_seen=now))
    Sighting.objects.create(identity=account, scope=closed.scope, first_seen=now, last_seen=now)
    for reader, said in ((alice, "3 members"), (bob, "2 members")):
        client.force_login(reader)
        assert count_of(client.get("/members/")) == said
        assert one_line(client.get("/members/count/").content).strip() == said
