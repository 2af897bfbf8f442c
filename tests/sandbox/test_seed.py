"""Loading whole years of talk at once."""

import time
from datetime import UTC, datetime, timedelta

from sandbox import seed
from sandbox.models import Post, Site
from sandbox.seed import SeedAccount, SeedPost, SeedThread

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_sites_are_made_once(sites):
    again = seed.create_sites()
    assert {slug: site.pk for slug, site in again.items()} == {s: v.pk for s, v in sites.items()}
    assert Site.objects.count() == 3
    assert seed.token_for(again["forum"]) == sites["forum"].token()


def test_numbers_follow_time_across_threads(sites):
    forum = sites["forum"]
    people = [SeedAccount("ines", "Ines Wolff", "Builds."), SeedAccount("arjun", "Arjun R.")]
    threads = [
        SeedThread(
            [
                SeedPost("ines", "first", at(0)),
                SeedPost("polyphon", "fourth", at(30), reply_to=0),
                SeedPost("arjun", "fifth", at(40), reply_to=1, deleted_author=True),
            ],
            title="One",
            place="Firmware",
        ),
        SeedThread([SeedPost("arjun", "second", at(5)), SeedPost("ines", "third", at(6))], "Two"),
    ]
    ids = seed.bulk_load(forum, people, threads)
    told = list(forum.posts.order_by("seq").values_list("body", flat=True))
    assert told == ["first", "second", "third", "fourth", "fifth"]
    assert [thread.title for thread in forum.threads.order_by("id")] == ["One", "Two"]
    assert ids == list(forum.threads.order_by("id").values_list("id", flat=True))
    last = Post.objects.get(body="fifth")
    assert last.account is None
    assert last.in_reply_to.body == "fourth"
    assert last.thread.place.slug == "firmware"
    assert forum.accounts.get(handle="ines").last_posted_at == at(6)
    assert Post.objects.get(body="fourth").account.is_hub


def test_talk_goes_on_after_loading(sites):
    forum = sites["forum"]
    threads = [SeedThread([SeedPost("ines", "first", at(0))], title="One")]
    seed.bulk_load(forum, [SeedAccount("ines", "Ines")], threads)
    seed.bulk_load(forum, [SeedAccount("ines", "Ines")], threads)
    root = forum.posts.order_by("id").first()
    reply = root.reply(forum.hub_account(), "Welcome!")
    assert (reply.number, reply.seq) == (2, 3)


def test_help_board_seed_makes_answers_and_comments(sites):
    posts = [
        SeedPost("ines", "question", at(0)),
        SeedPost("polyphon", "answer", at(1), reply_to=0),
        SeedPost("ines", "comment", at(2), reply_to=1),
        SeedPost("ines", "aside", at(3), reply_to=0, comment=True),
    ]
    thread = SeedThread(posts, title="Q", accepted=1)
    seed.bulk_load(sites["help"], [SeedAccount("ines", "Ines")], [thread])
    kinds = dict(sites["help"].posts.values_list("body", "kind"))
    assert kinds == {
        "question": "root",
        "answer": "reply",
        "comment": "comment",
        "aside": "comment",
    }
    assert sites["help"].posts.get(accepted=True).body == "answer"


def test_four_thousand_posts_load_in_seconds_and_few_queries(sites, django_assert_max_num_queries):
    people = [SeedAccount(f"m{n}", f"Member {n}") for n in range(400)]
    threads = [
        SeedThread([SeedPost(f"m{n % 400}", "Hi *all*", at(n + k)) for k in range(5)], title="T")
        for n in range(800)
    ]
    began = time.monotonic()
    with django_assert_max_num_queries(25):
        seed.bulk_load(sites["forum"], people, threads)
    assert time.monotonic() - began < 5
    assert sites["forum"].posts.count() == 4000
