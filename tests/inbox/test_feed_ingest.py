"""Feeds through the whole path: from the site's document to conversations and members."""

import pytest

from inbox.connectors.feed.connector import FeedConnector
from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Message
from members.models import Member
from tests.connectors.test_feed import pull
from tests.inbox.items import item, page
from tests.make import make_source
from tests.platforms import feed_formats as formats
from tests.platforms.feeds import FeedSite, atom

pytestmark = pytest.mark.django_db
EVERYTHING = {"since": "2026-01-01T00:00:00+00:00"}


@pytest.fixture
def site(settings):
    with FeedSite() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        site.conditional = False
        yield site


@pytest.fixture
def take(site):
    """Reads a document and stores what is new in it."""
    source = make_source(kind="feed", network="feed:blog.example")
    feed = FeedConnector({"url": f"{site.url}/rss"}, {})
    cursor = EVERYTHING

    def take(document):
        nonlocal cursor
        site.document = document
        found = pull(feed, cursor)
        cursor = found.cursor
        return ingest(source, found)

    yield take
    feed.close()


def test_comments_of_one_article_become_one_conversation(take):
    take(formats.wordpress_comments((3, "Ada", "Hello", "First!"), (4, "Grace", "Knobs", "Hm.")))
    take(formats.wordpress_comments((5, "Linus", "Hello", "Second.")))
    found = Conversation.objects.order_by("subject").values_list("subject", "message_count")
    assert list(found) == [("Hello", 2), ("Knobs", 1)]


def test_an_article_that_was_there_first_keeps_its_comments(take):
    article = "<entry><id>a</id><title>Hello</title><link href='https://a.example/1'/></entry>"
    comment = (
        "<entry><id>c{0}</id><title>Re: Hello</title><content>Hi</content>"
        "<link href='https://a.example/1#comment-{0}'/></entry>"
    )
    take(atom(article))
    take(atom(comment.format(1) + article))
    take(atom(comment.format(2)))  # the article has left the feed
    assert Conversation.objects.get().message_count == 3


def test_retitling_a_topic_leaves_no_trace_on_its_posts(take):
    take(formats.discourse_posts((11, 2, "Clock", "Late."), (11, 1, "Clock", "It starts.")))
    take(formats.discourse_posts((11, 2, "MIDI", "Late."), (11, 1, "MIDI", "It starts.")))
    post = Message.objects.get(thread_ref="", external_id__endswith="002")
    assert post.edited_at is None
    assert Conversation.objects.get().subject == "MIDI"


def test_guests_are_nobody_and_never_one_member(take):
    take(
        formats.wordpress_comments(
            (3, "Anonymous", "Hello", "One of us."),
            (4, "Gast", "Hello", "Another."),
            (5, "Ada", "Hello", "Myself."),
        )
    )
    assert Message.objects.filter(author__isnull=True).count() == 2
    assert list(Member.objects.values_list("name", flat=True)) == ["Ada"]


def test_a_connector_that_gives_a_placeholder_for_an_author_makes_no_member():
    from inbox.connectors.base import Person

    guest = Person("guest", "sandbox:forum", display_name="Guest")
    ingest(make_source(), page(item("1", author=guest)))
    assert Message.objects.get().author is None
    assert not Member.objects.exists()
