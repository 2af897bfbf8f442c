"""Pictures of messages and accounts, as pages show them and as they are served."""

import io
import re
import time

import psutil
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from community_hub.lib import html, queue
from community_hub.lib.pictures import store
from community_hub.lib.pictures.encoding import MOST_SECONDS
from community_hub.lib.pictures.keeping import Use, Wanted, name_of, obtain
from inbox import tasks
from inbox.connectors.local_server import Answer
from inbox.models import Delivery
from inbox.pages.thread import MOST as MOST_MESSAGES
from inbox.pictures import MOST, pictures_of
from members.models import Sighting
from members.tasks import fetch_avatar
from tests.lib.pictures import samples
from tests.make import make_conversation, make_identity, make_message, make_reply, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, bob):
    """Bob's browser."""
    client.force_login(bob)
    return client


def illustrated(address="https://e.example/a.png", words="The board", **fields):
    body = html.clean(f'<p>See <img src="{address}" alt="{words}"></p>')
    return make_message(body_html=body, **fields)


def sources(page):
    """What a browser would load by itself."""
    words = page.content.decode()
    return re.findall(r"""<(?:img|video|source|iframe)[^>]* src="([^"]*)\"""", words)


def source_of(message, address="https://e.example/a.png"):
    return f"/messages/{message.pk}/pictures/{name_of(address)}/"


def test_a_picture_stands_in_its_message_lazily_and_with_its_words(desk):
    message = illustrated(words="A &lt;board&gt; &amp; a “knob”")
    page = desk.get(message.conversation.get_absolute_url())
    assert sources(page) == [source_of(message)]
    words = page.content.decode()
    assert 'alt="A &lt;board&gt; &amp; a “knob”" loading="lazy"' in words
    assert '<a class="picture" href="https://e.example/a.png" target="_blank"' in words


def test_a_picture_without_words_says_that_it_is_one(desk):
    page = desk.get(illustrated(words="").conversation.get_absolute_url())
    assert 'alt="Picture without a description"' in page.content.decode()


def test_who_wants_no_pictures_gets_links_and_initials(desk, bob):
    author = make_identity(avatar_url="https://e.example/ines.png")
    file = {"kind": "image", "url": "https://e.example/b.png", "filename": "b.png", "alt_text": ""}
    message = illustrated(author=author, attachments=[file])
    bob.prefer(pictures=False)
    page = desk.get(message.conversation.get_absolute_url())
    assert sources(page) == []
    words = page.content.decode()
    assert ">[The board]</a>" in words
    assert "b.png</span>" in words
    page = desk.get(author.member.get_absolute_url())
    assert sources(page) == []


def test_an_svg_stays_a_link_and_says_so(desk, bob):
    body = html.clean(
        '<p><img src="https://e.example/a.svg?x=1" alt="An &lt;SVG&gt;">'
        '<img src="https://e.example/b.SVG"> <a href="https://e.example/c.svg">[1] c</a></p>'
    )
    message = make_message(body_html=body)
    page = desk.get(message.conversation.get_absolute_url())
    assert sources(page) == []
    words = page.content.decode()
    assert (
        '<span class="picture-not-shown">An &lt;SVG&gt;. SVG pictures aren’t shown. '
        '<a href="https://e.example/a.svg?x=1" '
        'rel="noopener noreferrer nofollow ugc">Open the original</a></span>'
    ) in words
    assert "Picture without a description. SVG pictures aren’t shown." in words
    assert ">[1] c</a>" in words
    bob.prefer(pictures=False)
    page = desk.get(message.conversation.get_absolute_url())
    assert ">[An &lt;SVG&gt;]</a>" in page.content.decode()


def test_attached_pictures_are_shown_and_other_files_are_links(desk):
    files = [
        {"kind": "image", "url": "https://e.example/b.png", "filename": "b.png", "alt_text": "B"},
        {"kind": "video", "url": "https://e.example/c.mp4", "filename": "c.mp4", "alt_text": ""},
        {"kind": "image", "url": "", "filename": "nowhere.png", "alt_text": ""},
    ]
    message = make_message(attachments=files)
    page = desk.get(message.conversation.get_absolute_url())
    assert sources(page) == [source_of(message, "https://e.example/b.png")]
    words = page.content.decode()
    assert words.count('class="chip"') >= 2
    assert "c.mp4</span>" in words
    assert "nowhere.png</span>" in words


def test_no_more_than_forty_pictures_of_a_message_are_shown(desk):
    body = "".join(f'<img src="https://e.example/{n}.png" alt="n{n}">' for n in range(MOST + 2))
    files = [{"kind": "image", "url": "https://e.example/z.png", "filename": "z", "alt_text": ""}]
    message = make_message(body_html=html.clean(body), attachments=files)
    page = desk.get(message.conversation.get_absolute_url())
    assert len(sources(page)) == MOST
    assert f">[n{MOST}]</a>" in page.content.decode()
    assert "z</span>" in page.content.decode()


def test_a_page_with_pictures_asks_the_database_no_more_and_fetches_nothing(desk, gallery):
    def asked(message):
        desk.get(message.conversation.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            desk.get(message.conversation.get_absolute_url())
        return len(queries)

    author = make_identity(avatar_url=gallery.url())
    body = "".join(f'<img src="{gallery.url(f"/{n}.png")}">' for n in range(20))
    assert asked(make_message(body_html=html.clean(body), author=author)) == asked(make_message())
    assert gallery.server.asked == []
    assert MOST_MESSAGES * MOST < 20_000


def test_a_hub_without_room_for_pictures_shows_none_and_asks_nobody(
    desk, gallery, settings
):  # fmt: skip
    settings.PICTURES_MB = 0
    author = make_identity(avatar_url=gallery.url())
    message = illustrated(gallery.url(), author=author)
    assert sources(desk.get(message.conversation.get_absolute_url())) == []
    assert desk.get(source_of(message, gallery.url())).status_code == 404
    tasks.fetch_picture(message.pk, name_of(gallery.url()))
    fetch_avatar(author.pk)
    assert gallery.server.asked == []


# What the address of a picture answers ----------------------------------------------------------


def test_a_picture_is_fetched_by_a_worker_while_no_request_waits(
    desk, gallery, django_capture_on_commit_callbacks, monkeypatch
):  # fmt: skip
    sent = []
    monkeypatch.setattr(queue, "send", lambda name, args, countdown: sent.append((name, args)))
    message = illustrated(gallery.url())
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            early = desk.get(source_of(message, gallery.url()))
        assert early.status_code == 202
        assert early.headers["Cache-Control"] == "no-store"
        assert early.content.startswith(b"GIF89a")
    assert sent == [("inbox.tasks.fetch_picture", (message.pk, name_of(gallery.url())))]
    assert gallery.server.asked == []
    tasks.fetch_picture(*sent[0][1])
    there = desk.get(source_of(message, gallery.url()), headers={"Accept-Encoding": "gzip"})
    assert there.status_code == 200
    assert there.content[8:12] == b"WEBP"
    assert there.headers["Content-Type"] == "image/webp"
    assert there.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert there.headers["X-Content-Type-Options"] == "nosniff"
    assert there.headers["Content-Disposition"] == "inline"
    assert there.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "private" in there.headers["Cache-Control"]
    assert "Content-Encoding" not in there.headers


def test_the_large_version_has_an_address_of_its_own(desk, gallery):
    gallery.answers["/a.png"] = Answer(samples.picture(size=(2000, 1000)))
    message = illustrated(gallery.url())
    tasks.fetch_picture(message.pk, name_of(gallery.url()))
    small = desk.get(source_of(message, gallery.url()))
    large = desk.get(source_of(message, gallery.url()) + "large/")
    assert len(large.content) > len(small.content)


def test_two_thousand_frames_are_one_picture_within_bounds_of_time_and_memory(desk, gallery):
    gallery.answers["/m.gif"] = Answer(samples.moving(2000, (200, 150)))
    address = gallery.url("/m.gif")
    message = illustrated(address)
    here, begun = psutil.Process().memory_info().rss, time.monotonic()
    tasks.fetch_picture(message.pk, name_of(address))
    assert time.monotonic() - begun < MOST_SECONDS / 2
    assert psutil.Process().memory_info().rss - here < 50_000_000
    for suffix in ("", "large/"):
        answer = desk.get(source_of(message, address) + suffix)
        assert answer.headers["Content-Type"] == "image/webp"
        assert len(answer.content) < 100_000
        with Image.open(io.BytesIO(answer.content)) as image:
            assert getattr(image, "n_frames", 1) == 1
            red, _green, blue = image.convert("RGB").getpixel((50, 50))
            assert red > blue  # the first of them


def test_one_that_cannot_be_shown_is_not_found(desk, gallery):
    message = illustrated(gallery.url("/page.png"))
    gallery.answers["/page.png"] = Answer(samples.PAGE)
    tasks.fetch_picture(message.pk, name_of(gallery.url("/page.png")))
    assert desk.get(source_of(message, gallery.url("/page.png"))).status_code == 404


def test_no_address_that_somebody_sends_is_fetched(desk, gallery):
    """It is a proxy for what a message has, and for nothing else."""
    message = illustrated()
    for address in (
        source_of(message, gallery.url()),
        f"{source_of(message)}?url={gallery.url()}",
        source_of(make_message(), "https://e.example/a.png"),
    ):
        desk.get(address)
        tasks.fetch_picture(message.pk, name_of(gallery.url()))
    assert gallery.server.asked == []
    assert desk.get(source_of(message, gallery.url())).status_code == 404


@pytest.fixture
def secret():
    """A message of a restricted source, whose picture is on disk."""
    message = illustrated(conversation=make_conversation(make_source(restricted=True)))
    store.write(f"message-{message.pk}", name_of("https://e.example/a.png"), b"secret")
    yield message
    store.remove(f"message-{message.pk}")


def test_only_who_may_read_a_message_gets_its_picture(client, secret, bob, lena, mallory):
    for size in ("", "large/"):
        client.force_login(bob)
        assert client.get(source_of(secret) + size).status_code == 404
        client.force_login(lena)
        assert client.get(source_of(secret) + size).content == b"secret"
        assert mallory.get(source_of(secret) + size).status_code == 302


def test_whoever_asks_in_vain_starts_nothing(
    client, bob, monkeypatch, django_capture_on_commit_callbacks
):
    message = illustrated(conversation=make_conversation(make_source(restricted=True)))
    monkeypatch.setattr(queue, "send", lambda *given: pytest.fail("asked for"))
    client.force_login(bob)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.get(source_of(message)).status_code == 404


def test_a_deleted_message_shows_none_and_its_files_go(desk, gallery):
    kept, gone = illustrated(gallery.url()), illustrated(gallery.url())
    for message in (kept, gone):
        tasks.fetch_picture(message.pk, name_of(gallery.url()))
    store.write("message-999999", "aa", b"of nothing")
    gone.deleted_at = timezone.now()
    gone.save()
    assert pictures_of(gone) == {}
    assert desk.get(source_of(gone, gallery.url())).status_code == 404
    assert desk.get(source_of(kept, gallery.url())).status_code == 200
    tasks.tidy_pictures()
    assert store.owners() == [f"message-{kept.pk}"]


def test_an_unsent_reply_shows_none(desk, bob):
    talk = illustrated().conversation
    reply = make_reply(talk, by=bob)
    reply.body_html = html.from_markdown("![a](https://e.example/a.png)")
    reply.save()
    assert desk.get(source_of(reply)).status_code == 202
    Delivery.objects.filter(message=reply).update(state="cancelled")
    assert desk.get(source_of(reply)).status_code == 404


# Faces ------------------------------------------------------------------------------------------


def avatar_of(identity):
    return f"/members/accounts/{identity.pk}/avatar/{name_of(identity.avatar_url)}/"


def test_a_face_shows_the_picture_of_the_account(desk, gallery):
    author = make_identity(avatar_url=gallery.url())
    message = make_message(author=author)
    page = desk.get(message.conversation.get_absolute_url())
    assert sources(page) == [avatar_of(author)] * 2
    assert sources(desk.get(author.member.get_absolute_url())) == [avatar_of(author)]
    assert desk.get(avatar_of(author)).status_code == 202
    fetch_avatar(author.pk)
    assert desk.get(avatar_of(author)).content[8:12] == b"WEBP"


def test_a_face_that_cannot_be_shown_leaves_the_initials(desk, gallery):
    author = make_identity(avatar_url=gallery.url("/gone.png"))
    fetch_avatar(author.pk)
    answer = desk.get(avatar_of(author))
    assert answer.status_code == 200
    assert answer.content.startswith(b"GIF89a")


def test_a_new_picture_of_an_account_has_a_new_address(desk):
    author = make_identity(avatar_url="https://e.example/1.png")
    old = avatar_of(author)
    author.avatar_url = "https://e.example/2.png"
    author.save()
    assert desk.get(old).status_code == 404
    assert desk.get(avatar_of(author)).status_code == 202


def test_the_face_of_who_was_only_seen_in_a_restricted_source_is_not_there(client, bob, lena):
    source, now = make_source(restricted=True), timezone.now()
    author = make_identity(avatar_url="https://e.example/1.png")
    Sighting.objects.create(identity=author, scope=source.scope, first_seen=now, last_seen=now)
    client.force_login(bob)
    assert client.get(avatar_of(author)).status_code == 404
    client.force_login(lena)
    assert client.get(avatar_of(author)).status_code == 202


def test_the_picture_of_a_deleted_account_goes(gallery):
    author = make_identity(avatar_url=gallery.url())
    obtain(Wanted(f"identity-{author.pk}", gallery.url(), Use.FACE))
    author.delete()
    tasks.tidy_pictures()
    assert store.owners() == []
