"""The practice sites' API: token, order of changes, idempotent posting, bad input."""

import json
import threading
from uuid import uuid4

import pytest
from django.db import connection

from sandbox import seed
from sandbox.models import Account, Post, Site
from tests.sandbox.test_pages import question


def ask(client, site: Site, path: str, **params):
    headers = {"Authorization": f"Bearer {site.token()}"}
    return client.get(f"/sandbox/{site.slug}/api/{path}", params, headers=headers)


def say(client, site: Site, data):
    return client.post(
        f"/sandbox/{site.slug}/api/posts",
        data if isinstance(data, bytes) else json.dumps(data),
        content_type="application/json",
        headers={"Authorization": f"Bearer {site.token()}"},
    )


def test_token_of_one_site_opens_no_other(client, sites):
    headers = {"Authorization": f"Bearer {sites['social'].token()}"}
    for path in ("me", "places", "changes", "posts", "posts/1/context"):
        for given in ({}, headers):
            answer = client.get(f"/sandbox/forum/api/{path}", headers=given)
            assert answer.status_code == 401
            assert answer.json()["code"] == "bad_token"


def test_changes_ascend_and_continue_after_a_number(client, sites):
    forum = sites["forum"]
    made = [question(forum) for _ in range(5)]
    first = ask(client, forum, "changes", limit=3).json()
    rest = ask(client, forum, "changes", after=first["next"], limit=3).json()
    assert [post["id"] for post in first["posts"] + rest["posts"]] == [str(p.pk) for p in made]
    assert (first["more"], rest["more"]) == (True, False)
    nothing = ask(client, forum, "changes", after=rest["next"]).json()
    assert nothing == {"posts": [], "next": rest["next"], "more": False}


def test_addresses_in_the_answers_open(client, sites):
    forum = sites["forum"]
    forum.start(Account.called(forum, "ines"), "Hello", title="A topic", place="Firmware")
    (post,) = ask(client, forum, "changes").json()["posts"]
    found = [post["url"], post["thread"]["url"], post["account"]["url"], post["place"]["url"]]
    found.append(ask(client, forum, "me").json()["account"]["url"])
    for url in found:
        assert url.startswith("http://testserver/sandbox/forum/")
        assert client.get(url, follow=True).status_code == 200


def test_changes_cost_the_same_queries_however_many(client, sites, django_assert_max_num_queries):
    forum = sites["forum"]
    for _ in range(30):
        question(forum).reply(Account.called(forum, "bo"), "Yes")
    with django_assert_max_num_queries(5):
        assert len(ask(client, forum, "changes").json()["posts"]) == 60


def test_same_token_twice_makes_one_post(client, sites):
    forum = sites["forum"]
    data = {"in_reply_to": question(forum).pk, "body": "Once", "client_token": str(uuid4())}
    first, second = say(client, forum, data), say(client, forum, data)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert forum.posts.filter(body="Once").count() == 1


def test_reply_to_a_thread_answers_its_first_post(client, sites):
    forum = sites["forum"]
    asked = question(forum)
    post = say(client, forum, {"thread": asked.thread_id, "body": "Hello"}).json()
    assert post["in_reply_to"] == str(asked.pk)
    assert post["account"]["hub"] is True


def test_forum_refuses_private_replies(client, sites):
    forum = sites["forum"]
    data = {"in_reply_to": question(forum).pk, "body": "psst", "visibility": "direct"}
    assert say(client, forum, data).json()["code"] == "not_private"
    assert not forum.posts.filter(body="psst").exists()


def test_private_reply_to_a_public_short_post_stays_private(client, sites):
    social = sites["social"]
    data = {"in_reply_to": question(social).pk, "body": "psst", "visibility": "direct"}
    assert say(client, social, data).json()["visibility"] == "direct"
    assert "psst" not in client.get("/sandbox/social/members/polyphon/").content.decode()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"not json", 400),
        ([], 422),
        ({"in_reply_to": 10**30, "body": "x"}, 422),
        ({"in_reply_to": "1; drop table", "body": "x"}, 422),
        ({"in_reply_to": 999_999, "body": "x"}, 422),
        ({"body": "nul \x00 byte"}, 422),
        ({"body": "x", "client_token": "no-uuid"}, 422),
        ({"body": {"a": 1}, "in_reply_to": None}, 422),
    ],
)
def test_bad_posts_are_refused_in_words(client, sites, data, status):
    answer = say(client, sites["forum"], data)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert not sites["forum"].posts.exists()


def test_bad_numbers_and_times_are_refused_in_words(client, sites):
    forum = sites["forum"]
    for params in ({"after": "x"}, {"limit": "many"}, {"since": "yesterday"}, {"since": "2026-99"}):
        answer = ask(client, forum, "changes", **params)
        assert answer.status_code == 422
        assert next(iter(params)) in answer.json()["error"]
    assert ask(client, forum, "posts", ids="1,x,,99999999999999999999").json() == {"posts": []}
    assert ask(client, forum, "posts/12345/context").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_get_numbers_in_the_order_they_commit(settings):
    forum = seed.create_sites()["forum"]
    asked = question(forum)
    token = uuid4()

    def write(n: int) -> None:
        try:
            post = Post.objects.select_related("site", "thread").get(pk=asked.pk)
            account = Account.objects.get(site=forum, is_hub=True)
            post.reply(account, f"Number {n}", client_token=token if n < 4 else uuid4())
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    posts = list(forum.posts.order_by("seq").values_list("seq", "number"))
    assert posts == [(n, n) for n in range(1, 7)]  # the question, 4 of their own, 1 of 4 the same
    assert Site.objects.get(pk=forum.pk).last_seq == 6


def test_json_nested_thousands_deep_is_refused_in_words(client, sites):
    for nested in (b"[" * 100_000, b'{"body":' * 100_000 + b"1" + b"}" * 100_000):
        answer = say(client, sites["forum"], nested)
        assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
