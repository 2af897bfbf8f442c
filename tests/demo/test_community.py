"""The demo community's words: as many as promised, in order, and worth reading."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from community_hub.demo.community import Community, community
from community_hub.demo.content import SITES, read_words, scripts, topics
from community_hub.demo.encounters import ENCOUNTERS
from community_hub.demo.follow_ups import FOLLOW_UPS
from community_hub.demo.known_members import KNOWN_MEMBERS
from sandbox.seed import SeedPost, SeedThread

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SEED = 7


@pytest.fixture(scope="module")
def demo() -> Community:
    return community(SEED, NOW)


def posts_of(demo: Community) -> list[SeedPost]:
    return [post for thread in demo.everything() for post in thread.posts]


def test_what_was_promised_about_the_drift_fits_the_note_and_the_thread(demo: Community) -> None:
    thread = next(each for each in demo.everything() if each.title.startswith("MIDI clock drifts"))
    said = next(post for post in thread.posts if "will tell you" in post.body)
    promise = next(each for each in FOLLOW_UPS if each.handle == "inesw")
    known = next(each for each in KNOWN_MEMBERS if each.handle == "inesw")
    ago, words = next((days, text) for _who, days, text in known.notes if "Promised" in text)
    call = next(each for each in ENCOUNTERS if ("forum", "inesw") in each.people)
    assert "within a day" in said.body
    assert "within a day" in words
    assert promise.planned == ago
    assert thread.posts[0].created_at < said.created_at <= NOW - timedelta(days=ago)
    assert NOW.date() + timedelta(promise.due) <= (said.created_at + timedelta(days=1)).date()
    assert NOW - timedelta(days=call.ago) > thread.posts[0].created_at


def subject(thread: SeedThread) -> str:
    return thread.title or thread.posts[0].body


def share_unique(texts: list[str]) -> float:
    return len(set(texts)) / len(texts)


def test_the_same_seed_and_moment_make_the_same_community(demo: Community) -> None:
    assert community(SEED, NOW) == demo


def test_another_seed_makes_other_words(demo: Community) -> None:
    assert community(SEED + 1, NOW).threads["forum"] != demo.threads["forum"]


def test_it_takes_less_than_two_seconds() -> None:
    started = time.process_time()
    community(99, NOW)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(("seed", "days"), [(1, 0), (2026, 3)])
def test_it_is_as_large_as_promised_whatever_the_seed_and_day(seed: int, days: int) -> None:
    demo = community(seed, NOW + timedelta(days=days))
    assert 380 <= sum(len(accounts) for accounts in demo.accounts.values()) <= 420
    assert 2_400 <= len(demo.everything()) <= 2_600
    assert 11_500 <= len(posts_of(demo)) <= 12_500


@pytest.mark.parametrize("hour", [0, 23])
def test_nothing_is_in_the_future_nor_older_than_six_months_and_a_bit(hour: int) -> None:
    now = NOW.replace(hour=hour)
    posts = posts_of(community(SEED, now))
    assert max(post.created_at for post in posts) < now
    assert max(post.edited_at or post.created_at for post in posts) <= now
    assert min(post.created_at for post in posts) > now - timedelta(days=190)


def test_replies_answer_an_earlier_post_and_come_after_it(demo: Community) -> None:
    for thread in demo.everything():
        times = [post.created_at for post in thread.posts]
        assert times == sorted(times)
        for index, post in enumerate(thread.posts):
            assert post.reply_to is None or 0 <= post.reply_to < index


def test_help_board_comments_are_one_level_deep(demo: Community) -> None:
    for thread in demo.threads["help"]:
        for post in thread.posts:
            if post.reply_to:
                assert not thread.posts[post.reply_to].reply_to


def test_everybody_who_writes_has_an_account_and_everybody_with_one_writes(
    demo: Community,
) -> None:
    for slug, threads in demo.threads.items():
        known = {account.handle for account in demo.accounts[slug]} | {"polyphon"}
        wrote = {p.author_handle for t in threads for p in t.posts if not p.deleted_author}
        assert wrote <= known
        assert all(re.fullmatch(r"[a-z0-9_]{2,40}", handle) for handle in known)


def test_no_text_is_empty_too_long_or_holds_a_slot_that_was_not_filled(demo: Community) -> None:
    for slug, threads in demo.threads.items():
        for thread in threads:
            assert bool(thread.title) is (slug != "social")
            for post in thread.posts:
                assert post.body.strip()
                assert len(post.body) <= (500 if slug == "social" else 5_000)
                assert "{" not in post.body + thread.title


def test_several_languages_are_spoken(demo: Community) -> None:
    bodies = " ".join(post.body for post in posts_of(demo))
    for words in ("Hello all", " nicht ", " c'est ", " gracias"):
        assert bodies.lower().count(words.lower()) > 10


def test_hardly_anything_is_said_twice(demo: Community) -> None:
    bodies = [post.body for post in posts_of(demo)]
    without_address = [re.sub(r"^@\w+ ", "", body) for body in bodies]
    assert share_unique([subject(thread) for thread in demo.everything()]) > 0.98
    assert share_unique(bodies) > 0.94
    assert share_unique(without_address) > 0.86
    assert Counter(bodies).most_common(1)[0][1] <= 12


def test_nobody_says_the_same_sentence_twice_in_one_post(demo: Community) -> None:
    for post in posts_of(demo):
        sentences = [s for s in re.split(r"(?<=[.!?]) |\n+", post.body) if len(s) > 20]
        assert len(sentences) == len(set(sentences)), post.body


def test_a_page_of_the_newest_conversations_hardly_repeats_a_sentence(demo: Community) -> None:
    """What somebody meets who scrolls through Everything, 25 conversations at a time."""
    by_date = sorted(demo.everything(), key=lambda thread: thread.posts[-1].created_at)
    repeated = total = 0
    for start in range(0, 200, 25):
        page = by_date[-200:][start : start + 25]
        said: Counter[str] = Counter()
        for thread in page:
            text = " ".join(re.sub(r"^@\w+ ", "", post.body) for post in thread.posts)
            said.update({s for s in re.split(r"(?<=[.!?])\s+", text) if len(s) > 14})
        repeated += sum(count - 1 for count in said.values())
        total += sum(said.values())
    assert repeated / total < 0.03


def test_no_two_of_the_newest_conversations_share_a_subject(demo: Community) -> None:
    newest = sorted(demo.everything(), key=lambda thread: thread.posts[-1].created_at)[-200:]
    assert share_unique([subject(thread)[:60] for thread in newest]) == 1


def test_between_25_and_40_conversations_wait_from_nine_minutes_to_a_few_days(
    demo: Community,
) -> None:
    waiting = [demo.threads[slug][index] for slug, found in demo.waiting.items() for index in found]
    ages = [NOW - thread.posts[0].created_at for thread in waiting]
    assert 25 <= len(waiting) <= 40
    assert min(ages) == timedelta(minutes=9)
    assert sum(age > timedelta(days=2, hours=6) for age in ages) <= 3
    assert any(thread.posts[0].visibility == "direct" for thread in waiting)


def test_halvard_went_quiet_and_the_release_brought_a_wave(demo: Community) -> None:
    forum = [post for thread in demo.threads["forum"] for post in thread.posts]
    halvard = [post.created_at for post in forum if post.author_handle == "halvard"]
    assert len(halvard) > 10
    assert max(halvard) < NOW - timedelta(days=60)
    week = [t for t in demo.everything() if t.posts[0].created_at > NOW - timedelta(days=6)]
    assert sum("2.4" in subject(t) + t.posts[0].body for t in week) > 40


def test_some_authors_left_and_some_posts_were_edited(demo: Community) -> None:
    posts = posts_of(demo)
    assert sum(post.deleted_author for post in posts) > 50
    assert sum(post.edited_at is not None for post in posts) > 50


@pytest.mark.parametrize("site", SITES)
def test_everybody_in_a_hand_written_conversation_is_introduced(site: str) -> None:
    known = {*read_words("people")[site], "polyphon"}
    for script in scripts(site):
        assert {line.handle for line in script.lines} <= known


def test_every_answer_has_its_word_of_thanks() -> None:
    for topic in topics("forum"):
        if topic.is_question:
            assert topic.same
            assert topic.team
            assert topic.thanks
