"""Comments and posts in a feed: which conversation they stand in, and what it is called."""

import time

import pytest

from inbox.connectors.feed.connector import FeedConnector
from inbox.connectors.feed.document import Document, Entry
from inbox.connectors.feed.places import place_of
from inbox.connectors.feed.threads import Threads
from inbox.connectors.feed.titles import article_title, topic_title
from tests.connectors.test_feed import pull
from tests.platforms import feed_formats as formats
from tests.platforms.feeds import FeedSite, atom, rss


@pytest.fixture
def site(settings):
    with FeedSite() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        site.conditional = False
        yield site


@pytest.fixture
def feed(site):
    connector = FeedConnector({"url": f"{site.url}/rss"}, {})
    yield connector
    connector.close()


EVERYTHING = {"since": "2026-01-01T00:00:00+00:00"}


def read(feed, site, document, cursor=None):
    site.document = document
    return pull(feed, cursor or EVERYTHING)


def threads(page):
    """The texts of each thread, by its title."""
    found = {}
    for item in page.items:
        found.setdefault((item.thread_id, item.thread_title), []).append(item)
    return sorted((title, len(items)) for (_, title), items in found.items())


def test_a_blogs_comments_stand_under_their_articles(feed, site):
    page = read(
        feed,
        site,
        formats.wordpress_comments(
            (3, "Ada", "Hello world", "First!"),
            (4, "Grace by the sea", "Tuning by ear", "Well heard."),
            (5, "Linus", "Hello world", "Second."),
        ),
    )
    assert threads(page) == [("Hello world", 2), ("Tuning by ear", 1)]
    assert {item.is_root for item in page.items} == {False}
    assert page.items[0].thread_permalink == "https://blog.example/hello-world/"
    assert page.items[0].permalink == "https://blog.example/hello-world/#comment-3"


def test_an_articles_own_comment_feed_names_it_in_its_title(feed, site):
    document = formats.wordpress_comments(
        (3, "Ada", "Hello world", "First!"),
        title="Kommentare zu: Hello world",
        link="https://blog.example/hello-world/",
        named="Von: {author}",
    )
    assert threads(read(feed, site, document)) == [("Hello world", 1)]


def test_atom_comments_are_one_thread_however_deep_they_answer(feed, site):
    """Comment 8 answers one that has left the feed: it stood in a thread of its own."""
    page = read(feed, site, formats.wordpress_atom_comments((5, 0), (6, 5), (8, 7)))
    assert threads(page) == [("Hello", 3)]
    assert [item.parent_id for item in page.items] == [
        "https://blog.example/?p=1",
        "https://blog.example/?p=1#comment-5",
        "https://blog.example/?p=1#comment-7",
    ]


def test_a_forums_posts_stand_in_their_topics(feed, site):
    page = read(
        feed,
        site,
        formats.discourse_posts(
            (11, 3, "MIDI clock drifts", "Late by a bar."),
            (11, 1, "MIDI clock drifts", "It starts fine."),
            (12, 1, "Comments on the new knobs", "Hm."),
        ),
    )
    assert threads(page) == [("Comments on the new knobs", 1), ("MIDI clock drifts", 2)]
    assert [item.is_root for item in page.items] == [False, True, True]


def test_a_topic_stands_in_one_thread_with_its_posts(feed, site):
    (topic,) = read(feed, site, formats.discourse_topics((11, "Clock", 1))).items
    (post,) = read(feed, site, formats.discourse_posts((11, 2, "Clock", "Late."))).items
    assert topic.thread_id == post.thread_id


def test_an_answer_is_no_edit_of_the_topic_it_answers(feed, site):
    """Discourse's list of topics counts the posts at the end of each."""
    cursor = read(feed, site, formats.discourse_topics((11, "Clock", 1))).cursor
    page = read(feed, site, formats.discourse_topics((11, "Clock", 2)), cursor)
    assert page.ignored == {"unchanged": 1}


def test_phpbb_posts_stand_in_their_topics(feed, site):
    page = read(
        feed,
        site,
        formats.phpbb_posts(
            (12, 36, "Re: Knob is loose", "Ada"),
            (12, 35, "Knob is loose", "Guest"),
            (13, 40, "Re: Knob is loose", "Grace"),
        ),
    )
    assert threads(page) == [("Knob is loose", 1), ("Knob is loose", 2)]


def test_a_guests_post_is_not_given_to_the_board(feed, site):
    page = read(feed, site, formats.phpbb_posts((12, 35, "Knob", "")))
    assert page.items[0].author is None


def test_reddit_comments_stand_under_their_post(feed, site):
    page = read(
        feed,
        site,
        formats.reddit(
            ("t1_c1", "abc12/is_49_too_low/c1", "bob", "/u/bob on Is 49 too low?"),
            ("t3_abc12", "abc12/is_49_too_low", "ada", "Is 49 too low?"),
            ("t1_c2", "abc12/is_49_too_low/c2", "[deleted]", "/u/[deleted] on Is 49 too low?"),
        ),
    )
    assert threads(page) == [("Is 49 too low?", 3)]
    assert [item.author and item.author.display_name for item in page.items] == [
        "/u/bob",
        "/u/ada",
        None,
    ]


def test_videos_are_threads_of_their_own(feed, site):
    page = read(feed, site, formats.youtube(("v1", "Knobs"), ("v2", "Clocks")))
    assert threads(page) == [("Clocks", 1), ("Knobs", 1)]
    assert page.items[0].body == "About Knobs."
    assert page.items[0].attachments == ()


def test_releases_on_one_page_are_threads_of_their_own(feed, site):
    items = "".join(
        f"<item><title>{name}</title><link>https://a.example/changes#{name}</link></item>"
        for name in ("v1.2", "v1.3")
    )
    assert threads(read(feed, site, rss(items))) == [("v1.2", 1), ("v1.3", 1)]


def test_comments_in_a_feed_of_articles_join_theirs(feed, site):
    article = "<entry><id>a</id><title>Hello</title><link href='https://a.example/1'/></entry>"
    comment = (
        "<entry><id>c</id><title>Comment by Ada</title><content>Hi</content>"
        "<link href='https://a.example/1#comment-2'/></entry>"
    )
    cursor = read(feed, site, atom(article)).cursor
    (found,) = read(feed, site, atom(article + comment), cursor).items
    assert (found.parent_id, found.thread_title) == ("a", "Hello")
    both = read(feed, site, atom(comment + article)).items
    assert len({item.thread_id for item in both}) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            formats.wordpress_comments((3, "Ada", "Hello world", "First!")),
            formats.wordpress_comments((3, "Ada", "Hello wirld", "First!")),
        ),
        (
            formats.discourse_posts((11, 3, "Clock drifts", "Late.")),
            formats.discourse_posts((11, 3, "The MIDI clock drifts", "Late.")),
        ),
        (
            formats.phpbb_posts((12, 36, "Re: Knob", "Ada")),
            formats.phpbb_posts((12, 36, "Re: Knob [solved]", "Ada")),
        ),
    ],
    ids=["blog", "Discourse", "phpBB"],
)
def test_retitling_edits_no_comment(feed, site, before, after):
    cursor = read(feed, site, before).cursor
    assert read(feed, site, after, cursor).ignored == {"unchanged": 1}


def test_a_retitled_topic_whose_guids_are_its_addresses_brings_nothing_twice(feed, site):
    def answer(slug):
        link = f"https://so.example/questions/7/{slug}/9#9"
        return atom(f"<entry><id>{link}</id><title>Answer by Ada for Knob</title></entry>")

    cursor = read(feed, site, answer("knob")).cursor
    page = read(feed, site, answer("loose-knob"), cursor)
    assert (page.items, page.ignored) == ([], {"unchanged": 1})


def test_an_edited_comment_is_still_an_edit(feed, site):
    cursor = read(feed, site, formats.wordpress_comments((3, "Ada", "Hello", "First!"))).cursor
    (item,) = read(
        feed, site, formats.wordpress_comments((3, "Ada", "Hello", "First?")), cursor
    ).items
    assert item.edited_at
    assert "First?" in item.body


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/1/#comment-3", "http://www.a.example/1/comment-page-2/#comment-90"),
        ("https://a.example/?p=1#comment-3", "https://a.example/?p=1&cpage=2#comment-4"),
        ("https://a.example/t/slug/11/3", "https://a.example/t/another-slug/11"),
        ("https://a.example/forum/t/11/3", "https://a.example/forum/t/slug/11/4"),
        ("https://a.example/d/12-slug/3", "https://a.example/d/12"),
        ("https://a.example/threads/slug.12/post-3", "https://a.example/threads/other.12/#post-4"),
        ("https://a.example/topic/12-slug/#comment-3", "https://a.example/topic/12-slug/page/2/"),
        ("https://a.example/viewtopic.php?f=2&t=12&p=3#p3", "https://a.example/viewtopic.php?t=12"),
        ("https://a.example/showthread.php?tid=12&pid=3#pid3", "https://a.example/showthread.php?tid=12"),
        ("https://a.example/index.php?topic=12.msg3#msg3", "https://a.example/index.php?topic=12.0"),
        ("https://a.example/questions/7/slug/9#9", "https://a.example/questions/7/slug"),
        ("https://a.example/2026/x.html?showComment=3#c3", "https://a.example/2026/x.html?utm_source=feed"),
        ("https://old.reddit.com/r/a/comments/x1/t/c1/", "https://www.reddit.com/r/a/comments/x1/t/"),
    ],
)  # fmt: skip
def test_links_to_one_page_are_one_place(one, other):
    assert place_of(one).part
    assert place_of(one).key == place_of(other).key


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example/changes#v1.2",
        "https://a.example/news#release-notes-2",
        "https://a.example/#/posts/3",
        "https://a.example/d/2026-05-01",
        "https://a.example/topic/2026-in-review/",
        "https://a.example/tag/t/shirts",
    ],
)
def test_what_only_looks_like_a_comment_is_none(link):
    found = place_of(link)
    assert found is None or not (found.part or found.is_topic)


@pytest.mark.parametrize("link", ["", "https://", "http://[::1", "mailto:a@b.example", "x" * 5000])
def test_a_link_that_is_none_is_no_place(link):
    assert place_of(link) is None


@pytest.mark.parametrize(
    ("title", "author", "about"),
    [
        ("Comment on Stand by me by Ada", "Ada", "Stand by me"),
        ("Kommentar zu Über uns von Ada", "Ada", "Über uns"),
        ("Commentaires sur Bonjour par Ada", "Ada", "Bonjour"),
        ("Comentario en Hola por Ada", "Ada", "Hola"),
        ("Comentário sobre Olá por Ada", "Ada", "Olá"),
        ("Commenti su Ciao di Ada", "Ada", "Ciao"),
        ("Reactie op Hallo door Ada", "Ada", "Hallo"),
        ("Komentarz do Cześć, którego autorem jest Ada", "Ada", "Cześć"),
        ("Комментарий к записи Привет (Ada)", "Ada", "Привет"),
        ("Ada より こんにちは へのコメント", "Ada", "こんにちは"),
        ("By: Ada", "Ada", ""),
        ("Comment by Ada on Hello", "Ada", "Hello"),
        ('New comment by Ada in "Hello"', "Ada", "Hello"),
        ("Hello", "Ada", "Hello"),
        ("Comment on Hello by somebody else", "", "Hello by somebody else"),
    ],
)
def test_the_subject_is_the_articles_title(title, author, about):
    assert article_title(title, author) == about


def test_a_topics_title_that_begins_with_the_authors_name_is_kept_whole():
    assert topic_title("Ada onboards us", "Ada") == "Ada onboards us"
    assert topic_title("Re: AW: Ada: a language", "Ada") == "Ada: a language"


def test_comments_that_answer_each_other_in_a_circle_are_one_thread():
    entries = tuple(Entry(guid=guid, in_reply_to=to) for guid, to in ("ab", "bc", "ca", "xa"))
    found = Threads(Document(entries=entries), [entry.guid for entry in entries])
    assert {found.of(entry.guid, entry).id for entry in entries} == {"a"}


@pytest.mark.parametrize("chained", [False, True])
def test_ten_thousand_entries_are_threaded_in_no_time(chained):
    """It grew with the square: 4,000 took 2.7 s, and each second blocks a worker."""
    entries = tuple(
        Entry(guid=f"c{n}", in_reply_to=f"c{n - 1}" if chained else "post", body="x")
        for n in range(1, 10_001)
    )
    begun = time.process_time()
    keys = [entry.guid for entry in entries]
    found = Threads(Document(entries=entries), keys)
    tops = {found.of(key, entry).id for key, entry in zip(keys, entries, strict=True)}
    assert time.process_time() - begun < 1
    assert tops == {"c0" if chained else "post"}
