"""The list of members."""

from datetime import timedelta

from django.utils import timezone

from members import verbs as member_verbs
from tests.make import make_identity, make_member


def crowd(count: int) -> None:
    now = timezone.now()
    for number in range(count):
        member = make_member(f"Person {number:03}", last_seen=now - timedelta(minutes=number // 3))
        make_identity(member, handle=f"handle{number:03}")
        member_verbs.tag(member, f"tag {number % 5}", by=None)


def names(answer) -> list[str]:
    return [row.name for row in answer.context["listing"].rows]


def test_newest_seen_first_page_by_page_without_gap_or_repeat(client, olga):
    crowd(100)
    client.force_login(olga)
    seen, query = [], {}
    while True:
        answer = client.get("/members/", query)
        seen += names(answer)
        if not answer.context["listing"].more:
            break
        query = {"before": answer.context["listing"].more}
    assert len(seen) == len(set(seen)) == 100
    assert seen[0] in {"Person 000", "Person 001", "Person 002"}
    assert seen[-1] == "Person 099"


def test_a_part_of_a_name_or_handle_finds_them(client, olga):
    crowd(5)
    client.force_login(olga)
    assert names(client.get("/members/", {"q": "son 003"})) == ["Person 003"]
    assert names(client.get("/members/", {"q": "@HANDLE004"})) == ["Person 004"]
    nobody = client.get("/members/", {"q": "100%_\x00"})
    assert names(nobody) == []
    assert "No matching members" in nobody.content.decode()


def test_a_stage_narrows_the_list(client, olga, bob):
    crowd(4)
    champion = make_member("Petra", last_seen=timezone.now(), stage="champion")
    client.force_login(olga)
    assert names(client.get("/members/", {"stage": "champion"})) == [champion.name]
    assert len(names(client.get("/members/", {"stage": "no such stage"}))) == 5


def test_our_own_accounts_and_the_erased_are_not_listed(client, olga):
    now = timezone.now()
    make_identity(make_member("The hub", last_seen=now), is_us=True)
    make_member("Erased", last_seen=now, erased_at=now)
    client.force_login(olga)
    answer = client.get("/members/")
    assert names(answer) == []
    assert "No members yet" in answer.content.decode()


def test_typing_in_the_box_brings_the_list_alone(client, olga):
    crowd(2)
    client.force_login(olga)
    headers = {"HX-Request": "true", "HX-Target": "members"}
    answer = client.get("/members/", {"q": "person"}, headers=headers)
    assert "<html" not in answer.content.decode()
    assert 'id="members"' in answer.content.decode()


def test_as_many_queries_with_thirty_rows_as_with_three(
    client, carol, django_assert_max_num_queries
):
    client.force_login(carol)
    counts = []
    for more in (3, 27):
        crowd(more)
        with django_assert_max_num_queries(12) as captured:
            assert client.get("/members/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
