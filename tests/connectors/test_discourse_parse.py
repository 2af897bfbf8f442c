"""What a Discourse post becomes: who, where, to whom, and what is left out."""

import pytest

from inbox.connectors.discourse.parse import Reader, Topic
from inbox.connectors.ignored import Ignored

BASE = "https://forum.example.org"
TOPIC = Topic(id="11", title="Crackling", slug="crackling", category_id="4")


@pytest.fixture
def reader():
    return Reader(BASE, "discourse:forum.example.org", "hub", {"4": {"id": 4, "name": "Help"}})


def post(**changes):
    return {
        "id": 15,
        "username": "ada",
        "name": "Ada L.",
        "user_id": 21,
        "avatar_template": "/letter_avatar/ada/{size}/2.png",
        "created_at": "2026-01-25T02:10:07.971Z",
        "updated_at": "2026-01-25T02:10:07.971Z",
        "cooked": "<p>It crackles.</p>",
        "post_number": 2,
        "post_type": 1,
        "topic_id": 11,
        "topic_slug": "crackling",
        "topic_title": "Crackling",
        "category_id": 4,
        "version": 1,
        **changes,
    }


def test_a_post_names_its_topic_channel_and_place_in_the_thread(reader):
    item = reader.incoming(post(reply_to_post_number=1))
    assert (item.thread_id, item.thread_title) == ("11", "Crackling")
    assert (item.channel_id, item.channel_name) == ("4", "Help")
    assert (item.thread_ref, item.parent_ref) == ("2", "1")
    assert item.permalink == f"{BASE}/t/crackling/11/2"
    assert item.reply_ref == {"topic_id": 11, "post_number": 2}


def test_the_author_is_known_by_number_not_by_name(reader):
    before, after = (reader.incoming(post(username=name)).author for name in ("ada", "ada2"))
    assert before.external_id == after.external_id == "21"
    assert before.avatar_url == f"{BASE}/letter_avatar/ada/96/2.png"
    assert before.profile_url == f"{BASE}/u/ada"


def test_a_deleted_author_is_nobody(reader):
    assert reader.incoming(post(user_id=None, username=None, name=None)).author is None


@pytest.mark.parametrize("title", [{"topic_html_title": "Fish &amp; chips"}, {}])
def test_a_title_without_a_plain_form_is_read_from_its_markup(reader, title):
    item = reader.incoming(post(topic_title=None, **title))
    assert item.thread_title == ("Fish & chips" if title else "")


def test_the_first_post_opens_the_thread(reader):
    assert reader.incoming(post(post_number=1)).is_root
    assert not reader.incoming(post()).is_root


def test_our_handle_in_a_post_is_a_mention(reader):
    cooked = '<p>Ask <a class="mention" href="/u/hub">@Hub</a></p>'
    assert reader.incoming(post(cooked=cooked)).mention_reason == "handle"


@pytest.mark.parametrize(
    "cooked",
    [
        '<aside class="quote"><blockquote><img><a class="mention">@hub</a></blockquote></aside>Hi',
        "<p>hub@example.org</p>",
        '<p><a class="mention" href="/u/hubert">@hubert</a></p>',
        "<code>@hub</code>",
    ],
    ids=["quoted", "an address", "another name", "code"],
)
def test_what_only_looks_like_our_handle_is_no_mention(reader, cooked):
    assert reader.incoming(post(cooked=cooked)).mention_reason == ""


def test_a_mention_after_a_quote_counts(reader):
    cooked = '<aside class="quote"><p>Old<br></p></aside><span class="mention">@hub</span>'
    assert reader.incoming(post(cooked=cooked)).mention_reason == "handle"


def test_our_own_words_never_ask_for_us(reader):
    item = reader.incoming(post(username="Hub", cooked='<a class="mention">@hub</a>'))
    assert item.is_own
    assert item.author.is_us
    assert item.mention_reason == ""


def test_a_private_message_is_direct(reader):
    item = reader.incoming(post(), Topic(id="11", title="Psst", private=True))
    assert (item.visibility, item.mention_reason) == ("direct", "direct")


@pytest.mark.parametrize(("field", "word"), [("closed", "closed"), ("archived", "archived")])
def test_a_topic_that_takes_no_replies_says_why(reader, field, word):
    item = reader.incoming(post(), Topic(id="11", **{field: True}))
    assert not item.can_reply
    assert word in item.reply_blocked_reason


def test_an_edit_within_the_first_minutes_is_another_version(reader):
    before = reader.incoming(post())
    after = reader.incoming(post(updated_at="2026-01-25T02:11:00.000Z"))
    assert before.version != after.version
    assert after.edited_at is None
    assert reader.incoming(post(version=2)).edited_at


def test_the_same_moment_in_another_zone_is_the_same_version(reader):
    there = reader.incoming(post(updated_at="2026-01-24T21:10:07.971-05:00"))
    assert there.version == reader.incoming(post()).version


@pytest.mark.parametrize("how", [{"deleted_at": "2026-01-26T00:00:00Z"}, {"user_deleted": True}])
def test_a_deleted_post_is_a_deletion(reader, how):
    assert reader.incoming(post(**how)).op == "delete"


@pytest.mark.parametrize(
    ("post_type", "reason"), [(2, Ignored.NOTICE), (3, Ignored.SYSTEM), (4, Ignored.WHISPER)]
)
def test_what_is_no_post_is_left_out_with_a_reason(reader, post_type, reason):
    read = reader.read([post(post_type=post_type, action_code="closed.enabled")], {})
    assert (read.items, read.ignored) == ([], {reason: 1})


def test_the_forums_own_accounts_are_machines(reader):
    item = reader.incoming(post(user_id=-1, username="system"))
    assert item.author.is_bot


@pytest.mark.parametrize(
    "bad",
    [7, {}, {"id": 3}, post(created_at="soon"), post(topic_id=None), post(id="x")],
    ids=["a number", "nothing", "only an id", "a bad date", "no topic", "a bad id"],
)
def test_an_unreadable_post_is_kept_beside_the_good_ones(reader, bad):
    read = reader.read([post(), bad, post(id=16)], {})
    assert [item.external_id for item in read.items] == ["15", "16"]
    assert read.problems[0].raw
    assert read.fetched == 3


def test_strange_text_is_handed_on_as_it_is(reader):
    text = "<p>\u200b\u202eabc <script>alert(1)</script></p>" + "long " * 400_000
    assert reader.incoming(post(cooked=text, name="<b>x</b>")).body == text


def test_a_forum_in_a_folder_keeps_the_folder_in_its_links():
    reader = Reader("https://example.org/forum", "discourse:example.org/forum", "hub")
    assert reader.incoming(post()).permalink == "https://example.org/forum/t/crackling/11/2"
    named = reader.incoming(post(post_url="/forum/t/crackling/11/2"))
    assert named.permalink == "https://example.org/forum/t/crackling/11/2"


def test_a_post_in_the_colour_of_staff_is_a_message(reader):
    """Staff may colour their own posts; only what the forum itself writes names an action."""
    (item,) = reader.read([post(post_type=2)], {}).items
    assert item.author.handle == "ada"


def test_our_own_post_is_ours_where_the_forum_gives_no_number_of_the_account(reader):
    assert reader.incoming(post(username="Hub", user_id=None)).is_own


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_beyond_the_calendar_is_kept_aside(reader, text):
    for name in ("created_at", "updated_at"):
        read = reader.read([post(**{name: text}), post(id=16)], {})
        assert (len(read.items), len(read.problems)) == (1, 1)


def test_an_endless_number_is_kept_aside(reader):
    read = reader.read([post(id=float("inf")), post()], {})
    assert (len(read.items), len(read.problems)) == (1, 1)


def test_a_picture_in_a_post_leaves_its_name_and_size_out(reader):
    meta = (
        '<div class="meta"><svg><use href="#i"></use></svg><span>a.png</span> 690×388 45 KB</div>'
    )
    link = f'<a class="lightbox" href="/a.png"><img src="/small/a.png" alt="a">{meta}</a>'
    body = reader.incoming(post(cooked=f"<div>{link}</div><p>meta</p>")).body
    assert body == f"<div>{link.replace(meta, '')}</div><p>meta</p>"
